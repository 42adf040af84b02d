"""Anthropic tools: a list of `{"name", "description", "input_schema"}`."""

from __future__ import annotations

from collections.abc import Sequence

from curation.model.definition import Tool
from curation.toolkits.contract import Loss, Source, ToolFormat, ToolsWritten
from curation.toolkits.flat_elements import write_flat
from curation.toolkits.own_facts import extra_keys, list_losses
from curation.toolkits.tool_elements import first_element, read_elements


def _recognises(source: Source) -> bool:
    return "input_schema" in first_element(source)


def _write(tools: Sequence[Tool]) -> ToolsWritten:
    losses = []
    for tool in tools:
        losses += list_losses(tool)
        losses += [Loss(tool.name, f"left out: `{key}`") for key in extra_keys(tool.definition) if key != "strict"]
    lines = [write_flat(tool, "input_schema", keep_strict=True) for tool in tools]
    return ToolsWritten("[" + ",\n ".join(lines) + "]\n", tuple(losses))


FORMAT = ToolFormat(
    name="anthropic",
    title="Anthropic tools",
    extension=".json",
    recognises=_recognises,
    read=read_elements,
    write=_write,
    reading_loses=("`cache_control`, and tools of the service's own such as `web_search` beyond their name",),
    writing_loses=("everything a model does not see: side effect, policy, result schema, errors, samples",),
)
