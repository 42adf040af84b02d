"""JSON Schema as annotations of Python; what no annotation says exactly stands in `WithJsonSchema`."""

from __future__ import annotations

from collections.abc import Callable

from curation.model.values import Json
from curation.toolkits.contract import Schema

_NAMES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
TYPE_WORDS = frozenset({*_NAMES.values(), "list", "dict"})
"""Types that are written without an import."""
_FIELDS = {
    "description": "description",
    "title": "title",
    "examples": "examples",
    "pattern": "pattern",
    "minimum": "ge",
    "exclusiveMinimum": "gt",
    "maximum": "le",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "deprecated": "deprecated",
}
_TYPED = frozenset({"type", "enum", "items", "additionalProperties", "anyOf", "default"})
MOST_DEPTH = 5
Naming = Callable[[Schema], str | None]
"""The class of an object with properties of its own; None where it gets none."""


def is_same(one: Json, other: Json) -> bool:
    """Equal as JSON: `1`, `1.0` and `true` are three things."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and one == other


def spell_field(variable: str, schema: Schema, alias: str, naming: Naming, *, is_required: bool) -> str | None:
    """The field as a type and what stands beside it; None where no type says it."""
    kind = spell_type(schema, naming)
    if kind is None:
        return None
    marks = [*_list_marks(schema, is_default_told=not is_required), *([alias] if alias else [])]
    annotation = f"Annotated[{kind}, Field({', '.join(marks)})]" if marks else kind
    if is_required:
        return f"{variable}: {annotation}"
    if "default" not in schema:
        return f"{variable}: {annotation} = None"
    default = schema["default"]
    return f"{variable}: {annotation} = " + (f"Field(default={default!r})" if _needs_field(default) else repr(default))


def _needs_field(default: Json) -> bool:
    return default is None or isinstance(default, list | dict)


def _list_marks(schema: Schema, *, is_default_told: bool) -> list[str]:
    """What `Field(…)` says beside a type; keywords without a word of their own go in as they are."""
    marks = [f"{word}={schema[key]!r}" for key, word in _FIELDS.items() if key in schema]
    untold = {} if _is_shape(schema) else {key: schema[key] for key in schema if key not in _TYPED | _FIELDS.keys()}
    if "default" in schema and not is_default_told:
        untold["default"] = schema["default"]
    return marks + ([f"json_schema_extra={untold!r}"] if untold else [])


def _is_shape(schema: Schema) -> bool:
    """Whether it is an object with fields, which a class says."""
    return isinstance(schema.get("properties"), dict)


def spell_type(schema: Schema, naming: Naming, depth: int = 0) -> str | None:
    """The type alone, with constraints of what is inside it; None where there is no such type."""
    kind = schema.get("type")
    if depth > MOST_DEPTH:
        return None
    if "enum" in schema:
        return _spell_choices(schema)
    if isinstance(kind, list):
        return _spell_several(schema, kind, naming, depth)
    if _is_shape(schema):
        return naming({key: schema[key] for key in schema if key not in _FIELDS and key != "default"})
    if isinstance(schema.get("anyOf"), list):
        parts = [spell_inner(one, naming, depth + 1) if isinstance(one, dict) else None for one in schema["anyOf"]]
        return None if None in parts or len(parts) < 2 else " | ".join(str(one) for one in parts)
    if kind == "array":
        items = schema.get("items")
        inner = spell_inner(items, naming, depth + 1) if isinstance(items, dict) and items else None
        return f"list[{inner}]" if inner else "list" if items is None else None
    if kind == "object":
        values = schema.get("additionalProperties")
        inner = spell_inner(values, naming, depth + 1) if isinstance(values, dict) and values else None
        return f"dict[str, {inner}]" if inner else "dict" if values is None else None
    if kind is None:
        return None if schema.keys() - _TYPED - _FIELDS.keys() else "Any"
    return _NAMES.get(kind) if isinstance(kind, str) else None


def spell_inner(schema: Schema, naming: Naming, depth: int = 0) -> str | None:
    """A type with its own constraints, for the inside of another."""
    kind = spell_type(schema, naming, depth)
    marks = ", ".join(_list_marks(schema, is_default_told=False))
    return f"Annotated[{kind}, Field({marks})]" if kind and marks else kind


def _spell_choices(schema: Schema) -> str | None:
    values = schema["enum"]
    if not isinstance(values, list) or not values or any(isinstance(one, list | dict | float) for one in values):
        return None
    return f"Literal[{', '.join(map(repr, values))}]"


def _spell_several(schema: Schema, kinds: list[Json], naming: Naming, depth: int) -> str | None:
    if len(kinds) == 2 and kinds[1] == "null":
        inner = spell_type({**schema, "type": kinds[0]}, naming, depth + 1)
        return f"{inner} | None" if inner else None
    names = [_NAMES.get(str(one)) for one in kinds]
    return None if None in names else " | ".join(str(one) for one in names)


def spell_exactly(variable: str, schema: Json, alias: str, *, is_required: bool) -> str:
    """The field with its schema word for word, where no type says it."""
    marks = [f"WithJsonSchema({schema!r})"] + ([f"Field({alias})"] if alias else [])
    return f"{variable}: Annotated[Any, {', '.join(marks)}]" + ("" if is_required else " = None")
