"""One argument of a call as a person types it: plain text in a form field, the right JSON in the row."""

from __future__ import annotations

import json
from collections.abc import Sequence

from curation.errors import NotFoundError
from curation.model.example import Call, Example
from curation.model.values import Arguments, Field, Json
from curation.reading.edits import remove_pointer, set_pointer


def read_argument(call: Call, keys: Sequence[str]) -> str:
    """The text a form field shows; "" where the argument is not there."""
    value = _parsed(call)
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return ""
        value = value[key]
    return as_field_text(value)


def write_argument(example: Example, pointer: str, keys: Sequence[str], schema: Json, text: str) -> Example:
    """Another value for one argument, everything else keeps its exact text; an empty field takes it out."""
    if not text:
        return remove_pointer(example, pointer)
    return set_pointer(_with_parents(example, pointer, keys), pointer, as_json(schema_of(schema, keys), text))


def _with_parents(example: Example, pointer: str, keys: Sequence[str]) -> Example:
    """Nested objects that are not there yet are made, outermost first."""
    steps = pointer.split("/")
    for depth in range(len(keys) - 1, 0, -1):
        parent = "/".join(steps[: len(steps) - depth])
        call = _call_of(example, parent)
        if not isinstance(_inside(_parsed(call), keys[: len(keys) - depth]), dict):
            example = set_pointer(example, parent, "{}")
    return example


def _call_of(example: Example, pointer: str) -> Call:
    steps = pointer.split("/")
    return (example.messages[int(steps[2])].calls or ())[int(steps[4])]


def _inside(value: Json, keys: Sequence[str]) -> Json:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def as_field_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_json(schema: Json, text: str) -> str:
    """The JSON a field's text stands for: what the schema calls a string is one, other kinds are read as JSON."""
    schema = schema if isinstance(schema, dict) else {}
    for choice in schema["enum"] if isinstance(schema.get("enum"), list) else ():
        if as_field_text(choice) == text:
            return json.dumps(choice, ensure_ascii=False)
    if schema.get("type") == "string" or not _is_json(text):
        return json.dumps(text, ensure_ascii=False)
    return text


def schema_of(schema: Json, keys: Sequence[str]) -> Json:
    """The schema of a nested property, {} where none is declared."""
    for key in keys:
        properties = schema.get("properties") if isinstance(schema, dict) else None
        schema = properties.get(key) if isinstance(properties, dict) else None
    return schema if isinstance(schema, dict) else {}


def _parsed(call: Call) -> Json:
    if not isinstance(call.arguments, Arguments):
        return None
    try:
        return json.loads(call.arguments.text)
    except (ValueError, RecursionError):
        return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def parameters_of(example: Example, name: Field) -> Json:
    """The parameters schema the row offers under a tool's name."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    found = next((one.view.parameters for one in offered if one.view.name == name), None)
    if found is None:
        raise NotFoundError(f"The row offers no tool `{name}` with parameters.")
    return found
