"""Every save of one tool, and the catalogues each of them stands in."""

from __future__ import annotations

import msgspec

from curation.model.definition import Tool
from curation.services.workspace import Workspace
from db import catalogue, people


class ToolSave(msgspec.Struct, frozen=True):
    """One save of a tool."""

    revision: int
    tool: Tool
    by: str
    at: str
    catalogues: tuple[int, ...]
    """Numbers of the catalogues that hold this very save."""


def list_saves(ws: Workspace, tool_id: str) -> tuple[ToolSave, ...]:
    """Newest first."""
    with ws.reading() as connection:
        names = people.name_people(connection)
        found = catalogue.list_saves(connection, tool_id)
    return tuple(ToolSave(n, tool, names.get(by, by), at, numbers) for n, tool, by, at, numbers in found)
