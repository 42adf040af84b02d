"""Labels, and parts of labels, whose value has the wrong kind, so that nothing reads them."""

from __future__ import annotations

from curation.model.finding import Fix
from curation.rules.hints import name_kind
from curation.rules.registry import Hit
from curation.rules.row import Turn

LABEL_KINDS = {
    "reason": "text",
    "missing": "a list of texts",
    "recovery": "text",
    "order": "`any` or `sequence`",
    "comparators": "an object",
}
"""The keys of a label, each with what it must hold."""


def find_misshapen(turn: Turn) -> list[Hit]:
    """The label that is no object, or the keys of one with a value of another kind."""
    at = turn.at + "/label"
    source = turn.message.extra.get("label")
    if source is not None:
        message = f"The label is {name_kind(source)}, not an object, so nothing of it is read."
        return [Hit(at, message, {"value": source[:40]}, Fix("Remove the label", at))]
    extra = turn.message.label.extra if turn.message.label is not None else {}
    return [_find_part(at, key, source) for key, source in extra.items() if key in LABEL_KINDS]


def _find_part(at: str, key: str, source: str) -> Hit:
    place = f"{at}/{key}"
    message = f"`{key}` of a label must be {LABEL_KINDS[key]}; here it is {source[:40]}, which is not read."
    return Hit(place, message, {"key": key, "value": source[:40]}, Fix(f"Remove {key}", place))
