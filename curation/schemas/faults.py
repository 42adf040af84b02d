"""What is wrong with a schema itself: typed, with the place inside the schema."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import jsonschema_rs
import msgspec
from rapidfuzz import process

from curation.model.values import Json
from curation.schemas.drafts import META_SCHEMAS, VALIDATORS, DraftName
from curation.schemas.pointers import join_pointer
from curation.schemas.wording import explain, show

FaultKind = Literal["root", "keyword", "reference", "pattern", "size"]
JSON_TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
TYPE_ALIASES = {
    "str": "string",
    "text": "string",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "decimal": "number",
    "bool": "boolean",
    "dict": "object",
    "map": "object",
    "list": "array",
    "tuple": "array",
    "set": "array",
    "none": "null",
}


class SchemaFault(msgspec.Struct, frozen=True):
    """One place where a schema is not a schema."""

    kind: FaultKind
    pointer: str
    """JSON pointer into the schema."""
    message: str
    """The end of a sentence that starts with the name of the place."""
    value: Json = None
    suggestion: Json = None
    """What stands there in a right schema, where that is plain."""


def find_keyword_faults(schema: Json, draft: DraftName) -> list[SchemaFault]:
    """Every place that breaks the draft's own schema."""
    return [_keyword_fault(error) for error in _meta_validator(draft).iter_errors(schema)]


@cache
def _meta_validator(draft: DraftName) -> Any:
    return VALIDATORS[draft]({"$ref": META_SCHEMAS[draft]}, offline=True)


def _keyword_fault(error: Any) -> SchemaFault:
    path = error.instance_path
    pointer = join_pointer(path)
    if path and path[-1] == "type" and not isinstance(error.instance, list | dict):
        return _type_fault(pointer, error.instance)
    explained = explain(error)
    message = explained[0].message if explained else "breaks the rules of JSON Schema"
    return SchemaFault("keyword", pointer, message, error.instance)


def _type_fault(pointer: str, value: Json) -> SchemaFault:
    suggestion = nearest_type(value)
    hint = f"; did you mean `{suggestion}`?" if suggestion else f"; it must be one of {', '.join(JSON_TYPES)}"
    return SchemaFault("keyword", pointer, f"is {show(value)}, which is no JSON Schema type{hint}", value, suggestion)


def nearest_type(value: Json) -> str | None:
    """The JSON Schema type that a wrong type name stands for."""
    if not isinstance(value, str):
        return None
    name = value.strip().lower()
    if name in JSON_TYPES:
        return name
    if name in TYPE_ALIASES:
        return TYPE_ALIASES[name]
    found = process.extractOne(name, JSON_TYPES, score_cutoff=75)
    return found[0] if found else None


def fault_of(error: jsonschema_rs.ValidationError) -> SchemaFault:
    """The fault behind a refusal to compile."""
    kind = error.kind.name
    pointer = join_pointer(error.instance_path)
    if kind == "$ref":
        return SchemaFault("reference", pointer, f"holds a reference that leads nowhere: {_first_line(str(error))}")
    if kind == "format" and error.instance_path and error.instance_path[-1] == "pattern":
        return SchemaFault(
            "pattern", pointer, f"is {show(error.instance)}, which is no valid regular expression", error.instance
        )
    return _keyword_fault(error)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
