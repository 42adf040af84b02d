"""The tools of a project leave as a file, in any form."""

from __future__ import annotations

import msgspec

from curation.errors import NotFoundError, StateError
from curation.model.definition import Tool
from curation.services.cataloguing import list_catalogues, list_tools
from curation.services.tool_writing import list_written_forms, write_tools
from curation.services.workspace import Workspace


class ToolFile(msgspec.Struct, frozen=True):
    """The tools of a project in one form."""

    name: str
    """What the file is to be called."""
    text: str
    n_tools: int
    losses: tuple[str, ...]
    """What the form cannot hold, in sentences; names stand in backticks."""


def export_tools(ws: Workspace, project_id: str, form: str, *, version: int | None = None) -> ToolFile:
    """The tools as they are now, or as a published version holds them."""
    tools = _tools_of(ws, project_id, version)
    if not tools:
        raise StateError("There is no tool to export.", hint="Write or import one first.")
    text, losses = write_tools(tools, form)
    stem = "tools" if version is None else f"tools-v{version}"
    extension = next(one.extension for one in list_written_forms() if one.name == form)
    return ToolFile(f"{stem}-{form}{extension}", text, len(tools), losses)


def _tools_of(ws: Workspace, project_id: str, version: int | None) -> list[Tool]:
    if version is None:
        return [view.tool for view in list_tools(ws, project_id)]
    found = {one.n: one for one in list_catalogues(ws, project_id)}
    if version not in found:
        raise NotFoundError(f"There is no catalogue version {version}.", hint=f"Versions here: {len(found)}.")
    return list(found[version].tools)
