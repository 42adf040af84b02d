"""Annotations of Python as JSON Schema: the builtin and `typing` ones, pydantic's, and classes of the same file."""

from __future__ import annotations

import ast
from collections.abc import Callable

from curation.model.values import Json
from curation.toolkits.contract import Note, NoteKind, Schema
from curation.toolkits.python_fields import FieldFacts, FieldReader
from curation.toolkits.python_module import Module, NotLiteralError, last_name

MOST_DEPTH = 40
MOST_NODES = 20_000
NAMED: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
    "NoneType": {"type": "null"},
    "list": {"type": "array"},
    "List": {"type": "array"},
    "Sequence": {"type": "array"},
    "Iterable": {"type": "array"},
    "tuple": {"type": "array"},
    "Tuple": {"type": "array"},
    "set": {"type": "array", "uniqueItems": True},
    "Set": {"type": "array", "uniqueItems": True},
    "frozenset": {"type": "array", "uniqueItems": True},
    "dict": {"type": "object"},
    "Dict": {"type": "object"},
    "Mapping": {"type": "object"},
    "Any": {},
    "object": {},
    "bytes": {"type": "string"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "timedelta": {"type": "string", "format": "duration"},
    "UUID": {"type": "string", "format": "uuid"},
    "Decimal": {"type": "number"},
    "Path": {"type": "string"},
    "EmailStr": {"type": "string", "format": "email"},
    "AnyUrl": {"type": "string", "format": "uri"},
    "HttpUrl": {"type": "string", "format": "uri"},
    "AnyHttpUrl": {"type": "string", "format": "uri"},
    "IPv4Address": {"type": "string", "format": "ipv4"},
    "IPv6Address": {"type": "string", "format": "ipv6"},
    "SecretStr": {"type": "string"},
    "StrictStr": {"type": "string"},
    "StrictInt": {"type": "integer"},
    "StrictFloat": {"type": "number"},
    "StrictBool": {"type": "boolean"},
    "PositiveInt": {"type": "integer", "exclusiveMinimum": 0},
    "NonNegativeInt": {"type": "integer", "minimum": 0},
    "NegativeInt": {"type": "integer", "exclusiveMaximum": 0},
    "PositiveFloat": {"type": "number", "exclusiveMinimum": 0},
    "NonNegativeFloat": {"type": "number", "minimum": 0},
}
_LISTS = frozenset({"list", "List", "Sequence", "Iterable", "set", "Set", "frozenset", "deque"})
_MAPPINGS = frozenset({"dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict"})
_WRAPPERS = frozenset({"Required", "NotRequired", "ReadOnly", "Final", "InitVar"})
_CONSTRAINED = {"conint": "int", "confloat": "float", "constr": "str", "conlist": "list", "condecimal": "float"}
_JSON_NAMES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


class Types:
    """Turns annotations of one file into schemas, and notes what it could not tell."""

    def __init__(self, module: Module, describe: Callable[[Types, ast.ClassDef], Schema | None]) -> None:
        self.module = module
        self.describe = describe
        """The schema of a class of the file; None where it is no shape of values."""
        self.fields = FieldReader(module)
        self.notes: dict[Note, None] = {}
        self.n_nodes = 0
        self._open: tuple[str, ...] = ()

    def note(self, kind: NoteKind, words: str) -> None:
        self.notes[Note(kind, words)] = None

    def schema(self, node: ast.expr, depth: int = 0) -> Schema:
        """The schema of an annotation; an open one, with a note, where it is not known."""
        self.n_nodes += 1
        if depth > MOST_DEPTH or self.n_nodes > MOST_NODES:
            self.note("changed", "a type nested too deeply is left open")
            return {}
        if isinstance(node, ast.Constant):
            return self._quoted(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self._union(_alternatives(node), depth)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, depth)
        if isinstance(node, ast.Call):
            return self._constrained(node, depth)
        return self._name(node, depth)

    def _quoted(self, node: ast.Constant, depth: int) -> Schema:
        if node.value is None:
            return {"type": "null"}
        if isinstance(node.value, str):
            try:
                return self.schema(ast.parse(node.value, mode="eval").body, depth + 1)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                pass
        return self._unknown(str(node.value))

    def _name(self, node: ast.expr, depth: int) -> Schema:
        name = last_name(node)
        if name in self.module.classes:
            return self._class(self.module.classes[name])
        if isinstance(node, ast.Name) and name in self.module.values and name not in self._open:
            self._open += (name,)
            try:
                return self.schema(self.module.values[name], depth + 1)
            finally:
                self._open = self._open[:-1]
        return dict(NAMED[name]) if name in NAMED else self._unknown(name or "?")

    def _unknown(self, name: str) -> Schema:
        self.note("changed", f"the type `{name[:80]}` is not known here, so any value is taken")
        return {}

    def _subscript(self, node: ast.Subscript, depth: int) -> Schema:
        name = last_name(node.value)
        inner = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Annotated":
            return self.annotated(inner, depth)[0]
        if name == "Optional":
            return self._union([*inner, ast.Constant(None)], depth)
        if name == "Union":
            return self._union(inner, depth)
        if name == "Literal":
            return self._literal(inner)
        if name in ("tuple", "Tuple"):
            return self._tuple(inner, depth)
        if name in _LISTS:
            items = self.schema(inner[0], depth + 1)
            return {**NAMED.get(name, {"type": "array"}), **({"items": items} if items else {})}
        if name in _MAPPINGS:
            values = self.schema(inner[1], depth + 1) if len(inner) > 1 else {}
            return {"type": "object", **({"additionalProperties": values} if values else {})}
        if name in _WRAPPERS:
            return self.schema(inner[0], depth + 1)
        return self._unknown(ast.unparse(node))

    def annotated(self, inner: list[ast.expr], depth: int = 0) -> tuple[Schema, FieldFacts]:
        """`Annotated[type, marker, …]`, with what the markers say of the field itself."""
        schema, facts = self.schema(inner[0], depth + 1), FieldFacts()
        for marker in inner[1:]:
            self.fields.read(marker, schema, facts)
        self.tell_untold(facts)
        return {**schema, **facts.keywords}, facts

    def tell_untold(self, facts: FieldFacts) -> None:
        for words in facts.untold:
            self.note("lost", f"{words} is left out: only running the file could tell it")
        facts.untold = []

    def _union(self, members: list[ast.expr], depth: int) -> Schema:
        parts: list[Schema] = []
        for member in members:
            part = self.schema(member, depth + 1)
            is_plain_union = set(part) == {"anyOf"} and not isinstance(member, ast.Subscript)
            parts += part["anyOf"] if is_plain_union else [part]
        null: Schema = {"type": "null"}
        rest = [part for part in parts if part != null]
        if len(rest) < len(parts) and len(rest) == 1:
            return _allow_null(rest[0])
        if all(set(part) == {"type"} and isinstance(part["type"], str) for part in parts):
            kinds = list(dict.fromkeys(str(part["type"]) for part in parts))
            return {"type": kinds if len(kinds) > 1 else kinds[0]}
        return {"anyOf": [*rest, *([null] if len(rest) < len(parts) else [])]}

    def _literal(self, inner: list[ast.expr]) -> Schema:
        values: list[Json] = []
        for one in inner:
            try:
                values.append(self.module.literal(one))
            except NotLiteralError:
                self.note(
                    "lost", f"the choice `{ast.unparse(one)[:80]}` is left out: only running the file could tell it"
                )
        return _choices(values)

    def _tuple(self, inner: list[ast.expr], depth: int) -> Schema:
        if len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is Ellipsis:
            return {"type": "array", "items": self.schema(inner[0], depth + 1)}
        parts: list[Json] = [self.schema(one, depth + 1) for one in inner]
        return {"type": "array", "prefixItems": parts, "minItems": len(parts), "maxItems": len(parts)}

    def _constrained(self, node: ast.Call, depth: int) -> Schema:
        """`conint(ge=1)` and its like."""
        base = _CONSTRAINED.get(last_name(node.func))
        if base is None:
            return self._unknown(ast.unparse(node))
        schema, facts = dict(NAMED[base]), FieldFacts()
        if base == "list" and node.args:
            schema["items"] = self.schema(node.args[0], depth + 1)
        as_field = ast.Call(ast.Name("Field", ast.Load()), [], node.keywords)
        self.fields.read(as_field, schema, facts)
        self.tell_untold(facts)
        return {**schema, **facts.keywords}

    def _class(self, node: ast.ClassDef) -> Schema:
        if node.name in self._open:
            self.note("changed", f"`{node.name}` contains itself: it is cut where it begins again")
            return {"type": "object", "description": f"Again a {node.name}, of the same form as the one around it."}
        if self.module.is_enum(node):
            try:
                return _choices(list(self.module.enum_values(node).values()))
            except NotLiteralError:
                return self._unknown(node.name)
        self._open += (node.name,)
        try:
            return self.describe(self, node) or self._unknown(node.name)
        finally:
            self._open = self._open[:-1]


def _alternatives(node: ast.expr) -> list[ast.expr]:
    """The members of `a | b | c`, which the syntax nests to the left."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _allow_null(schema: Schema) -> Schema:
    kind = schema.get("type")
    if not isinstance(kind, str) or "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]} if schema else {}
    return {**schema, "type": [kind, "null"]}


def _choices(values: list[Json]) -> Schema:
    kinds = list(dict.fromkeys(_JSON_NAMES.get(type(value), "") for value in values))
    typed: Schema = {"type": kinds[0]} if len(kinds) == 1 and kinds[0] else {}
    return {**typed, "enum": values}
