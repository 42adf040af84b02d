"""Definitions that stand as JSON in the prose of a system text: a list of them, or one object after another."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from curation.formats.call_values import fits_into_row
from curation.formats.composing import Composition
from curation.formats.foreign_types import TypeMender, note_types
from curation.formats.slices import cut_list, cut_object, text_of
from curation.formats.tools_text import add_definition
from curation.model.outline import compact
from curation.reading.python_literals import LiteralReader, NotALiteralError
from curation.reading.strict import parse_strict

_MOST_TRIES = 50
_OPENING = re.compile(r"[\[{]")
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


class ProseTools(NamedTuple):
    """The definitions in a text, as sources, and the text without them."""

    sources: list[str]
    prose: str
    is_python: bool


class _Value(NamedTuple):
    sources: list[str]
    end: int
    is_python: bool


def find_prose_tools(text: str) -> ProseTools | None:
    """The first definitions in a text, with all that follow them directly; None where there are none."""
    for n, opening in enumerate(_OPENING.finditer(text)):
        if n == _MOST_TRIES:
            return None
        first = _read_at(text, opening.start())
        if first is not None:
            return _read_on(text, opening.start(), first)
    return None


def add_prose_tools(composition: Composition, tools: ProseTools, at: str) -> None:
    """Add definitions that stand in the text at `at`; Python's names of types become those of JSON Schema."""
    composition.tools = []
    composition.moved["/tools"] = at
    composition.hidden.add(at)
    if tools.is_python:
        composition.find("J03", "/tools", "The tools were written as a Python literal and are read as JSON.")
    for n, source in enumerate(tools.sources):
        mender = TypeMender()
        mended = mender.mend_definition(source)
        add_definition(composition, mended if mender.met else source, f"{at}/{n}", wraps=True)
        note_types(composition, mender, n)


def _read_on(text: str, start: int, value: _Value) -> ProseTools:
    sources, is_python, end = list(value.sources), value.is_python, value.end
    while (following := _read_at(text, _skip(text, end))) is not None:
        sources += following.sources
        is_python, end = is_python or following.is_python, following.end
    rest = text[end:].lstrip(" \t\r\n.,;")
    prose = text[:start].rstrip() + ("\n" + rest if rest else "")
    return ProseTools(sources, prose.strip(), is_python)


def _skip(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _read_at(text: str, start: int) -> _Value | None:
    """The definitions that begin at a place."""
    if text[start : start + 1] not in ("[", "{"):
        return None
    json_end = _end_of_json(text, start)
    if json_end is not None:
        sources = _cut_definitions(text[start:json_end])
        return None if sources is None else _Value(sources, json_end, is_python=False)
    try:
        reader = LiteralReader(text, start)
        sources = _cut_definitions(reader.read_value())
    except NotALiteralError:
        return None
    return None if sources is None else _Value(sources, reader.position, is_python=True)


def _end_of_json(text: str, start: int) -> int | None:
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return None


def _cut_definitions(source: str) -> list[str] | None:
    if not fits_into_row(source) or not isinstance(parse_strict(source).value, list | dict):
        return None
    elements = cut_list(source)
    elements = [source] if elements is None else elements
    if not elements or not all(map(_is_named, elements)):
        return None
    # Printed over several lines they would differ by nothing but their spacing from the same ones of another row.
    return [compact(element) for element in elements] if "\n" in source else elements


def _is_named(source: str) -> bool:
    members = cut_object(source) or {}
    inner = cut_object(members.get("function")) or members
    return text_of(inner.get("name")) is not None
