"""Definitions held as the text of a JSON list, as most trainers want them."""

from __future__ import annotations

import re

from curation.formats.call_values import fits_into_row
from curation.formats.composing import Composition
from curation.formats.shared_tools import Tools, kept_for_tools
from curation.formats.slices import Members, cut_list, cut_object, text_of
from curation.model.source import one_line, quote
from curation.reading.python_literals import literal_to_json
from curation.reading.rows import find_fault
from curation.reading.strict import parse_strict

_UNCOUNTABLE = re.compile(r"\d{4301}")


def compose_tools(composition: Composition, row: Members, *, wraps: bool = False) -> None:
    """Put a row's `tools` into the row in the making: a list, the text of one, or what else stands there.

    An empty text says that there are none. What is no list of definitions stays as it is.

    Args:
        composition: the row in the making.
        row: the members of the row as given.
        wraps: whether bare definitions are this form's usual ones, so that they get the usual wrapper.
    """
    source = row.get("tools")
    text = text_of(source)
    if source is None or text == "":
        return
    if text is not None and read_tools_text(composition, text, "/tools", wraps=wraps):
        return
    elements = cut_list(source)
    if elements is not None:
        _add_definitions(composition, elements, "/tools", wraps=wraps)
        return
    composition.rest["tools"] = source
    if text is not None:
        composition.find("T04", "/tools", "The tools are text that holds no list of definitions.")


def read_tools_text(composition: Composition, text: str, at: str, *, wraps: bool = False) -> bool:
    """Add the definitions in a text that stands at `at`; False where there is no list of them."""
    if not fits_into_row(text):
        return False
    parsed = parse_strict(text)
    is_python = any(fault.is_fatal for fault in parsed.faults)
    source = literal_to_json(text) if is_python else text
    elements = None if source is None else cut_definitions(source)
    if elements is None:
        return False
    if is_python:
        composition.find("J03", "/tools", "The tools were written as a Python literal and are read as JSON.")
    else:
        composition.findings += [find_fault(fault, "/tools") for fault in parsed.faults]
    composition.moved["/tools"] = at
    composition.hidden.add(at)
    _add_definitions(composition, elements, at, wraps=wraps)
    return True


def _add_definitions(composition: Composition, elements: list[str], at: str, *, wraps: bool) -> None:
    composition.tools = []
    for n, element in enumerate(elements):
        add_definition(composition, element, f"{at}/{n}", wraps=wraps)


def cut_definitions(source: str) -> list[str] | None:
    """The definitions in JSON source: a list, or one alone."""
    elements = cut_list(source)
    return [source] if elements is None and cut_object(source) is not None else elements


def add_definition(composition: Composition, source: str, at: str, *, wraps: bool) -> None:
    """Add one definition, in the usual wrapper where bare ones get it."""
    if wraps and is_bare(source):
        composition.add_tool(f'{{"type":"function","function":{source}}}', at, {"/function": at})
    else:
        composition.add_tool(source, at)


def is_bare(source: str) -> bool:
    """Whether a definition has a name and stands in no wrapper."""
    members = cut_object(source) or {}
    return text_of(members.get("name")) is not None and "function" not in members and "type" not in members


def can_count(source: str) -> bool:
    """Whether Python reads every number of a JSON source: it refuses whole numbers of more than 4,300 digits."""
    return _UNCOUNTABLE.search(source) is None


def quote_tools(sources: list[str]) -> str:
    """The text of the list, as a JSON string."""
    return quote("[" + ",".join(sources) + "]")


@kept_for_tools
def quote_definitions(tools: Tools) -> str:
    """The text of the list of these definitions, each to the letter, as a JSON string."""
    return quote_tools([one_line(tool.text) for tool in tools])
