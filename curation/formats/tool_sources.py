"""Lists of tools in the shapes people have them in, as definitions in ours.

OpenAI tools (wrapped or flat), Anthropic (`input_schema`), MCP `tools/list` (bare or inside a JSON-RPC reply) and
OpenAPI 3.x. Schemas keep their exact text; an OpenAI element is kept whole.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import Raw

from curation.errors import UnreadableError
from curation.formats.openapi import read_operations
from curation.formats.yaml_text import yaml_to_json
from curation.model.definition import Definition, SideEffect, Tool
from curation.model.source import one_line, quote, write_object
from curation.model.values import Json
from curation.reading.strict import parse_strict

Members = dict[str, Raw]
MOST_TOOLS = 10_000
"""No model can choose among more; a file of a million empty ones would keep everybody waiting."""
_NOTHING_SAID = frozenset({"type"})
"""Keys that say nothing a definition does not say by itself."""
_decode_members = msgspec.json.Decoder(Members).decode
_decode_elements = msgspec.json.Decoder(list[Raw]).decode


class SourcedTool(msgspec.Struct, frozen=True):
    """A tool with where its parts stand in the file it came from."""

    tool: Tool
    at: str
    """Pointer to the tool in the file."""
    moved: dict[str, str] = {}
    """Pointer prefix in our definition → pointer in the file; everything else stands at `at` itself."""
    left_out: tuple[str, ...] = ()
    """Keys of the source that a definition cannot hold."""

    def outer(self, inner: str) -> str:
        """The place in the file of a pointer into our definition."""
        for prefix in sorted(self.moved, key=len, reverse=True):
            if inner == prefix or inner.startswith(prefix + "/"):
                return self.moved[prefix] + inner[len(prefix) :]
        return self.at


def read_tools(data: bytes) -> tuple[SourcedTool, ...]:
    """The tools in a file's bytes, JSON or YAML."""
    text = _decode(data)
    if not text.lstrip().startswith(("{", "[")):
        text = yaml_to_json(text)
    parsed = parse_strict(text)
    for fault in parsed.faults:
        if fault.is_fatal or fault.code == "J05":
            raise UnreadableError(f"The tools cannot be read. {fault.sentence}")
    if isinstance(parsed.value, dict) and "openapi" in parsed.value:
        return tuple(SourcedTool(one.tool, one.at, {}, one.left_out) for one in read_operations(parsed.value))
    at, source = _find_list(text, parsed.value)
    elements = _decode_elements(source)
    if len(elements) > MOST_TOOLS:
        raise UnreadableError(f"There are {len(elements)} tools at {at or '/'}; at most {MOST_TOOLS} are read.")
    return tuple(_read_tool(f"{at}/{i}", element) for i, element in enumerate(elements))


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"The tools cannot be read: byte {error.start + 1} is not UTF-8.") from error


def _find_list(text: str, value: Json) -> tuple[str, str]:
    """Pointer and source of the list of tools."""
    if isinstance(value, list):
        return "", text
    if not isinstance(value, dict):
        raise UnreadableError("The file holds no list of tools.")
    for path in (("tools",), ("result", "tools")):
        inner: Json = value
        for key in path:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, list):
            return "/" + "/".join(path), _slice(text, path)
    if "swagger" in value:
        raise UnreadableError("This is Swagger 2.0.", hint="Convert it to OpenAPI 3 first.")
    if {"function", "name"} & set(value):
        return "", f"[{text}]"
    raise UnreadableError(
        "The file holds no tools.", hint="Give a list of tools, an object with `tools`, or an OpenAPI 3 document."
    )


def _slice(text: str, path: tuple[str, ...]) -> str:
    for key in path:
        text = bytes(_decode_members(text)[key]).decode()
    return text


def _read_tool(at: str, raw: Raw) -> SourcedTool:
    source = one_line(bytes(raw).decode())
    if not source.startswith("{"):
        return SourcedTool(Tool(Definition(source)), at)
    members = _decode_members(raw)
    if "function" in members:
        return SourcedTool(Tool(Definition(source)), at, {"/type": f"{at}/type", "/function": f"{at}/function"})
    for key in ("inputSchema", "input_schema", "parameters"):
        if key in members:
            return _wrap(at, members, key)
    return _wrap(at, members, "parameters")


def _wrap(at: str, members: Members, schema_key: str) -> SourcedTool:
    """Our definition of a flat one."""
    keys = {"name": "name", "description": "description", "parameters": schema_key, "strict": "strict"}
    function = [(ours, _source(members[theirs])) for ours, theirs in keys.items() if theirs in members]
    text = write_object([("type", quote("function")), ("function", write_object(function))])
    moved = {f"/function/{ours}": f"{at}/{theirs}" for ours, theirs in keys.items()}
    left_out = tuple(key for key in members if key not in keys.values() and key not in _NOTHING_SAID)
    return SourcedTool(_add_hints(Tool(Definition(text)), members), at, moved, left_out)


def _add_hints(tool: Tool, members: Members) -> Tool:
    """What MCP says of a tool beside its definition."""
    hints = msgspec.json.decode(members["annotations"]) if "annotations" in members else None
    result = _source(members["outputSchema"]) if "outputSchema" in members else None
    if not isinstance(hints, dict):
        return msgspec.structs.replace(tool, result_schema=result)
    idempotent = hints.get("idempotentHint")
    return msgspec.structs.replace(
        tool,
        side_effect=_side_effect(hints),
        idempotent=idempotent if isinstance(idempotent, bool) else None,
        result_schema=result,
    )


def _side_effect(hints: dict[str, Json]) -> SideEffect | None:
    if hints.get("readOnlyHint") is True:
        return "read"
    if "destructiveHint" in hints:
        return "destructive" if hints["destructiveHint"] else "write"
    return None


def _source(raw: Raw) -> str:
    return one_line(bytes(raw).decode())


def rename_tools(tools: tuple[Tool, ...], fit: Callable[[str, set[str]], str]) -> tuple[Tool, ...]:
    """The tools with every name made to fit; `fit` gets the names already taken."""
    taken: set[str] = set()
    renamed = []
    for tool in tools:
        name = fit(tool.name, taken)
        taken.add(name)
        renamed.append(tool if name == tool.name else _rename(tool, name))
    return tuple(renamed)


def _rename(tool: Tool, name: str) -> Tool:
    members = _decode_members(tool.definition.text)
    wrapped = "function" in members
    inner = _decode_members(members["function"]) if wrapped else members
    source = _write({**inner, "name": Raw(quote(name).encode())})
    text = _write({**members, "function": Raw(source.encode())}) if wrapped else source
    return msgspec.structs.replace(tool, definition=Definition(text))


def _write(members: Members) -> str:
    return write_object([(key, _source(raw)) for key, raw in members.items()])
