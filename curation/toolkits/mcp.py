"""MCP: a `tools/list` reply, bare, inside its JSON-RPC envelope, or several pages in a list."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.model.definition import Tool
from curation.model.source import one_line, write_object
from curation.model.values import Json
from curation.toolkits.contract import Loss, Source, ToolFormat, ToolsWritten
from curation.toolkits.flat_elements import write_flat
from curation.toolkits.own_facts import extra_keys, write_facts
from curation.toolkits.tool_elements import FACTS_KEY, first_element, is_reply, read_elements

_HINTS: dict[str | None, dict[str, bool]] = {
    None: {},
    "read": {"readOnlyHint": True},
    "write": {"readOnlyHint": False, "destructiveHint": False},
    "destructive": {"readOnlyHint": False, "destructiveHint": True},
}


def _recognises(source: Source) -> bool:
    first = first_element(source)
    return "inputSchema" in first or (is_reply(source) and not {"function", "input_schema", "parameters"} & set(first))


def _write(tools: Sequence[Tool]) -> ToolsWritten:
    """One tool a line; what MCP has no key for travels in `_meta` under our own."""
    losses = [
        Loss(tool.name, f"left out: `{key}`")
        for tool in tools
        for key in extra_keys(tool.definition)
        if key != "strict"
    ]
    lines = [write_flat(tool, "inputSchema", keep_strict=True, more=_write_more(tool)) for tool in tools]
    return ToolsWritten('{"tools":[' + ",\n ".join(lines) + "]}\n", tuple(losses))


def _write_more(tool: Tool) -> list[tuple[str, str]]:
    more: list[tuple[str, str]] = []
    told = ["side_effect", "idempotent"]
    if tool.result_schema and tool.result_schema.lstrip().startswith("{"):
        more.append(("outputSchema", one_line(tool.result_schema)))
        told.append("result_schema")
    hints: dict[str, Json] = dict(_HINTS[tool.side_effect])
    if tool.idempotent is not None:
        hints["idempotentHint"] = tool.idempotent
    if hints:
        more.append(("annotations", msgspec.json.encode(hints).decode()))
    if facts := write_facts(tool, told):
        more.append(("_meta", write_object([(FACTS_KEY, msgspec.json.encode(facts).decode())])))
    return more


FORMAT = ToolFormat(
    name="mcp",
    title="MCP tools/list",
    extension=".json",
    recognises=_recognises,
    read=read_elements,
    write=_write,
    reading_loses=(
        "`title` beside a description, `icons`, `execution`, `_meta` of others, `annotations.title`",
        "`openWorldHint`: how far a call reaches is for the policy to say",
    ),
    writing_loses=("keys of a definition beside name, description, parameters and `strict`",),
)
