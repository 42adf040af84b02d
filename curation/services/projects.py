"""Projects: what a team works on, and the target its examples are judged by."""

from __future__ import annotations

import secrets

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, NotFoundError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.people import tidy_name
from curation.services.rechecking import recheck_stale
from curation.services.workspace import Workspace
from curation.targets import get_target
from db import acts, people
from db.acts import Deed
from db.people import ProjectRecord


class ProjectView(msgspec.Struct, frozen=True):
    """One project as screens and commands see it."""

    id: str
    name: str
    working_target: str | None


def list_projects(ws: Workspace) -> tuple[ProjectView, ...]:
    """Oldest first."""
    with ws.reading() as connection:
        return tuple(_view(record) for record in people.list_projects(connection))


def find_project(ws: Workspace, name_or_id: str) -> ProjectView:
    """By id or by name; a sentence with the names there are when it is neither."""
    with ws.reading() as connection:
        return _view(need_project(connection, name_or_id))


def need_project(connection: Connection, name_or_id: str) -> ProjectRecord:
    """The record behind `find_project`, inside a transaction."""
    record = people.find_project(connection, name_or_id)
    if record is None:
        names = ", ".join(f"`{project.name}`" for project in people.list_projects(connection)) or "none yet"
        raise NotFoundError(f"There is no project `{name_or_id}`.", hint=f"Projects here: {names}.")
    return record


def create_project(ws: Workspace, actor: Actor, name: str, *, salt: str | None = None, nonce: str) -> ProjectView:
    """A new, empty project; its name is free in this workspace.

    Args:
        salt: what splits are drawn with; random when None, fixed where a project is to come out the same everywhere.
    """
    wanted = tidy_name(name, "A project")

    def work(act: Act) -> str:
        if people.find_project(act.connection, wanted):
            raise CurationError(f"There is already a project `{wanted}`.", hint="Choose another name.")
        record = ProjectRecord(ws.new_id(), wanted, None, salt or secrets.token_hex(8), act.at)
        people.add_project(act.connection, record)
        act.note(Deed(record.id, after=wanted, project_id=record.id))
        return record.id

    return find_project(ws, perform(ws, actor, "create project", nonce, str, work))


def give_up_project(ws: Workspace, actor: Actor, project_id: str, *, nonce: str) -> bool:
    """Take back a project whose first import did not come about; False where somebody has put something into it.

    `nonce` is the one it was made with: it may be made again.
    """
    with ws.unit() as unit:
        record = people.find_project(unit.connection, project_id)
        if record is None or not people.remove_empty_project(unit.connection, record.id):
            return False
        acts.forget_act(unit.connection, nonce)
        act = Act(ws, unit.connection, actor, "create project")
        act.note(Deed(record.id, before=record.name, after="given up", project_id=record.id))
        unit.commit()
    return True


def set_target(ws: Workspace, actor: Actor, project_id: str, target: str | None, *, nonce: str) -> ProjectView:
    """Choose what examples are judged by; severities are counted anew from the stored findings."""
    if target is not None:
        target = get_target(target).name

    def work(act: Act) -> str:
        before = need_project(act.connection, project_id)
        people.set_working_target(act.connection, before.id, target)
        act.note(Deed(before.id, before=before.working_target, after=target, project_id=before.id))
        return before.id

    changed = perform(ws, actor, "set target", nonce, str, work)
    recheck_stale(ws, changed)
    return find_project(ws, changed)


def _view(record: ProjectRecord) -> ProjectView:
    return ProjectView(record.id, record.name, record.working_target)
