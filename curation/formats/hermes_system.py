"""The system turn of a Hermes row: a person's own text, and the definitions inside `<tools>`.

The words around the definitions are those that chat templates of this style write, so that a model meets the same words
when it is used. A prompt in other words keeps them all: only the definitions are taken out, and they go back into the
same place.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import NamedTuple

from curation.formats.call_values import fits_into_row
from curation.formats.slices import cut_list, cut_object
from curation.reading.python_literals import LiteralReader, NotALiteralError
from curation.reading.strict import parse_strict

_OPEN, _CLOSE = "<tools>", "</tools>"
SLOT = "<tools>\n</tools>"
"""Where the definitions were taken out of a prompt in its own words."""
_HEAD = (
    "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
    "You are provided with function signatures within <tools></tools> XML tags:\n"
)
_TAIL = (
    "\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> "
    'XML tags:\n<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>'
)
_MOST_TRIES = 20
_CACHED_CHARACTERS = 40_000
"""Longer definitions are proved anew for each row."""
_scan = json.JSONDecoder(strict=False).raw_decode


class SystemParts(NamedTuple):
    """A system text, taken apart."""

    own: str
    tools: tuple[str, ...]
    """The definitions as sources."""
    is_python: bool = False
    """They were written as Python literals."""


def write_system(own: str, tools: tuple[str, ...]) -> str:
    """The text of the system turn."""
    if not tools:
        return own
    block = "\n".join([_OPEN, *tools, _CLOSE])
    if own.count(SLOT) == 1:
        return own.replace(SLOT, block)
    return (f"{own}\n\n" if own else "") + _HEAD + block + _TAIL


def split_system(text: str) -> SystemParts | None:
    """The own text and the definitions; None for a text that holds none."""
    start = text.find(_OPEN)
    while start >= 0:
        inside = start + len(_OPEN)
        end = text.find(_CLOSE, inside)
        for _ in range(_MOST_TRIES):
            if end < 0 or not text[inside:end].strip():
                break
            if (found := _read_definitions(text[inside:end])) is not None:
                own = _join_own(text[:start], text[end + len(_CLOSE) :])
                return SystemParts(own, *found)
            end = text.find(_CLOSE, end + 1)
        start = text.find(_OPEN, inside)
    return None


def comes_back(own: str, tools: tuple[str, ...]) -> bool:
    """Whether the text of both is read as just these two."""
    if _OPEN in own or not tools:
        return _split_again(own, tools)
    # What an own text without the tag holds cannot change where the definitions are found behind it.
    is_short = sum(map(len, tools)) <= _CACHED_CHARACTERS
    return _kept_split("", tools) if is_short else _split_again("", tools)


def _split_again(own: str, tools: tuple[str, ...]) -> bool:
    back = split_system(write_system(own, tools))
    return not tools if back is None else (back.own, back.tools) == (own, tools)


_kept_split = lru_cache(maxsize=128)(_split_again)


def _join_own(before: str, after: str) -> str:
    """The text without the words that a template would write, or with a slot in the place of the definitions."""
    if after != _TAIL or not before.endswith(_HEAD):
        return before + SLOT + after
    own = before.removesuffix(_HEAD)
    if own.endswith("\n\n") and own != "\n\n":
        return own.removesuffix("\n\n")
    return before + SLOT + after if own else ""


def _read_definitions(body: str) -> tuple[tuple[str, ...], bool] | None:
    """The definitions in a list or one after the other; with True where they are Python literals."""
    if not fits_into_row(body):
        return None
    sources = _read_json(body)
    is_python = sources is None
    sources = _read_python(body) if sources is None else sources
    if not sources or any(cut_object(source) is None for source in sources):
        return None
    return tuple(sources), is_python


def _read_json(body: str) -> list[str] | None:
    sources: list[str] = []
    at = 0
    while at < len(body):
        if body[at] in " \t\r\n,":
            at += 1
            continue
        try:
            end = _scan(body, at)[1]
        except (ValueError, RecursionError):
            return None
        sources.append(body[at:end])
        at = end
    return _flatten(sources) if all(_is_sound(source) for source in sources) else None


def _read_python(body: str) -> list[str] | None:
    try:
        reader = LiteralReader(body)
        sources = []
        while reader.skip():
            sources.append(reader.read_value())
            reader.take(",")
    except NotALiteralError:
        return None
    return _flatten(sources)


def _is_sound(source: str) -> bool:
    return not any(fault.is_fatal for fault in parse_strict(source).faults)


def _flatten(sources: list[str]) -> list[str]:
    """The elements of a single list, or the values as they are."""
    return (cut_list(sources[0]) or sources) if len(sources) == 1 else sources
