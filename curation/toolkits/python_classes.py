"""Classes of a Python file that are shapes of values: models, dataclasses, typed dictionaries, named tuples."""

from __future__ import annotations

import ast

import msgspec

from curation.model.values import Json
from curation.toolkits.contract import Schema
from curation.toolkits.docstrings import read_docstring
from curation.toolkits.python_fields import FIELD_CALLS, FieldFacts
from curation.toolkits.python_module import Module, NotLiteralError, last_name
from curation.toolkits.python_types import Types

_SHAPES = frozenset({"BaseModel", "TypedDict", "NamedTuple"})
MOST_PARENTS = 20
_TYPED_DICT = frozenset({"TypedDict"})


class Member(msgspec.Struct):
    """One field or parameter with its schema."""

    name: str
    schema: Schema
    is_required: bool


def open_types(module: Module) -> Types:
    """The types of a file, its classes included."""
    return Types(module, describe_class)


def read_member(types: Types, name: str, annotation: ast.expr | None, default: ast.expr | None) -> Member:
    """One `name: annotation = default`, as functions and classes write it."""
    schema, facts = _read_annotation(types, annotation)
    if isinstance(default, ast.Call) and last_name(default.func) in (FIELD_CALLS | {"field"}):
        facts.keywords = {}
        as_field = ast.Call(ast.Name("Field", ast.Load()), default.args, default.keywords)
        types.fields.read(as_field, schema, facts)
        schema = {**schema, **facts.keywords}
    elif default is not None and not (isinstance(default, ast.Constant) and default.value is Ellipsis):
        types.fields.take_default(default, facts)
    told_default = facts.has_default and "the default" not in facts.untold
    types.tell_untold(facts)
    if told_default and (facts.default is not None or facts.is_exact_default):
        schema = {**schema, "default": facts.default}
        if annotation is None and not schema.get("type"):
            schema = {**_type_of(facts.default), **schema}
    return Member(facts.alias or name, schema, is_required=not facts.has_default)


def _type_of(value: Json) -> Schema:
    names: dict[type, str] = {
        str: "string",
        bool: "boolean",
        int: "integer",
        float: "number",
        list: "array",
        dict: "object",
    }
    return {"type": names[type(value)]} if type(value) in names else {}


def _read_annotation(types: Types, node: ast.expr | None) -> tuple[Schema, FieldFacts]:
    if isinstance(node, ast.Subscript) and last_name(node.value) == "Annotated" and isinstance(node.slice, ast.Tuple):
        return types.annotated(list(node.slice.elts))
    return (types.schema(node) if node is not None else {}), FieldFacts()


def describe_class(types: Types, node: ast.ClassDef) -> Schema | None:
    """The object schema of a class's fields; None where it is no shape of values."""
    module = types.module
    is_dataclass = any(last_name(one) == "dataclass" for one in node.decorator_list)
    if not is_dataclass and not module.is_kind(node, _SHAPES):
        return None
    said = read_docstring(ast.get_docstring(node) or "")
    members = {member.name: member for member in _members(types, node)}
    schema: Schema = {"type": "object"}
    if said.description:
        schema["description"] = said.description
    for name, member in members.items():
        if name in said.parameters:
            member.schema.setdefault("description", said.parameters[name])
    schema["properties"] = {name: member.schema for name, member in members.items()}
    if required := [name for name, member in members.items() if member.is_required]:
        schema["required"] = required
    return {**schema, **_configured(types, node)}


def _members(types: Types, node: ast.ClassDef, line: tuple[str, ...] = ()) -> list[Member]:
    """The fields of the classes it comes from, then its own."""
    found: list[Member] = []
    for base in types.module.bases(node) if len(line) < MOST_PARENTS else ():
        inner = types.module.classes.get(base)
        if inner is not None and base not in (node.name, *line):
            found += _members(types, inner, (*line, node.name))
    is_open = types.module.is_kind(node, _TYPED_DICT)
    total = next((one.value for one in node.keywords if one.arg == "total"), None)
    all_optional = is_open and isinstance(total, ast.Constant) and total.value is False
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        name, wrapper = statement.target.id, last_name(statement.annotation)
        if name == "model_config" or name.startswith("_") or wrapper in ("ClassVar", "PrivateAttr"):
            continue
        member = read_member(types, name, statement.annotation, statement.value)
        if wrapper == "NotRequired" or (all_optional and wrapper != "Required"):
            member.is_required = False
        found.append(member)
    return found


def _configured(types: Types, node: ast.ClassDef) -> Schema:
    """What `model_config` says of the schema."""
    found: Schema = {}
    extra = config_value(types, node, "extra")
    if extra in ("forbid", "allow"):
        found["additionalProperties"] = extra == "allow"
    more = config_value(types, node, "json_schema_extra")
    return {**found, **more} if isinstance(more, dict) else found


def config_value(types: Types, node: ast.ClassDef, key: str) -> Json:
    """One entry of `model_config = ConfigDict(…)`, or None."""
    for statement in node.body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else None
        value = statement.value if isinstance(statement, ast.Assign) else None
        if not isinstance(target, ast.Name) or target.id != "model_config" or not isinstance(value, ast.Call):
            continue
        for keyword in value.keywords:
            if keyword.arg == key:
                try:
                    return types.module.literal(keyword.value)
                except NotLiteralError:
                    types.note("lost", f"`{key}` of `{node.name}` is left out: only running the file could tell it")
    return None
