"""Calls written as `[Name(argument=value), …]`: names may hold spaces and slashes, values are literals of Python."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from curation.model.source import write_object
from curation.reading.python_literals import LiteralReader, NotALiteralError

_WORDS = re.compile(r"[^()\[\]{}=,'\"\n]+")
_START = re.compile(r"\s*\[\s*+[^()\[\]{}=,'\"\n]+\(")


class BracketCall(NamedTuple):
    """One call; `arguments` is the JSON source of an object."""

    name: str
    arguments: str


def starts_like_calls(text: str) -> bool:
    """Whether a text begins as such a list does, whatever follows."""
    return _START.match(text) is not None


def read_bracket_calls(text: str, names: Collection[str] = ()) -> tuple[BracketCall, ...] | None:
    """The calls a text consists of; None when it holds anything else or an argument has no name.

    Args:
        text: the whole text of a turn.
        names: known names of tools, which may then hold brackets and commas.
    """
    longest_first = sorted(names, key=len, reverse=True)
    try:
        reader = LiteralReader(text)
        calls = _read_calls(reader, longest_first)
        reader.expect_end()
    except NotALiteralError:
        return None
    return tuple(calls) or None


def _read_calls(reader: LiteralReader, names: list[str]) -> list[BracketCall]:
    reader.expect("[")
    calls: list[BracketCall] = []
    has_comma = True
    while not reader.take("]"):
        if not has_comma:
            raise NotALiteralError
        name = _read_name(reader, names)
        reader.expect("(")
        calls.append(BracketCall(name, _read_arguments(reader)))
        has_comma = reader.take(",")
    return calls


def _read_name(reader: LiteralReader, names: list[str]) -> str:
    reader.skip()
    for name in names:
        end = reader.position + len(name)
        if reader.text.startswith(name, reader.position) and reader.text[end:].lstrip()[:1] == "(":
            reader.position = end
            return name
    return _take_words(reader)


def _read_arguments(reader: LiteralReader) -> str:
    members: list[tuple[str, str]] = []
    has_comma = True
    while not reader.take(")"):
        if not has_comma:
            raise NotALiteralError
        reader.skip()
        key = _take_words(reader)
        reader.expect("=")
        members.append((key, reader.read_value()))
        has_comma = reader.take(",")
    return write_object(members)


def _take_words(reader: LiteralReader) -> str:
    """A name, up to the mark that ends it."""
    match = _WORDS.match(reader.text, reader.position)
    if match is None or not match.group().strip():
        raise NotALiteralError
    reader.position = match.end()
    return match.group().strip()
