"""LLaMA-Factory's v1 rows to examples: parts become text, `reasoning_content` and calls."""

from __future__ import annotations

from typing import NamedTuple

from curation.formats.call_order import OrderedTurns
from curation.formats.call_values import CallValues, read_call_values
from curation.formats.composing import Composition, read_composed
from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.formats.tools_text import compose_tools
from curation.formats.training_marks import take_loss_weight
from curation.model.reading import Reading, Reject
from curation.model.source import quote

THOUGHT = "reasoning_content"
PARTS = "content_parts"
"""The unknown key under which the parts stand as given, where their order or number says more than the turn."""
_KINDS = ("reasoning", "text", "tool_call")


class _Part(NamedTuple):
    kind: str
    value: str
    """Source of a text."""
    at: str


def read(raw: bytes) -> Reading | Reject:
    return read_composed(raw, _compose)


def _compose(row: Members) -> Composition | None:
    sources = cut_list(row.get("messages"))
    if sources is None:
        return None
    turns = OrderedTurns()
    for n, source in enumerate(sources):
        _add_turn(turns, source, f"/messages/{n}")
    compose_tools(turns.composition, row)
    turns.composition.rest |= {key: source for key, source in row.items() if key not in ("messages", "tools")}
    return turns.composition


def _add_turn(turns: OrderedTurns, source: str, at: str) -> None:
    turn = cut_object(source)
    parts = None if turn is None else _open_parts(turn.get("content"), f"{at}/content")
    if turn is None:
        turns.composition.add_as_given(source, at)
    elif parts is None:
        turns.add_text(take_loss_weight(turn), at, {})
    else:
        _add_parts(turns, turn, parts, at)


def _open_parts(source: str | None, at: str) -> list[_Part] | None:
    """The parts of a content; None where one of them is of another kind."""
    parts: list[_Part] = []
    for n, element in enumerate(cut_list(source) or ()):
        members = cut_object(element) or {}
        kind, value = text_of(members.get("type")), members.get("value", "")
        if kind not in _KINDS or text_of(value) is None:
            return None
        parts.append(_Part(kind, value, f"{at}/{n}/value"))
    return parts if cut_list(source) is not None else None


def _add_parts(turns: OrderedTurns, turn: Members, parts: list[_Part], at: str) -> None:
    given = turn.pop("content")
    thoughts, texts, calls = ([part for part in parts if part.kind == kind] for kind in _KINDS)
    found = [(part, read_call_values(text_of(part.value) or "")) for part in calls]
    if any(values is None for _, values in found):
        _find_no_call(turns)
        texts += [part for part, values in found if values is None]
    places = {f"/{THOUGHT}": thoughts[0].at} if thoughts else {}
    members = {**turn, "content": _join(texts)}
    if texts:
        places["/content"] = texts[0].at
    if thoughts:
        members[THOUGHT] = _join(thoughts)
    if not _is_plain(given, parts) or any(values is None for _, values in found):
        members.setdefault(PARTS, given)
    members = take_loss_weight(members)
    if text_of(turn.get("role")) == "tool" and len(texts) == 1:
        rest = {key: source for key, source in members.items() if key not in ("role", "content")}
        turns.add_result(rest, members["content"], at, places)
    elif any(values for _, values in found):
        _add_calls(turns, members, [(part, values) for part, values in found if values], at, places)
    else:
        turns.add_text(members, at, places)


def _find_no_call(turns: OrderedTurns) -> None:
    why = "A part of kind tool_call holds no call: JSON with `name` and `arguments` is expected."
    turns.composition.find("J12", f"{turns.composition.next_turn}/content", why)


def _add_calls(
    turns: OrderedTurns, members: Members, found: list[tuple[_Part, CallValues]], at: str, places: Members
) -> None:
    turns.composition.hidden.update(part.at for part, _ in found)
    stand = [part.at + call.at for part, values in found for call in values.calls]
    together = CallValues(
        tuple(call for _, values in found for call in values.calls),
        tuple(fault for _, values in found for fault in values.faults),
        is_python=any(values.is_python for _, values in found),
    )
    turns.add_calls(members, together, at, {**places, "/tool_calls": f"{at}/content"}, stand)


def _join(parts: list[_Part]) -> str:
    """One text of several, as the trainer puts them together; null where there is none."""
    if len(parts) == 1:
        return parts[0].value
    return quote("".join(text_of(part.value) or "" for part in parts)) if parts else "null"


def _is_plain(given: str, parts: list[_Part]) -> bool:
    """Whether the parts are what writing the turn again gives: at most one thought, one text, then the calls."""
    kinds = [part.kind for part in parts]
    usual = sorted(kinds, key=_KINDS.index) == kinds and kinds.count("text") <= 1 and kinds.count("reasoning") <= 1
    return usual and all(set(cut_object(element) or {}) == {"type", "value"} for element in cut_list(given) or ())
