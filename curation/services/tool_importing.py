"""Tools come in from a file: looked at first, every change named, then brought in and taken back as one act."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError, UnreadableError
from curation.model.definition import Tool
from curation.model.finding import Judged
from curation.model.people import Actor
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.cataloguing import lint_tool, put_revision
from curation.services.projects import need_project
from curation.services.tool_differences import compare_tools
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
from db import acts, catalogue
from db.acts import Deed
from db.catalogue import ToolRecord

KIND = "import tools"
UNDO = "undo tool import"
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


class Imported(msgspec.Struct, frozen=True):
    """One tool that came in: its revision before, if there was one, and after."""

    tool_id: str
    name: str
    before: int | None
    after: int


class ImportDone(msgspec.Struct, frozen=True):
    """One import as an act."""

    project_id: str
    tools: tuple[Imported, ...]


class LastImport(msgspec.Struct, frozen=True):
    """The newest import of a project that was not taken back."""

    nonce: str
    at: str
    n_tools: int


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


def merge(before: Tool, read: Tool) -> Tool:
    """The tool as read; what its source does not say is kept, and a definition that says the same keeps its text."""
    empty = Tool(read.definition)
    silent = {
        name: getattr(before, name)
        for name in Tool.__struct_fields__
        if name != "definition" and getattr(read, name) == getattr(empty, name)
    }
    definition = before.definition if _says_the_same(before, read) else read.definition
    result = read.result_schema
    if result is not None and before.result_schema is not None and _parse(result) == _parse(before.result_schema):
        silent["result_schema"] = before.result_schema
    return msgspec.structs.replace(read, definition=definition, **silent)


def _says_the_same(before: Tool, read: Tool) -> bool:
    old, new = before.definition.view, read.definition.view
    same_words = (old.name, old.description) == (new.name, new.description)
    return same_words and old.parameters == new.parameters and _function(old.value) == _function(new.value)


def _function(value: Json) -> Json:
    return value.get("function", value) if isinstance(value, dict) else value


def _parse(text: str) -> Json:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def choose(preview: ToolImport, names: Collection[str], beside: Collection[str] = ()) -> tuple[Chosen, ...]:
    """The chosen tools of a preview; those named in `beside` come in under their free name and replace nothing."""
    chosen = []
    for line in preview.lines:
        if line.name in beside and line.free_name:
            chosen.append(Chosen(rename_tool(line.tool, line.free_name)))
        elif line.name in names and line.change != "same":
            chosen.append(Chosen(line.tool, line.revision))
    return tuple(chosen)


def import_chosen(ws: Workspace, actor: Actor, project_id: str, tools: Sequence[Chosen], *, nonce: str) -> ImportDone:
    """Bring tools in as one act: a new name is added, a known one gets its next revision.

    Raises:
        StateError: nothing is chosen, or somebody has saved one of the tools since the preview.
    """
    if not tools:
        raise StateError("No tool is chosen.", hint="Choose at least one.")

    def work(act: Act) -> ImportDone:
        project = need_project(act.connection, project_id)
        stored = {one.name: one for one in catalogue.list_tools(act.connection, project.id)}
        done = tuple(_bring_in(act, project.id, one, stored.get(one.tool.name)) for one in tools)
        act.note(Deed(_imports_of(project.id), after=nonce, project_id=project.id))
        return ImportDone(project.id, done)

    return perform(ws, actor, KIND, nonce, ImportDone, work)


def _bring_in(act: Act, project_id: str, chosen: Chosen, before: ToolRecord | None) -> Imported:
    tool = chosen.tool
    if before is not None and before.tool == tool:
        return Imported(before.id, tool.name, before.n, before.n)
    if (before.n if before else 0) != chosen.revision:
        raise StateError(
            f"Tool `{tool.name}` has changed since the file was looked at, so nothing was imported.",
            hint="Look at the changes again, then import.",
        )
    record = put_revision(act, project_id, tool, before)
    return Imported(record.id, record.name, before.n if before else None, record.n)


def find_last_import(ws: Workspace, project_id: str) -> LastImport | None:
    """The newest import, unless it was taken back."""
    with ws.reading() as connection:
        for told in acts.last_of(connection, _imports_of(project_id)):
            record = acts.find_act(connection, told.after or "")
            done = _decode(record.result) if record else None
            return LastImport(told.after or "", told.at, len(done.tools)) if done else None
    return None


def _imports_of(project_id: str) -> str:
    """What the audit calls the line of imports of a project: each one's nonce comes, and goes when it is undone."""
    return f"tool imports {project_id}"


def undo_import(ws: Workspace, actor: Actor, import_nonce: str, *, nonce: str) -> str:
    """Take an import back as one act: new tools are archived, changed ones get their former content as a revision.

    Raises:
        StateError: somebody has saved one of the tools since.
    """

    def work(act: Act) -> str:
        done = _need_import(act.connection, import_nonce)
        for one in done.tools:
            _take_back(act, done.project_id, one)
        act.note(Deed(_imports_of(done.project_id), before=import_nonce, project_id=done.project_id))
        return import_nonce

    return perform(ws, actor, UNDO, nonce, str, work)


def _need_import(connection: Connection, import_nonce: str) -> ImportDone:
    record = acts.find_act(connection, import_nonce)
    done = _decode(record.result) if record and record.kind == KIND else None
    if done is None:
        raise NotFoundError("That import is not here.", hint="Reload the page.")
    return done


def _take_back(act: Act, project_id: str, one: Imported) -> None:
    record = catalogue.find_tool(act.connection, one.tool_id)
    if record is None or record.archived or one.before == one.after:
        return
    if record.n != one.after:
        raise StateError(
            f"Tool `{record.name}` was saved after the import.",
            hint="Undo it by hand: its revisions are in the history.",
        )
    if one.before is None:
        catalogue.archive_tool(act.connection, record.id, act.actor.person_id, act.at)
        act.note(Deed(record.id, before=f"{record.name}@{record.n}", after="archived", project_id=project_id))
        return
    former = catalogue.find_version(act.connection, record.id, one.before)
    if former is not None:
        put_revision(act, project_id, former, record)


def _decode(text: str) -> ImportDone | None:
    """The result of an act; None for one of the same kind that lists other things."""
    try:
        return msgspec.json.decode(text, type=ImportDone)
    except msgspec.ValidationError:
        return None
