"""Tools come in from a file, after a look at every change: brought in as one act, and taken back as one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.cataloguing import put_revision
from curation.services.projects import need_project
from curation.services.tool_import_preview import Chosen, ImportLine, ToolImport, choose, preview_import
from curation.services.workspace import Workspace
from db import acts, catalogue
from db.acts import Deed
from db.catalogue import ToolRecord

__all__ = [
    "Chosen",
    "ImportDone",
    "ImportLine",
    "Imported",
    "LastImport",
    "ToolImport",
    "choose",
    "find_last_import",
    "import_chosen",
    "preview_import",
    "undo_import",
]

KIND = "import tools"
UNDO = "undo tool import"


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
