"""What stands beside a type: `Field(…)`, constraints, plain words; as keywords of JSON Schema."""

from __future__ import annotations

import ast

import msgspec

from curation.model.values import Json
from curation.toolkits.contract import Schema
from curation.toolkits.python_module import Module, NotLiteralError, last_name

_PLAIN = {
    "title": "title",
    "description": "description",
    "examples": "examples",
    "pattern": "pattern",
    "regex": "pattern",
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "deprecated": "deprecated",
    "unique_items": "uniqueItems",
}
_LENGTHS = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
_BARE = {
    "Ge": "ge",
    "Gt": "gt",
    "Le": "le",
    "Lt": "lt",
    "MultipleOf": "multiple_of",
    "MinLen": "min_length",
    "MaxLen": "max_length",
    "Doc": "description",
}
FIELD_CALLS = frozenset({"Field", "StringConstraints", "Interval", "Len", "Query", "Path", "Body", "Param", *_BARE})
_FACTORIES: dict[str, Json] = {"list": [], "dict": {}, "set": [], "tuple": []}


class FieldFacts(msgspec.Struct):
    """What was said of one field beside its type."""

    keywords: Schema = {}
    alias: str = ""
    has_default: bool = False
    default: Json = None
    is_exact_default: bool = False
    """The default was given as such, so that None is a value and not a sign for "left out"."""
    untold: list[str] = []
    """What could only be told by running the file."""


class FieldReader:
    """Reads calls such as `Field(ge=1)` on top of a type's own schema."""

    def __init__(self, module: Module) -> None:
        self.module = module

    def read(self, node: ast.expr, schema: Schema, facts: FieldFacts) -> None:
        """Add what one marker says; the type's schema tells lengths of texts from those of lists."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            facts.keywords.setdefault("description", node.value)
            return
        if not isinstance(node, ast.Call):
            return
        name = last_name(node.func)
        if name == "WithJsonSchema" and node.args:
            schema.clear()
            exact = self._value(node.args[0], "WithJsonSchema", facts)
            schema.update(exact if isinstance(exact, dict) else {})
        elif name in FIELD_CALLS:
            self._read_call(node, name, schema, facts)

    def _read_call(self, node: ast.Call, name: str, schema: Schema, facts: FieldFacts) -> None:
        if node.args and name in _BARE:
            self._take(_BARE[name], node.args[0], schema, facts)
        elif node.args and not _is_ellipsis(node.args[0]):
            self._take("default", node.args[0], schema, facts)
        for keyword in node.keywords:
            if keyword.arg:
                self._take(keyword.arg, keyword.value, schema, facts)

    def _take(self, key: str, node: ast.expr, schema: Schema, facts: FieldFacts) -> None:
        if key == "default":
            if not _is_ellipsis(node):
                self.take_default(node, facts)
                facts.is_exact_default = True
            return
        if key == "default_factory":
            facts.has_default = True
            if last_name(node) in _FACTORIES and isinstance(node, ast.Name):
                facts.default, facts.is_exact_default = _FACTORIES[node.id], True
            else:
                facts.untold.append("the default")
            return
        value = self._value(node, key, facts) if key in _HANDLED else None
        if value is None:
            return
        if key in _PLAIN:
            facts.keywords[_PLAIN[key]] = value
        elif key in ("alias", "validation_alias"):
            facts.alias = value if isinstance(value, str) else ""
        elif key in ("min_length", "max_length"):
            facts.keywords[_length(schema, key)] = value
        elif isinstance(value, dict):
            facts.keywords.update(value)

    def take_default(self, node: ast.expr, facts: FieldFacts) -> None:
        """A default is kept where it is a plain value."""
        facts.has_default = True
        try:
            facts.default = self.module.literal(node)
        except NotLiteralError:
            facts.untold.append("the default")

    def _value(self, node: ast.expr, what: str, facts: FieldFacts) -> Json:
        try:
            return self.module.literal(node)
        except NotLiteralError:
            facts.untold.append(f"`{what}`")
            return None


_HANDLED = {*_PLAIN, "alias", "validation_alias", "min_length", "max_length", "json_schema_extra"}


def _length(schema: Schema, key: str) -> str:
    kind = schema.get("type")
    names = _LENGTHS.get(next((one for one in kind if one != "null"), "") if isinstance(kind, list) else str(kind))
    return (names or _LENGTHS["string"])[key == "max_length"]


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is Ellipsis
