"""JSON Schema as annotations of Python; what no annotation says exactly stands in `WithJsonSchema`."""

from __future__ import annotations

import ast
import keyword

from curation.model.values import Json
from curation.toolkits.contract import Schema
from curation.toolkits.python_classes import Member, open_types, read_member
from curation.toolkits.python_module import Module

_NAMES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
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
_TYPES = open_types(Module(ast.Module([], [])))


def write_field(name: str, schema: Json, *, is_required: bool, imports: set[str]) -> str:
    """`name: annotation = default`, proved by reading it back."""
    wanted = Member(name, schema if isinstance(schema, dict) else {}, is_required)
    variable = name if _is_free(name) else _invent(name)
    alias = "" if variable == name else f"alias={name!r}"
    if isinstance(schema, dict):
        field = _spell(variable, schema, alias, is_required=is_required)
        if field is not None and _reads_back(field, wanted):
            _note_imports(field, imports)
            return field
    field = _spell_exactly(variable, schema, alias, is_required=is_required)
    _note_imports(field, imports)
    return field


def _is_free(name: str) -> bool:
    is_word = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
    return is_word and not name.startswith("_") and name not in ("self", "cls", "model_config")


def _invent(name: str) -> str:
    letters = "".join(one if one.isascii() and one.isalnum() else "_" for one in name).strip("_")
    return f"field_{letters}"[:60].rstrip("_")


def _reads_back(field: str, wanted: Member) -> bool:
    try:
        statement = ast.parse(field).body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
        return False
    found = read_member(_TYPES, statement.target.id, statement.annotation, statement.value)
    _TYPES.notes.clear()
    _TYPES.n_nodes = 0
    return is_same(found.schema, wanted.schema) and (found.name, found.is_required) == (wanted.name, wanted.is_required)


def is_same(one: Json, other: Json) -> bool:
    """Equal as JSON: `1`, `1.0` and `true` are three things."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return type(one) is type(other) and one == other


def _spell(variable: str, schema: Schema, alias: str, *, is_required: bool) -> str | None:
    """The field in annotations alone; None where a keyword has none."""
    kind = spell_type(schema)
    if kind is None:
        return None
    marks = [f"{word}={schema[key]!r}" for key, word in _FIELDS.items() if key in schema]
    marks += [alias] if alias else []
    annotation = f"Annotated[{kind}, Field({', '.join(marks)})]" if marks else kind
    if "default" not in schema:
        return f"{variable}: {annotation}" + ("" if is_required else " = None")
    if is_required:
        return None
    default = schema["default"]
    return f"{variable}: {annotation} = " + (f"Field(default={default!r})" if _needs_field(default) else repr(default))


def _needs_field(default: Json) -> bool:
    return default is None or isinstance(default, list | dict)


def spell_type(schema: Schema, depth: int = 0) -> str | None:
    """The type alone, with constraints of what is inside it; None where there is no such type."""
    if depth > 5 or set(schema) - _TYPED - set(_FIELDS):
        return None
    kind = schema.get("type")
    if "enum" in schema:
        return _spell_choices(schema)
    if isinstance(kind, list):
        return _spell_several(schema, kind, depth)
    if isinstance(schema.get("anyOf"), list):
        parts = [spell_inner(one, depth + 1) if isinstance(one, dict) else None for one in schema["anyOf"]]
        return None if None in parts or len(parts) < 2 else " | ".join(str(one) for one in parts)
    if kind == "array":
        items = schema.get("items")
        inner = spell_inner(items, depth + 1) if isinstance(items, dict) and items else None
        return f"list[{inner}]" if inner else "list" if items is None else None
    if kind == "object":
        values = schema.get("additionalProperties")
        inner = spell_inner(values, depth + 1) if isinstance(values, dict) and values else None
        return f"dict[str, {inner}]" if inner else "dict" if values is None else None
    return _NAMES.get(kind) if isinstance(kind, str) else "Any" if kind is None else None


def spell_inner(schema: Schema, depth: int) -> str | None:
    """A type with its own constraints, for the inside of another."""
    kind = spell_type(schema, depth)
    marks = ", ".join(f"{word}={schema[key]!r}" for key, word in _FIELDS.items() if key in schema)
    return f"Annotated[{kind}, Field({marks})]" if kind and marks else kind


def _spell_choices(schema: Schema) -> str | None:
    values = schema["enum"]
    if not isinstance(values, list) or not values or any(isinstance(one, list | dict | float) for one in values):
        return None
    return f"Literal[{', '.join(map(repr, values))}]"


def _spell_several(schema: Schema, kinds: list[Json], depth: int) -> str | None:
    if len(kinds) == 2 and kinds[1] == "null":
        inner = spell_type({**schema, "type": kinds[0]}, depth + 1)
        return f"{inner} | None" if inner else None
    names = [_NAMES.get(str(one)) for one in kinds]
    return None if None in names else " | ".join(str(one) for one in names)


def _spell_exactly(variable: str, schema: Json, alias: str, *, is_required: bool) -> str:
    marks = [f"WithJsonSchema({schema!r})"] + ([f"Field({alias})"] if alias else [])
    return f"{variable}: Annotated[Any, {', '.join(marks)}]" + ("" if is_required else " = None")


def _note_imports(text: str, imports: set[str]) -> None:
    imports |= {word for word in ("Annotated", "Any", "Literal", "Field", "WithJsonSchema") if word in text}
