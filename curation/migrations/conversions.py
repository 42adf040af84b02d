"""Values as JSON source, converted exactly or not at all."""

from __future__ import annotations

import re

import msgspec

from curation.model.source import quote
from curation.reading.spans import find_members

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"-?(?:0|[1-9]\d*)")
_WHOLE_WITH_ZEROS = re.compile(r"(-?(?:0|[1-9]\d*))\.0+")
_MOST_CHARACTERS = 400


def kind_of(source: str) -> str:
    """The JSON type of a value's source."""
    first = source[:1]
    if first in _KINDS:
        return _KINDS[first]
    return "integer" if _WHOLE.fullmatch(source) else "number"


_KINDS = {'"': "string", "{": "object", "[": "array", "t": "boolean", "f": "boolean", "n": "null"}


def retype(source: str, to: str) -> str | None:
    """The same value in another type, digit by digit; None where that is not exact."""
    kind = kind_of(source)
    if kind == to or (kind == "integer" and to == "number"):
        return source
    if len(source) > _MOST_CHARACTERS or kind in ("object", "array", "null"):
        return None
    if to == "string":
        return quote(source)
    text = msgspec.json.decode(source, type=str) if kind == "string" else source
    if to == "boolean":
        return text if text in ("true", "false") and kind == "string" else None
    if kind == "boolean":
        return None
    return _to_number(text, to)


def _to_number(text: str, to: str) -> str | None:
    if to == "number":
        return text if _NUMBER.fullmatch(text) else None
    if to != "integer":
        return None
    if _WHOLE.fullmatch(text):
        return text
    whole = _WHOLE_WITH_ZEROS.fullmatch(text)
    return whole.group(1) if whole else None


def wrap(source: str) -> str | None:
    """A list of one; a list already is one."""
    return None if kind_of(source) in ("array", "null") else f"[{source}]"


def unwrap(source: str) -> str | None:
    """The only element of a list; None for anything else."""
    if kind_of(source) != "array":
        return None
    members = find_members(source) or ()
    return source[members[0].start : members[0].end] if len(members) == 1 else None


def is_same(one: str, other: str) -> bool:
    """Whether two sources say the same value."""
    if one == other:
        return True
    try:
        a, b = msgspec.json.decode(one), msgspec.json.decode(other)
    except (msgspec.DecodeError, RecursionError):
        return False
    return type(a) is type(b) and bool(a == b)
