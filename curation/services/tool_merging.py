"""A tool read from a file, put over the stored one of its name: what the file does not say is kept."""

from __future__ import annotations

import msgspec

from curation.model.definition import Tool
from curation.model.values import Json


def merge(before: Tool, read: Tool) -> Tool:
    """The tool as read; what its source does not say is kept, and a definition that says the same keeps its text."""
    empty = Tool(read.definition)
    silent = {
        name: getattr(before, name)
        for name in Tool.__struct_fields__
        if name != "definition" and getattr(read, name) == getattr(empty, name)
    }
    definition = before.definition if _says_the_same(before, read) else read.definition
    result = read.result_schema
    if result is not None and before.result_schema is not None and _parse(result) == _parse(before.result_schema):
        silent["result_schema"] = before.result_schema
    return msgspec.structs.replace(read, definition=definition, **silent)


def _says_the_same(before: Tool, read: Tool) -> bool:
    old, new = before.definition.view, read.definition.view
    same_words = (old.name, old.description) == (new.name, new.description)
    return same_words and old.parameters == new.parameters and _function(old.value) == _function(new.value)


def _function(value: Json) -> Json:
    return value.get("function", value) if isinstance(value, dict) else value


def _parse(text: str) -> Json:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
