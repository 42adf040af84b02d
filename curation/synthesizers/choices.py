"""The values of a fixed list: in a schema's `enum`, or counted up in its description."""

from __future__ import annotations

import re

from curation.model.values import Json

_COUNTED_UP = re.compile(
    r"(?i)\bone of\b|\boptions (?:are|include)|\bvalid values\b|\bpossible values\b|\ballowed values\b"
)
_QUOTED_NAME = re.compile(r"['\"`]([a-z][a-z0-9]*(?:[_-][a-z0-9]+)*)['\"`]")
_OPTION = re.compile(r"(?m)^\s*[-*]\s*[`'\"]?(\w+)[`'\"]?\s*[-:–]\s*(.*)$")
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
