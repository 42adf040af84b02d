"""Where in a field's text a finding stands, in the offsets a browser counts, so that it is underlined there."""

from __future__ import annotations

from typing import NamedTuple

from curation.model.values import UNSET
from curation.reading.spans import Span, find_members
from curation.reading.strict import parse_strict


class Stretch(NamedTuple):
    """A part of a text, in UTF-16 units as browsers count them."""

    start: int
    end: int


def pinpoint(text: str, pointer: str, *, is_about_key: bool = False) -> Stretch:
    """The part of a JSON text that a pointer into it is about.

    A scalar is marked whole; a list or object at its key or its opening bracket, as marking all its lines says nothing.
    What is not there is marked at the nearest thing around it, and a text that is no JSON at its first fault.

    Args:
        is_about_key: mark the key of the place rather than its value.
    """
    text = normalise_lines(text)
    start, end = _part(text, pointer, is_about_key)
    return Stretch(_units(text[:start]), _units(text[:end]))


def normalise_lines(text: str) -> str:
    """The text with the one kind of line end that a browser's field knows."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _part(text: str, pointer: str, is_about_key: bool) -> tuple[int, int]:
    parsed = parse_strict(text)
    if parsed.value is UNSET:
        return _fault_part(text, parsed.faults[0].line, parsed.faults[0].column)
    base = len(text) - len(text.lstrip())
    source, member = text[base:].rstrip(), None
    for step in pointer.split("/")[1:]:
        found = _find(source, step.replace("~1", "/").replace("~0", "~"))
        if found is None:
            is_about_key = False
            break
        member = Span(found.key, base + found.key_start, base + found.key_end, base + found.start, base + found.end)
        base, source = member.start, source[found.start : found.end]
    if member is not None and member.key_end > member.key_start and (is_about_key or source[:1] in "{["):
        return member.key_start, member.key_end
    return base, base + (1 if source[:1] in "{[" else len(source))


def _find(source: str, step: str) -> Span | None:
    """The member a step leads to; of doubled keys the last."""
    return next((one for one in reversed(find_members(source) or ()) if str(one.key) == step), None)


def _fault_part(text: str, line: int, column: int) -> tuple[int, int]:
    """One character at a fault; at the end of the text the last one that can be seen."""
    starts = [0]
    for _ in range(line - 1):
        starts.append(text.find("\n", starts[-1]) + 1)
    start = min(starts[-1] + column - 1, len(text))
    if not text[start : start + 1].strip():
        start = max(len(text[:start].rstrip()) - 1, 0)
    return start, min(start + 1, len(text))


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text) if not text.isascii() else len(text)
