"""Where the members of a JSON list or object stand in its source."""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]

import msgspec

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{},:]')


class Span(msgspec.Struct, frozen=True):
    """One member: its key (or index), the key's source from `key_start`, its value's source from `start` to `end`."""

    key: str | int
    key_start: int
    key_end: int
    start: int
    end: int


def find_members(source: str) -> tuple[Span, ...] | None:
    """The members of the list or object that `source` (valid JSON) is; None for a scalar."""
    offset = len(source) - len(source.lstrip())
    if source[offset : offset + 1] not in ("{", "["):
        return None
    return tuple(_walk(source, offset, is_object=source[offset] == "{"))


def _walk(source: str, opening: int, *, is_object: bool) -> list[Span]:
    members: list[Span] = []
    depth = 0
    start = opening + 1
    key: tuple[str, int, int] | None = None
    for token in _TOKEN.finditer(source, opening):
        mark = token.group()
        if mark in "[{":
            depth += 1
        elif depth == 1 and mark == ":" and is_object and key is None:
            key = _read_key(source, start, token.start())
            start = token.end()
        elif (mark == "," and depth == 1) or (mark in "]}" and depth == 1):
            members += _member(source, key, len(members), start, token.start())
            key, start = None, token.end()
        if mark in "]}":
            depth -= 1
            if not depth:
                break
    return members


def _read_key(source: str, start: int, colon: int) -> tuple[str, int, int]:
    key_start = source.index('"', start)
    text, key_end = scanstring(source, key_start + 1, True)
    return str(text), key_start, min(key_end, colon)


def _member(source: str, key: tuple[str, int, int] | None, index: int, start: int, end: int) -> list[Span]:
    text = source[start:end]
    if not text.strip():
        return []
    first = start + len(text) - len(text.lstrip())
    last = start + len(text.rstrip())
    if key is None:
        return [Span(index, first, first, first, last)]
    return [Span(key[0], key[1], key[2], first, last)]
