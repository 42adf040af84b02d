"""Tools as Python: functions with annotated parameters, or Pydantic models.

Whatever is written was read back first: where the plain spelling would say something else, the exact one is used.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from curation.model.definition import Tool
from curation.toolkits.contract import Loss, Schema, ToolsWritten
from curation.toolkits.docstrings import read_docstring
from curation.toolkits.own_facts import extra_keys, list_losses
from curation.toolkits.python_models import ModelFile
from curation.toolkits.python_references import LOSS, refers
from curation.toolkits.python_types import NAMED

_MARKER = "def tool(**_told: object):\n    return lambda function: function\n"
_FROM = {"Annotated": "typing", "Any": "typing", "Literal": "typing"}
_USED = frozenset({*NAMED, *_FROM, "BaseModel", "ConfigDict", "Field", "NotImplementedError", "WithJsonSchema", "tool"})
_NO_WORDS = "left out: the description of the parameters as a whole"
_OPEN: Schema = {"type": "object", "properties": {}}


def write_functions(tools: Sequence[Tool]) -> ToolsWritten:
    """One function a tool; they get a decorator where a name, a description or the parameters need one."""
    file = ModelFile(set(_USED) | {tool.name for tool in tools})
    takes = [_take_arguments(file, tool) for tool in tools]
    is_marked = len({tool.name for tool in tools}) < len(tools) or any(one.model for one in takes)
    is_marked = is_marked or not all(_is_plain(tool) for tool in tools)
    parts = [
        _write_function(tool, one, file, i, is_marked=is_marked)
        for i, (tool, one) in enumerate(zip(tools, takes, strict=True))
    ]
    losses = [loss for tool in tools for loss in _list_losses(tool, ("result_schema",))]
    head = [text for _, text in file.classes] + ([_MARKER] if is_marked else [])
    return ToolsWritten(join_parts(write_imports(file.imports), head + parts), tuple(losses))


def write_models(tools: Sequence[Tool]) -> ToolsWritten:
    """One model a tool; its fields are the parameters, and an object inside them is a model of its own."""
    file = open_models(tools).file
    parts = [text for _, text in file.classes]
    return ToolsWritten(join_parts(write_imports(file.imports), parts), tuple(list_model_losses(tools)))


class Models(NamedTuple):
    """A file of models in the making, and the name of each tool's own."""

    file: ModelFile
    names: tuple[str, ...]


def open_models(tools: Sequence[Tool], taken: frozenset[str] = frozenset()) -> Models:
    """The models of these tools; none has a name that is `taken`."""
    names: list[str] = []
    for tool in tools:
        names.append(_class_name(tool.name, taken.union(names)))
    file = ModelFile(set(_USED) | taken | set(names))
    for name, tool in zip(names, tools, strict=True):
        file.add_class(name, _write_model(file, name, tool))
    return Models(file, tuple(names))


def list_model_losses(tools: Sequence[Tool]) -> list[Loss]:
    """What models do not hold of these tools."""
    losses = [loss for tool in tools for loss in _list_losses(tool, ())]
    return losses + [Loss(tool.name, _NO_WORDS) for tool in tools if _describes_parameters(tool)]


def _describes_parameters(tool: Tool) -> bool:
    """A model has one description, which is the tool's."""
    schema = tool.definition.view.parameters
    return isinstance(schema, dict) and "description" in schema


def _list_losses(tool: Tool, told: tuple[str, ...]) -> list[Loss]:
    left_out = [Loss(tool.name, f"left out: `{key}`") for key in extra_keys(tool.definition)]
    return [*list_losses(tool, told), *left_out, *([Loss(tool.name, LOSS)] if refers(_schema_of(tool)) else [])]


def join_parts(imports: str, parts: list[str]) -> str:
    """The text of a file."""
    return imports + "\n\n" + "\n\n".join(parts)


def write_imports(names: set[str]) -> str:
    """The head of a file that uses these names."""
    lines = ['"""Tools."""', ""]
    for module in ("typing", "pydantic"):
        found = sorted(name for name in names if _FROM.get(name, "pydantic") == module)
        lines += [f"from {module} import {', '.join(found)}"] if found else []
    return "\n".join(lines) + "\n"


def _is_name(name: str) -> bool:
    """Whether a function or class can have it and hides nothing that the file refers to."""
    is_word = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
    return is_word and not name.startswith("_") and name not in _USED


def _is_plain(tool: Tool) -> bool:
    description = tool.definition.view.description
    return _is_name(tool.name) and (description is None or _is_plain_text(description))


def _is_plain_text(description: str) -> bool:
    """Whether a docstring of these words is read as just these words."""
    found = read_docstring(description)
    is_whole = found.description == description and not found.parameters and not found.raises and not found.types
    return bool(description) and is_whole and _read_literal(_quote_text(description)) == description


def _read_literal(text: str) -> str | None:
    """What a docstring of a function says once it is parsed."""
    try:
        tree = ast.parse(f"def f():\n    {text}\n")
    except (SyntaxError, ValueError):
        return None
    node = tree.body[0]
    return ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None


def _quote_text(text: str) -> str:
    """A docstring in triple quotes where that reads well, else as one escaped string."""
    is_easy = text.isprintable() or all(line.isprintable() for line in text.split("\n"))
    if is_easy and '"""' not in text and "\\" not in text and not text.endswith('"'):
        return f'"""{text}"""'.replace("\n", "\n    ")
    return repr(text)


class _Taken(NamedTuple):
    """How a function takes its arguments: one by one, or as a model says them."""

    fields: tuple[str, ...]
    model: str = ""


def _take_arguments(file: ModelFile, tool: Tool) -> _Taken:
    schema = _schema_of(tool)
    fields, left = file.write_fields(tool.name, schema)
    if not left and not refers(schema):
        return _Taken(("*", *fields) if fields else ())
    name = file.choose_name(tool.name, "Arguments")
    if left is not schema:
        file.add_class(name, file.spell_class(name, fields, left, (), "", schema))
        if file.says(name, schema):
            file.note_imports("Any")
            return _Taken(("**arguments: Any",), name)
        file.drop_class(name)
    exact = f"**arguments: Annotated[Any, WithJsonSchema({schema!r})]"
    file.note_imports(exact)
    return _Taken((exact,))


def _write_function(tool: Tool, taken: _Taken, file: ModelFile, position: int, *, is_marked: bool) -> str:
    view = tool.definition.view
    name = tool.name if _is_name(tool.name) else f"tool_{position + 1}"
    is_told = view.description is None or _is_plain_text(view.description)
    lines = [_write_marker(tool, taken.model, name, is_told=is_told)] if is_marked else []
    returns = _write_result(tool, file)
    if len(taken.fields) > 1:
        lines += [f"def {name}(", *(f"    {field}," for field in taken.fields), f"){returns}:"]
    else:
        lines.append(f"def {name}({''.join(taken.fields)}){returns}:")
    if view.description is not None and is_told:
        lines.append(f"    {_quote_text(view.description)}")
    lines.append("    raise NotImplementedError")
    return "\n".join(lines) + "\n"


def _write_marker(tool: Tool, model: str, name: str, *, is_told: bool) -> str:
    told = [f"name={tool.name!r}"] if name != tool.name else []
    told += [] if is_told else [f"description={tool.definition.view.description!r}"]
    told += [f"args_schema={model}"] if model else []
    return f"@tool({', '.join(told)})"


def _write_result(tool: Tool, file: ModelFile) -> str:
    if not tool.result_schema:
        return ""
    try:
        schema = msgspec.json.decode(tool.result_schema)
    except msgspec.DecodeError:
        return ""
    return f" -> {file.write_type(f'{tool.name} Result', schema)}"


def _write_model(file: ModelFile, name: str, tool: Tool) -> str:
    view = tool.definition.view
    schema = {key: value for key, value in _schema_of(tool).items() if key != "description"}
    config = [f"title={tool.name!r}"] if name != tool.name else []
    docstring = ""
    fields, left = file.write_fields(name, schema)
    if view.description is not None and _is_plain_text(view.description):
        docstring = _quote_text(view.description)
    elif view.description is not None:
        left = {"description": view.description, **left}
    return file.spell_class(name, fields, left, config, docstring, _schema_of(tool))


def _schema_of(tool: Tool) -> Schema:
    schema = tool.definition.view.parameters
    return schema if isinstance(schema, dict) else _OPEN


def _class_name(name: str, taken: frozenset[str]) -> str:
    base = name if _is_name(name) else "Tool"
    found, n = base, 2
    while found in taken:
        found, n = f"{base}_{n}", n + 1
    return found
