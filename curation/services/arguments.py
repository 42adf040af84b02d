"""One argument of a call as a person types it: plain text in a form field, the right JSON in the row."""

from __future__ import annotations

import json
from collections.abc import Sequence

from curation.errors import NotFoundError
from curation.model.example import Call, Example
from curation.model.values import UNSET, Arguments, Field, Json
from curation.reading.edits import remove_pointer, set_pointer, source_at
from curation.services.schema_walk import Schema, inside, kind_of

START: dict[str, str] = {"object": "{}", "array": "[]", "string": '""', "boolean": "false", "null": "null"}
"""What an argument begins with that has no text to begin with; numbers have none that means nothing."""


def read_argument(call: Call, keys: Sequence[str], schema: Json = None) -> str:
    """The text a form field shows; "" where the argument is not there, and where a field of text holds null."""
    value, here = value_at(call, keys), inside(schema, keys, schema)
    if value is UNSET or (value is None and kind_of(here) == "string"):
        return ""
    return value if isinstance(value, str) and not takes_any(here) else source_of(call, keys)


def takes_any(schema: Schema) -> bool:
    """Whether a value may be of any kind: then it is written as JSON, so that "12" and 12 stay two things."""
    return kind_of(schema) == "any" and "enum" not in schema and "const" not in schema


def source_of(call: Call, keys: Sequence[str]) -> str:
    """The exact JSON source of an argument that is there."""
    steps = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    return source_at(call.arguments.text if isinstance(call.arguments, Arguments) else "", steps).strip()


def value_at(call: Call, keys: Sequence[str]) -> Json:
    """The value of an argument, UNSET where there is none."""
    return _inside(_parsed(call), keys)


def write_argument(example: Example, pointer: str, keys: Sequence[str], schema: Json, text: str) -> Example:
    """Another value for one argument, everything else keeps its exact text; an empty field takes it out."""
    if not text:
        return remove_argument(example, pointer)
    return put_argument(example, pointer, keys, schema, as_json(inside(schema, keys, schema), text))


def put_argument(example: Example, pointer: str, keys: Sequence[str], schema: Json, source: str) -> Example:
    """An argument set to JSON source; the objects and lists on the way are made."""
    return set_pointer(_with_parents(example, pointer, keys, schema), pointer, source)


def remove_argument(example: Example, pointer: str) -> Example:
    """The call without one argument."""
    return remove_pointer(example, pointer)


def _with_parents(example: Example, pointer: str, keys: Sequence[str], schema: Json) -> Example:
    """Nested objects and lists that are not there yet are made, outermost first."""
    steps = pointer.split("/")
    for depth in range(len(keys) - 1, 0, -1):
        parent, path = "/".join(steps[: len(steps) - depth]), keys[: len(keys) - depth]
        is_list = kind_of(inside(schema, path, schema)) == "array"
        held = _inside(_parsed(_call_of(example, parent)), path)
        if not isinstance(held, dict | list):
            example = set_pointer(example, parent, "[]" if is_list else "{}")
    return example


def _call_of(example: Example, pointer: str) -> Call:
    steps = pointer.split("/")
    return (example.messages[int(steps[2])].calls or ())[int(steps[4])]


def _inside(value: Json, keys: Sequence[str]) -> Json:
    for key in keys:
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return UNSET
    return value


def as_field_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def as_json(schema: Json, text: str) -> str:
    """The JSON a field's text stands for: what the schema calls a string is one, other kinds are read as JSON."""
    schema = schema if isinstance(schema, dict) else {}
    for choice in schema["enum"] if isinstance(schema.get("enum"), list) else ():
        if as_field_text(choice) == text:
            return json.dumps(choice, ensure_ascii=False)
    if kind_of(schema) == "string" or not _is_json(text):
        return json.dumps(text, ensure_ascii=False)
    return text


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


def find_parameters(example: Example, name: Field) -> Json:
    """The parameters schema under a tool's name, None where the row offers none."""
    try:
        return parameters_of(example, name)
    except NotFoundError:
        return None
