"""Tools leave the catalogue in any form, with a sentence for everything the form cannot hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from curation.errors import NotFoundError, StateError
from curation.model.definition import Tool
from curation.services.cataloguing import list_catalogues, list_tools
from curation.services.workspace import Workspace
from curation.toolkits import TOOL_FORMATS, get_tool_format


class ToolForm(msgspec.Struct, frozen=True):
    """One form as screens see it."""

    name: str
    title: str
    extension: str
    reading_loses: tuple[str, ...]
    writing_loses: tuple[str, ...]


class ToolFile(msgspec.Struct, frozen=True):
    """The tools of a project in one form."""

    name: str
    """What the file is to be called."""
    text: str
    n_tools: int
    losses: tuple[str, ...]
    """What the form cannot hold, in sentences; names stand in backticks."""


def list_forms() -> tuple[ToolForm, ...]:
    """Every form tools can have, by title."""
    known = (ToolForm(one.name, one.title, one.extension, one.reading_loses, one.writing_loses) for one in TOOL_FORMATS)
    return tuple(sorted(known, key=lambda form: form.title.casefold()))


def write_tools(tools: Sequence[Tool], form: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and what was lost: each thing once, with the tools it is true of."""
    written = get_tool_format(form).write(tools)
    counted = Counter(loss.words for loss in written.losses)
    return written.text, tuple(f"{words} ({_of(n)})" for words, n in counted.items())


def _of(n: int) -> str:
    return "1 tool" if n == 1 else f"{n} tools"


def export_tools(ws: Workspace, project_id: str, form: str, *, version: int | None = None) -> ToolFile:
    """The tools as they are now, or as a published version holds them."""
    tools = _tools_of(ws, project_id, version)
    if not tools:
        raise StateError("There is no tool to export.", hint="Write or import one first.")
    text, losses = write_tools(tools, form)
    stem = "tools" if version is None else f"tools-v{version}"
    return ToolFile(f"{stem}-{form}{get_tool_format(form).extension}", text, len(tools), losses)


def _tools_of(ws: Workspace, project_id: str, version: int | None) -> list[Tool]:
    if version is None:
        return [view.tool for view in list_tools(ws, project_id)]
    found = {one.n: one for one in list_catalogues(ws, project_id)}
    if version not in found:
        raise NotFoundError(f"There is no catalogue version {version}.", hint=f"Versions here: {len(found)}.")
    return list(found[version].tools)
