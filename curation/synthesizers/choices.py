"""The values of a fixed list: in a schema's `enum`, or counted up in its description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from curation.model.definition import Tool
from curation.model.values import Json
from curation.synthesizers.wordings import read_schema

_COUNTED_UP = re.compile(
    r"(?i)\bone of\b|\boptions (?:are|include)|\bvalid values\b|\bpossible values\b|\ballowed values\b"
)
_QUOTED_NAME = re.compile(r"['\"`]([a-z][a-z0-9]*(?:[_-][a-z0-9]+)*)['\"`]")
_OPTION = re.compile(r"(?m)^[^\S\n]*+[-*]\s*[`'\"]?(\w+)[`'\"]?\s*[-:–]\s*(.*)$")
"""One value a line, with what is said of it: "- 'add' - adds a sub-issue"."""


def choices_of(schema: Json) -> tuple[Json, ...]:
    """The values of a fixed list: of `enum`, or counted up in the description, one a line or in quotation marks."""
    if not isinstance(schema, dict):
        return ()
    if isinstance(schema.get("enum"), list):
        return tuple(one for one in schema["enum"] if one is not None)
    told = schema.get("description")
    if schema.get("type") != "string" or not isinstance(told, str) or not _COUNTED_UP.search(told):
        return ()
    named = tuple(options_in(told)) or tuple(dict.fromkeys(_QUOTED_NAME.findall(told)))
    return named if len(named) > 1 else ()


def options_in(described: str) -> dict[str, str]:
    """The values that a description lists one a line, each with what it says of it."""
    return dict(_OPTION.findall(described))


def choices_in(tool: Tool) -> frozenset[str]:
    """The texts of all fixed lists that a tool is given or answers: only these may be said with spaces for marks.

    `on_its_way` of a list is "on its way"; `chloe_k` is a person's name, and stays as it is.
    """
    return _choices_in(tool.definition.view.parameters_text or "{}", tool.result_schema or "{}")


@lru_cache(maxsize=4096)
def _choices_in(*schema_texts: str) -> frozenset[str]:
    return frozenset(one for text in schema_texts for one in _walk(read_schema(text)) if isinstance(one, str))


def _walk(schema: Json) -> Iterator[Json]:
    yield from choices_of(schema)
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for one in inner:
        yield from _walk(one)
