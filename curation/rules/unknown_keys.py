"""The check for keys that nothing reads at their place."""

from __future__ import annotations

from curation.model.finding import Fix, Severity
from curation.rules.hints import nearest
from curation.rules.label_shape import LABEL_KINDS, find_misshapen
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import Row

_KNOWN_TOP = {
    "messages", "tools", "parallel_tool_calls", "functions", "function_call", "non_preferred_output", "preferred_turns",
}  # fmt: skip
"""The last two say which answer is rejected; formats that hold no pairs leave them out."""
_KNOWN_MESSAGE = {
    "role", "content", "tool_calls", "tool_call_id", "name", "weight", "refusal", "audio", "function_call", "label",
}  # fmt: skip


@rule("M12", scope="row", severity=Severity.INFO)
def unknown_key(row: Row) -> Found:
    """A key is not known at this place.

    Strict services refuse the row because of it; others drop it, and what it said is lost. Remove it, or correct
    its name. A label, and each key of a label, also needs a value of the right kind; otherwise nothing reads it.

    Bad: `{"id": 7, "messages": [...]}`

    Good: `{"messages": [...]}`
    """
    hits: list[Hit] = []
    if row.example.extra:
        hits += _unknown(row.example.extra, "", "the row", _KNOWN_TOP)
    for turn in row.turns:
        if turn.message.extra:
            hits += _unknown(turn.message.extra, turn.at, "a message", _KNOWN_MESSAGE)
        label = turn.message.label
        if label is not None and label.extra:
            hits += _unknown(label.extra, turn.at + "/label", "a label", set(LABEL_KINDS))
        if "label" in turn.message.extra or (label is not None and label.extra):
            hits += find_misshapen(turn)
        for call in turn.calls:
            if call.call.extra or call.call.function_extra:
                hits += _unknown(call.call.extra, call.at, "a tool call", {"id", "type", "function"})
                hits += _unknown(call.call.function_extra, call.at + "/function", "a function", {"name", "arguments"})
    return hits or None


def _unknown(extra: dict[str, str], at: str, owner: str, known: set[str]) -> list[Hit]:
    hits = []
    for key in extra:
        if key not in known:
            place = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
            near = nearest(key, sorted(known)) if len(key) > 3 else None
            hint = f"; did you mean `{near}`?" if near else "; remove it or keep it as a tag."
            fix = Fix(f"Remove {key[:30]}", place)
            hits.append(Hit(place, f"`{key[:60]}` is no key of {owner}{hint}", {"key": key[:60]}, fix))
    return hits
