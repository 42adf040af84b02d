"""Python functions: each one at the top of a file is a tool. The file is parsed, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from curation.errors import UnreadableError
from curation.model.definition import Definition, Tool, ToolError
from curation.model.values import Json
from curation.toolkits.contract import Note, ReadTool, Schema, Source, ToolFormat, ToolsRead
from curation.toolkits.docstrings import Docstring, read_docstring
from curation.toolkits.python_classes import Member, describe_class, open_types, read_member
from curation.toolkits.python_module import Function, Module, NotLiteralError, last_name, parse_module
from curation.toolkits.python_types import NAMED, Types
from curation.toolkits.python_writing import write_functions
from curation.toolkits.source import looks_like_python

_CONTEXTS = ("Context", "RunContextWrapper", "ToolContext", "Depends")
_NAMES = ("name", "name_override", "name_or_callable")
_DESCRIPTIONS = ("description", "description_override")


def _recognises(source: Source) -> bool:
    if source.json_text or not looks_like_python(source.text):
        return False
    try:
        return bool(_chosen(parse_module(source.text)))
    except UnreadableError:
        return True


def read_functions(source: Source) -> ToolsRead:
    """Every public function at the top of the file, or only those with a `tool` decorator where one has it."""
    module = parse_module(source.text)
    functions = _chosen(module)
    if not functions:
        raise UnreadableError(
            "The file holds no function to read.", hint="Write functions at the top level, or choose Pydantic models."
        )
    return ToolsRead(tuple(_read_function(module, one) for one in functions), notes=tuple(_note_methods(module)))


def _chosen(module: Module) -> list[Function]:
    public = [one for one in module.functions if not one.name.startswith("_")]
    marked = [one for one in public if _decorator(one) is not None]
    return marked or public


def _decorator(function: Function) -> ast.expr | None:
    """The decorator that makes a function a tool: `@tool`, `@server.tool(…)`, `@function_tool`."""
    return next((one for one in function.decorator_list if "tool" in last_name(one).lower()), None)


def _note_methods(module: Module) -> Iterator[Note]:
    for node in module.classes.values():
        methods = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
        if any(not one.name.startswith("_") for one in methods) and not module.is_model(node):
            yield Note("lost", f"the methods of the class `{node.name}` are not read: only functions at the top are")


def _read_function(module: Module, function: Function) -> ReadTool:
    types = open_types(module)
    said = read_docstring(ast.get_docstring(function) or "")
    name, description = _told(module, function)
    parts: Schema = {"name": name or function.name}
    if (description if description is not None else said.description or None) is not None:
        parts["description"] = description if description is not None else said.description
    parts["parameters"] = _parameters(types, function, said)
    tool = Tool(
        Definition(msgspec.json.encode({"type": "function", "function": parts}).decode()),
        result_schema=_result(types, function),
        errors=tuple(ToolError(words or kind, code=kind if words else "") for kind, words in said.raises if kind),
    )
    return ReadTool(tool, f"line {function.lineno}", {}, tuple(types.notes))


def _told(module: Module, function: Function) -> tuple[str | None, str | None]:
    """Name and description as a decorator gives them."""
    call = _decorator(function)
    if not isinstance(call, ast.Call):
        return None, None
    given: dict[str, Json] = {}
    for key, node in [("name", one) for one in call.args[:1]] + [(one.arg or "", one.value) for one in call.keywords]:
        try:
            given[key] = module.literal(node)
        except NotLiteralError:
            continue
    name = next((given[key] for key in _NAMES if isinstance(given.get(key), str)), None)
    words = next((given[key] for key in _DESCRIPTIONS if isinstance(given.get(key), str)), None)
    return name if isinstance(name, str) else None, words if isinstance(words, str) else None


def _parameters(types: Types, function: Function, said: Docstring) -> Schema:
    given = function.args
    model = _arguments_model(types, function)
    if model is not None:
        return model
    if (whole := _whole_schema(types, given.kwarg)) is not None:
        return whole
    members = [member for argument, default in _arguments(given) if (member := _member(types, argument, default, said))]
    for left in (given.vararg, given.kwarg):
        if left is not None:
            types.note("lost", f"`*{left.arg}` is left out: its names are not known before a call")
    properties: Schema = {member.name: member.schema for member in members}
    schema: Schema = {"type": "object", "properties": properties}
    if required := [member.name for member in members if member.is_required]:
        schema["required"] = required
    return schema


def _arguments_model(types: Types, function: Function) -> Schema | None:
    """`@tool(args_schema=Model)`: a class of the file says all of the parameters at once."""
    call = _decorator(function)
    told = call.keywords if isinstance(call, ast.Call) else []
    name = next((last_name(one.value) for one in told if one.arg == "args_schema"), "")
    found = types.module.classes.get(name)
    return describe_class(types, found) if found is not None else None


def _whole_schema(types: Types, kwarg: ast.arg | None) -> Schema | None:
    """`**arguments: Annotated[Any, WithJsonSchema({…})]` says all of the parameters at once."""
    node = kwarg.annotation if kwarg else None
    if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return None
    is_exact = any(last_name(marker) == "WithJsonSchema" for marker in node.slice.elts[1:])
    return types.schema(node) if is_exact else None


def _arguments(given: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    placed = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(placed) - len(given.defaults)) + list(given.defaults)
    yield from zip(placed, defaults, strict=True)
    yield from zip(given.kwonlyargs, given.kw_defaults, strict=True)


def _member(types: Types, argument: ast.arg, default: ast.expr | None, said: Docstring) -> Member | None:
    name = argument.arg
    if name in ("self", "cls"):
        return None
    if argument.annotation is not None and last_name(argument.annotation) in _CONTEXTS:
        types.note("lost", f"`{name}` is left out: the framework gives it, not the model")
        return None
    annotation = argument.annotation or _said_type(said.types.get(name, ""))
    member = read_member(types, name, annotation, default)
    if said.parameters.get(name):
        member.schema.setdefault("description", said.parameters[name])
    if annotation is None and "type" not in member.schema:
        types.note("changed", f"`{name}` has no type, so any value is taken")
    return member


def _said_type(words: str) -> ast.expr | None:
    """A type the docstring names, where it is one of Python's."""
    try:
        node = ast.parse(words.strip(), mode="eval").body if words.strip() else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return node if node is not None and last_name(node) in {*NAMED, "Optional", "Union", "Literal"} else None


def _result(types: Types, function: Function) -> str | None:
    if function.returns is None or (isinstance(function.returns, ast.Constant) and function.returns.value is None):
        return None
    known = set(types.notes)
    schema = types.schema(function.returns)
    for note in set(types.notes) - known:
        del types.notes[note]
    return msgspec.json.encode(schema).decode() if schema else None


FORMAT = ToolFormat(
    name="python",
    title="Python functions",
    extension=".py",
    recognises=_recognises,
    read=read_functions,
    write=write_functions,
    reading_loses=(
        "defaults and choices that only running the file could tell",
        "types that are neither Python's, pydantic's nor of the same file: any value is taken",
        "methods, `*args`, `**kwargs`, and parameters that a framework fills in",
    ),
    writing_loses=(
        "side effect, idempotency, policy, errors, samples and how a call runs",
        "keys of a definition beside name, description and parameters, such as `strict`",
        "the exact writing of a schema (blanks, order of keywords, `1.10`)",
    ),
)
