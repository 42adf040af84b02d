"""OpenAI tools: a list of `{"type": "function", "function": {…}}`, kept to the letter."""

from __future__ import annotations

from collections.abc import Sequence

from curation.model.definition import Tool
from curation.model.source import one_line, quote, write_object
from curation.toolkits.contract import Source, ToolFormat, ToolsWritten
from curation.toolkits.own_facts import list_losses
from curation.toolkits.tool_elements import first_element, read_elements


def _recognises(source: Source) -> bool:
    first = first_element(source)
    return "function" in first or ("name" in first and not {"inputSchema", "input_schema"} & set(first))


def _write(tools: Sequence[Tool]) -> ToolsWritten:
    """One tool a line; a flat definition is wrapped, since that is what services take."""
    losses = [loss for tool in tools for loss in list_losses(tool)]
    return ToolsWritten("[" + ",\n ".join(write_wrapped(tool) for tool in tools) + "]\n", tuple(losses))


def write_wrapped(tool: Tool) -> str:
    """The definition as a service takes it."""
    text = one_line(tool.definition.text)
    value = tool.definition.view.value
    if not isinstance(value, dict) or "function" in value or value.get("type", "function") != "function":
        return text
    return write_object([("type", quote("function")), ("function", text)])


FORMAT = ToolFormat(
    name="openai",
    title="OpenAI tools",
    extension=".json",
    recognises=_recognises,
    read=read_elements,
    write=_write,
    writing_loses=("everything a model does not see: side effect, policy, result schema, errors, samples",),
)
