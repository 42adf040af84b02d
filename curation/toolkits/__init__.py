"""One file, one form of tool lists: read, and written again."""

from __future__ import annotations

import msgspec

from curation.errors import UnreadableError
from curation.model.members import find_member
from curation.toolkits import anthropic, mcp, openai, openapi, pydantic, python
from curation.toolkits.contract import Loss, Note, ReadTool, Source, ToolFault, ToolFormat, ToolsRead, ToolsWritten
from curation.toolkits.legal_names import can_be_named, fit_name, fit_names, rename_tool
from curation.toolkits.source import looks_like_python, open_source

__all__ = [
    "TOOL_FORMATS",
    "Loss",
    "Note",
    "ReadTool",
    "Source",
    "ToolFault",
    "ToolFormat",
    "ToolsRead",
    "ToolsWritten",
    "can_be_named",
    "detect_tool_format",
    "fit_name",
    "fit_names",
    "get_tool_format",
    "open_source",
    "read_tools",
    "rename_tool",
]

TOOL_FORMATS: tuple[ToolFormat, ...] = (
    openapi.FORMAT,
    mcp.FORMAT,
    anthropic.FORMAT,
    openai.FORMAT,
    python.FORMAT,
    pydantic.FORMAT,
)
"""The first one that recognises a file is the file's form."""


def get_tool_format(name: str) -> ToolFormat:
    """The form people call `name`."""
    return find_member(TOOL_FORMATS, name, "form of tools")


def detect_tool_format(source: Source) -> ToolFormat:
    """The form a file has.

    Raises:
        UnreadableError: it has none, with what stands in the way.
    """
    for known in TOOL_FORMATS:
        if known.recognises(source):
            return known
    if source.fault:
        raise UnreadableError(source.fault)
    return get_tool_format("python" if looks_like_python(source.text) else "openai")


def read_tools(data: bytes, format_name: str | None = None) -> ToolsRead:
    """The tools in a file's bytes.

    Raises:
        UnreadableError: nothing of it can be read, with the place and what to do.
    """
    source = open_source(data)
    try:
        known = get_tool_format(format_name) if format_name else detect_tool_format(source)
        return msgspec.structs.replace(known.read(source), form=known.name)
    except RecursionError as error:
        raise UnreadableError("The tools are nested too deeply to be read.") from error
    except UnicodeEncodeError as error:
        raise UnreadableError("The text holds half of a character (a lone surrogate).") from error
