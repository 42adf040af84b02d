"""Tools as Python: functions with annotated parameters, or Pydantic models.

Whatever is written was read back first: where the plain spelling would say something else, the exact one is used.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Sequence

import msgspec

from curation.model.definition import Tool
from curation.model.values import Json
from curation.toolkits.contract import Loss, Schema, ToolsWritten
from curation.toolkits.docstrings import read_docstring
from curation.toolkits.own_facts import extra_keys, list_losses
from curation.toolkits.python_annotations import spell_type, write_field
from curation.toolkits.python_types import NAMED

_MARKER = "def tool(**_told: object):\n    return lambda function: function\n"
_FROM = {"Annotated": "typing", "Any": "typing", "Literal": "typing"}
_USED = frozenset({*NAMED, *_FROM, "BaseModel", "ConfigDict", "Field", "NotImplementedError", "WithJsonSchema", "tool"})
_NO_WORDS = "left out: the description of the parameters as a whole"
_OPEN: Schema = {"type": "object", "properties": {}}


def write_functions(tools: Sequence[Tool]) -> ToolsWritten:
    """One function a tool; they get a decorator where a name or a description needs one."""
    imports: set[str] = set()
    is_plain = len({tool.name for tool in tools}) == len(tools) and all(_is_plain(tool) for tool in tools)
    parts = [_write_function(tool, imports, i, is_plain=is_plain) for i, tool in enumerate(tools)]
    losses = [loss for tool in tools for loss in _list_losses(tool, ("result_schema",))]
    head = [] if is_plain else [_MARKER]
    return ToolsWritten(_join(_write_imports(imports), head + parts), tuple(losses))


def write_models(tools: Sequence[Tool]) -> ToolsWritten:
    """One model a tool; its fields are the parameters."""
    imports = {"BaseModel"}
    taken: set[str] = set()
    parts = [_write_model(tool, imports, taken) for tool in tools]
    losses = [loss for tool in tools for loss in _list_losses(tool, ())]
    losses += [Loss(tool.name, _NO_WORDS) for tool in tools if _describes_parameters(tool)]
    return ToolsWritten(_join(_write_imports(imports), parts), tuple(losses))


def _describes_parameters(tool: Tool) -> bool:
    """A model has one description, which is the tool's."""
    schema = tool.definition.view.parameters
    return isinstance(schema, dict) and "description" in schema


def _list_losses(tool: Tool, told: tuple[str, ...]) -> list[Loss]:
    return [*list_losses(tool, told), *(Loss(tool.name, f"left out: `{key}`") for key in extra_keys(tool.definition))]


def _join(imports: str, parts: list[str]) -> str:
    return imports + "\n\n" + "\n\n".join(parts)


def _write_imports(names: set[str]) -> str:
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


def _write_function(tool: Tool, imports: set[str], position: int, *, is_plain: bool) -> str:
    view = tool.definition.view
    name = tool.name if _is_name(tool.name) else f"tool_{position + 1}"
    lines = [] if is_plain else [_write_marker(tool)]
    schema = view.parameters if isinstance(view.parameters, dict) else _OPEN
    fields = _write_fields(schema, imports)
    if fields is None:
        imports |= {"Annotated", "Any", "WithJsonSchema"}
        fields = [f"**arguments: Annotated[Any, WithJsonSchema({schema!r})]"]
    elif fields:
        fields = ["*", *fields]
    returns = _write_result(tool, imports)
    if fields:
        lines += [f"def {name}(", *(f"    {field}," for field in fields), f"){returns}:"]
        if fields[0].startswith("**"):
            lines[-2] = lines[-2].rstrip(",")
    else:
        lines.append(f"def {name}(){returns}:")
    if is_plain and view.description is not None:
        lines.append(f"    {_quote_text(view.description)}")
    lines.append("    raise NotImplementedError")
    return "\n".join(lines) + "\n"


def _write_marker(tool: Tool) -> str:
    description = tool.definition.view.description
    told = [f"name={tool.name!r}"] + ([f"description={description!r}"] if description is not None else [])
    return f"@tool({', '.join(told)})"


def _write_fields(schema: Schema, imports: set[str]) -> list[str] | None:
    """A field for every property; None where the schema says more than its properties."""
    if set(schema) - {"type", "properties", "required"} or schema.get("type") != "object":
        return None
    return _spell_fields(schema, imports)


def _spell_fields(schema: Schema, imports: set[str]) -> list[str] | None:
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list) or ("required" in schema and not required):
        return None
    in_order = [name for name in properties if name in required]
    if sorted(map(str, required)) != sorted(in_order) or not all(isinstance(one, dict) for one in properties.values()):
        return None
    found = [write_field(name, one, is_required=name in required, imports=imports) for name, one in properties.items()]
    variables = [field.partition(":")[0] for field in found]
    is_clear = len(set(variables)) == len(variables) and not any(_has_odd_default(one) for one in properties.items())
    return found if is_clear and required == in_order else None


def _has_odd_default(named: tuple[str, Json]) -> bool:
    """An empty name cannot be told from one that is missing."""
    return not named[0]


def _write_result(tool: Tool, imports: set[str]) -> str:
    if not tool.result_schema:
        return ""
    try:
        schema = msgspec.json.decode(tool.result_schema)
    except msgspec.DecodeError:
        return ""
    if isinstance(schema, dict) and set(schema) == {"type"} and (kind := spell_type(schema)) and kind != "None":
        return f" -> {kind}"
    imports |= {"Annotated", "Any", "WithJsonSchema"}
    return f" -> Annotated[Any, WithJsonSchema({schema!r})]"


def _write_model(tool: Tool, imports: set[str], taken: set[str]) -> str:
    view = tool.definition.view
    name = _class_name(tool.name, taken)
    taken.add(name)
    schema = view.parameters if isinstance(view.parameters, dict) else _OPEN
    schema = {key: value for key, value in schema.items() if key != "description"}
    own = {key: value for key, value in schema.items() if key in ("type", "properties", "required")}
    more = {key: value for key, value in schema.items() if key not in own}
    fields = _spell_fields(own, imports) if own.get("type") == "object" else None
    if fields is None:
        fields, more = [], schema
    config = [f"title={tool.name!r}"] if name != tool.name else []
    lines = [f"class {name}(BaseModel):"]
    if view.description is not None:
        if _is_plain_text(view.description):
            lines.append(f"    {_quote_text(view.description)}\n")
        else:
            more = {"description": view.description, **more}
    if more:
        config.append(f"json_schema_extra={more!r}")
    if config:
        imports.add("ConfigDict")
        lines.append(f"    model_config = ConfigDict({', '.join(config)})\n")
    lines += [f"    {field}" for field in fields] or ([] if config or view.description else ["    pass"])
    return "\n".join(lines).rstrip("\n") + "\n"


def _class_name(name: str, taken: set[str]) -> str:
    base = name if _is_name(name) else "Tool"
    found, n = base, 2
    while found in taken:
        found, n = f"{base}_{n}", n + 1
    return found
