"""The one strict JSON parser: fast where a text can be proved clean, exact where it cannot.

No fast parser reports doubled keys, so cleanliness is proved by counting colons: written out again, the value must show
as many as its source, and a dropped member would be missing one. The only escape that could hide a colon is looked
for; everything unproved goes through the exact scanner.
"""

from __future__ import annotations

import re
from functools import lru_cache

import orjson

from curation.model.values import Json
from curation.reading.faults import MAX_CHARACTERS, Fault, Parsed, make_fault
from curation.reading.scan import scan_exactly

__all__ = ["Fault", "Parsed", "parse_once", "parse_strict"]

_CACHED_CHARACTERS = 20_000
"""Longer texts are parsed again rather than kept."""
_DIGITS_AS_ZERO = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_LONG_NUMBER = b"0" * 16
_RISKY_ESCAPE = re.compile(rb"\\(?:u00(?:[01]|3[aA])|[bf])")
"""A control character, or a colon that the source does not show as one."""
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"')


def parse_strict(text: str | bytes) -> Parsed:
    """Parse one JSON value; never raises, whatever the bytes.

    Callers share the result and must not change it.
    """
    if isinstance(text, str):
        return _parse_cached(text) if len(text) <= _CACHED_CHARACTERS else parse_once(text)
    if parsed := _parse_fast(text):
        return parsed
    try:
        return _parse_exactly(text.decode())
    except UnicodeDecodeError as error:
        return Parsed(faults=(_explain_encoding(text, error),))


def has_risky_escapes(source: bytes) -> bool:
    """Whether an escape may stand for a control character or a colon (or only looks so)."""
    return b"\\" in source and _RISKY_ESCAPE.search(source) is not None


@lru_cache(maxsize=4096)
def _parse_cached(text: str) -> Parsed:
    return parse_once(text)


def parse_once(text: str) -> Parsed:
    """The same for a text that is hardly met again, so that keeping it would cost more than it saves."""
    try:
        source = text.encode()
    except UnicodeEncodeError:
        return _parse_exactly(text)
    return _parse_fast(source) or _parse_exactly(text)


def _parse_fast(source: bytes) -> Parsed | None:
    """The value of a source that is proved clean; None for any other."""
    if len(source) > MAX_CHARACTERS:
        return None
    try:
        value = orjson.loads(source)
    except orjson.JSONDecodeError:
        return None
    return Parsed(value) if _is_proved_clean(source, value) else None


def _parse_exactly(text: str) -> Parsed:
    if len(text) > MAX_CHARACTERS:
        message = f"The text has {len(text)} characters; at most {MAX_CHARACTERS} are read in one piece."
        return Parsed(faults=(make_fault("J11", message, "", 0),))
    return scan_exactly(text)


def _is_proved_clean(source: bytes, value: Json) -> bool:
    """Whether nothing can be wrong. The writer gives up at 254 levels, so that also proves the depth."""
    if has_risky_escapes(source) or _has_long_number(source):
        return False
    try:
        written = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return source.count(b":") == written.count(b":")


def _has_long_number(source: bytes) -> bool:
    """Whether a number of 16 digits or more stands outside the strings."""
    if _LONG_NUMBER not in source.translate(_DIGITS_AS_ZERO):
        return False
    return _LONG_NUMBER in _STRING.sub(b"", source).translate(_DIGITS_AS_ZERO)


def _explain_encoding(data: bytes, error: UnicodeDecodeError) -> Fault:
    before = data[: error.start].decode()
    message = f"The byte 0x{data[error.start]:02X} is not UTF-8; save the file as UTF-8."
    return make_fault("J01", message, before, len(before))
