"""Pydantic models: each one that no other refers to is a tool, its fields the parameters. Parsed, never run."""

from __future__ import annotations

import ast
import re

import msgspec

from curation.errors import UnreadableError
from curation.model.definition import Definition, Tool
from curation.toolkits.contract import ReadTool, Schema, Source, ToolFormat, ToolsRead
from curation.toolkits.python_classes import config_value, describe_class, open_types
from curation.toolkits.python_module import Module, last_name, parse_module
from curation.toolkits.python_writing import write_models
from curation.toolkits.source import looks_like_python

_WORD = re.compile(r"[A-Za-z_]\w*")


def _recognises(source: Source) -> bool:
    if source.json_text or not looks_like_python(source.text):
        return False
    try:
        module = parse_module(source.text)
    except UnreadableError:
        return False
    return bool(_chosen(module))


def read_models(source: Source) -> ToolsRead:
    """Every public model of the file that is no part and no parent of another."""
    module = parse_module(source.text)
    models = _chosen(module)
    if not models:
        raise UnreadableError(
            "The file holds no Pydantic model to read.", hint="Write classes that come from BaseModel."
        )
    return ToolsRead(tuple(_read_model(module, one) for one in models))


def _chosen(module: Module) -> list[ast.ClassDef]:
    models = [one for one in module.classes.values() if module.is_model(one) and not one.name.startswith("_")]
    parts = {name for one in module.classes.values() for name in _names_in(one) if name != one.name}
    parts |= {name for one in module.functions for name in _names_in(one)}
    return [one for one in models if one.name not in parts]


def _names_in(node: ast.AST) -> set[str]:
    """The names that types and parents of a class or function refer to; texts count there alone, as late names."""
    found = set()
    for outer in ast.walk(node):
        for kind in _annotations(outer):
            for inner in ast.walk(kind):
                if isinstance(inner, ast.Name):
                    found.add(inner.id)
                elif isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    found |= set(_WORD.findall(inner.value[:1000]))
    return found


def _annotations(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.ClassDef):
        return node.bases
    if isinstance(node, ast.AnnAssign):
        return [_type_alone(node.annotation)]
    if isinstance(node, ast.arg) and node.annotation is not None:
        return [_type_alone(node.annotation)]
    return [node.returns] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns else []


def _type_alone(node: ast.expr) -> ast.expr:
    """The type inside `Annotated[type, …]`: what is said beside it names no class."""
    if isinstance(node, ast.Subscript) and last_name(node.value) == "Annotated" and isinstance(node.slice, ast.Tuple):
        return node.slice.elts[0]
    return node


def _read_model(module: Module, node: ast.ClassDef) -> ReadTool:
    types = open_types(module)
    schema: Schema = dict(describe_class(types, node) or {})
    title = config_value(types, node, "title")
    function: Schema = {"name": title if isinstance(title, str) and title else node.name}
    described = schema.pop("description", None)
    if isinstance(described, str):
        function["description"] = described
    function["parameters"] = schema
    text = msgspec.json.encode({"type": "function", "function": function}).decode()
    return ReadTool(Tool(Definition(text)), f"line {node.lineno}", {}, tuple(types.notes))


FORMAT = ToolFormat(
    name="pydantic",
    title="Pydantic models",
    extension=".py",
    recognises=_recognises,
    read=read_models,
    write=write_models,
    reading_loses=(
        "validators, computed fields, and defaults that only running the file could tell",
        "types that are neither Python's, pydantic's nor of the same file: any value is taken",
    ),
    writing_loses=(
        "side effect, idempotency, policy, result schema, errors, samples and how a call runs",
        "the description of the parameters as a whole: a model has one description, which is the tool's",
        "keys of a definition beside name, description and parameters, such as `strict`",
        "a part of a schema that refers to another part: any value is taken there; the tool's own model prints the "
        "schema whole, a model around it prints an open object",
        "the exact writing of a schema (blanks, order of keywords, `1.10`)",
    ),
)
