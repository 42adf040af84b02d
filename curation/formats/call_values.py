"""A call as plain JSON text, `{"name": …, "arguments": …}` or a list of such: read to the letter, and written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.model.source import quote, write_list
from curation.reading.python_literals import literal_to_json
from curation.reading.strict import Fault, parse_strict

_MOST_BRACKETS = 200
"""A text with fewer never nests a row too deeply."""
_LEVELS_AROUND = 12
_TYPE = '"function"'


class CallValue(NamedTuple):
    """One call, its parts as sources."""

    at: str
    """Pointer inside the text."""
    name: str
    arguments: str | None
    id: str | None
    rest: Members


class CallValues(NamedTuple):
    """All calls of one text."""

    calls: tuple[CallValue, ...]
    faults: tuple[Fault, ...]
    is_python: bool
    """The text was a Python literal, and surely meant this JSON."""


def read_call_values(text: str) -> CallValues | None:
    """The calls in a text; None when it is anything else."""
    if not fits_into_row(text):
        return None
    parsed = parse_strict(text)
    if not any(fault.is_fatal for fault in parsed.faults):
        calls = cut_calls(text)
        return None if calls is None else CallValues(calls, parsed.faults, is_python=False)
    mended = literal_to_json(text)
    calls = None if mended is None else cut_calls(mended)
    return None if calls is None else CallValues(calls, (), is_python=True)


def fits_into_row(text: str) -> bool:
    """Whether what a text holds keeps the depth limit also where it is taken out of its text."""
    if len(text) <= _MOST_BRACKETS or text.count("{") + text.count("[") <= _MOST_BRACKETS:
        return True
    faults = parse_strict("[" * _LEVELS_AROUND + text + "]" * _LEVELS_AROUND).faults
    return not any(fault.code == "J11" for fault in faults)


def cut_calls(source: str) -> tuple[CallValue, ...] | None:
    """The calls in JSON source: one object or a list of them."""
    elements = cut_list(source)
    if elements is None:
        call = _cut_call(source, "")
        return None if call is None else (call,)
    calls = [_cut_call(element, f"/{n}") for n, element in enumerate(elements)]
    return tuple(call for call in calls if call is not None) if calls and all(calls) else None


def _cut_call(source: str, at: str) -> CallValue | None:
    rest = cut_object(source)
    if rest is None or text_of(rest.get("name")) is None or "function" in rest or rest.pop("type", _TYPE) != _TYPE:
        return None
    has_id = text_of(rest.get("id")) is not None
    return CallValue(at, rest.pop("name"), rest.pop("arguments", None), rest.pop("id") if has_id else None, rest)


def write_call_value(name: str, arguments: str | None) -> str:
    """One call as JSON; `arguments` is a source."""
    return f'{{"name":{quote(name)}' + ("}" if arguments is None else f',"arguments":{arguments}}}')


def write_call_values(calls: Sequence[str]) -> str:
    """One call as it is, several as a list."""
    return calls[0] if len(calls) == 1 else write_list(list(calls))
