"""What importing a file of tools would do: every tool of it beside what is stored under its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from curation.errors import UnreadableError
from curation.model.definition import Tool
from curation.model.finding import Judged
from curation.services.cataloguing import lint_tool
from curation.services.tool_differences import compare_tools
from curation.services.tool_merging import merge
from curation.services.tool_reading import read_source
from curation.services.workspace import Workspace
from curation.toolkits import (
    Note,
    ReadTool,
    ToolFault,
    can_be_named,
    fit_name,
    fit_names,
    get_tool_format,
    rename_tool,
)
from db import catalogue
from db.catalogue import ToolRecord

Change = Literal["new", "changed", "same", "clash"]


class ImportLine(msgspec.Struct, frozen=True):
    """What importing one tool would do."""

    tool: Tool
    """As it would be stored; what its source does not say is kept from the stored one."""
    at: str
    change: Change
    differences: tuple[str, ...] = ()
    """What it says otherwise than the stored one, in sentences; names stand in backticks."""
    notes: tuple[Note, ...] = ()
    findings: tuple[Judged, ...] = ()
    free_name: str = ""
    """A name it could have beside the stored one; only where the change is a clash."""
    revision: int = 0
    """Of the stored one it was compared with; 0: none was stored."""

    @property
    def name(self) -> str:
        return self.tool.name


class Chosen(msgspec.Struct, frozen=True):
    """A tool to bring in, and the stored revision that a person saw beside it."""

    tool: Tool
    revision: int = 0
    """0: none was stored under its name."""


class ToolImport(msgspec.Struct, frozen=True):
    """A file looked at."""

    form: str
    title: str
    lines: tuple[ImportLine, ...]
    faults: tuple[ToolFault, ...] = ()
    notes: tuple[Note, ...] = ()


def preview_import(
    ws: Workspace, project_id: str, name: str, data: bytes, *, form: str | None = None, target: str | None = None
) -> ToolImport:
    """Every tool of a file beside what is stored under its name; nothing is written.

    Raises:
        UnreadableError: nothing in it is a tool.
    """
    read = read_source(name, data, form)
    if not read.tools and not read.faults:
        raise UnreadableError(f"{name} holds no tools.", hint="Give a list of tools, or a document with operations.")
    known = get_tool_format(read.form)
    with ws.reading() as connection:
        stored = {one.name: one for one in catalogue.list_tools(connection, project_id)}
    faults = read.faults + tuple(_say_no_tool(one) for one in read.tools if not can_be_named(one.tool))
    tools = tuple(one for one in read.tools if can_be_named(one.tool))
    fitted = fit_names(tools)
    taken = set(stored) | {one.tool.name for one in fitted}
    lines = []
    for given, one in zip(tools, fitted, strict=True):
        line = _preview(one, stored, target, is_renamed=given.tool.name != one.tool.name, taken=taken)
        lines.append(line)
    return ToolImport(known.name, known.title, tuple(lines), faults, read.notes)


def _say_no_tool(one: ReadTool) -> ToolFault:
    return ToolFault(one.at, one.at or "the file", "this is no tool.", "A tool is an object with a name.")


def _preview(
    one: ReadTool, stored: Mapping[str, ToolRecord], target: str | None, *, is_renamed: bool, taken: set[str]
) -> ImportLine:
    record = stored.get(one.tool.name)
    if record is None:
        return ImportLine(one.tool, one.at, "new", (), one.notes, lint_tool(one.tool, target))
    before, n = record.tool, record.n
    tool = merge(before, one.tool)
    if tool == before:
        return ImportLine(tool, one.at, "same", (), one.notes, revision=n)
    differences, findings = compare_tools(before, tool), lint_tool(tool, target)
    was_renamed = is_renamed or any(f"called `{one.tool.name}`" in note.words for note in one.notes)
    if not was_renamed:
        return ImportLine(tool, one.at, "changed", differences, one.notes, findings, revision=n)
    free = fit_name(one.tool.name, taken)
    return ImportLine(tool, one.at, "clash", differences, one.notes, findings, free, n)


def choose(preview: ToolImport, names: Collection[str], beside: Collection[str] = ()) -> tuple[Chosen, ...]:
    """The chosen tools of a preview; those named in `beside` come in under their free name and replace nothing."""
    chosen = []
    for line in preview.lines:
        if line.name in beside and line.free_name:
            chosen.append(Chosen(rename_tool(line.tool, line.free_name)))
        elif line.name in names and line.change != "same":
            chosen.append(Chosen(line.tool, line.revision))
    return tuple(chosen)
