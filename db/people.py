"""People and projects in the database."""

from __future__ import annotations

import getpass

import msgspec
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from curation.model.people import ROLES, Actor
from db.tables import batch, person, project, source

LOCAL = "local"
"""The id of the one person there is until sign-in exists."""


class ProjectRecord(msgspec.Struct, frozen=True):
    """One project."""

    id: str
    name: str
    working_target: str | None
    split_salt: str
    created_at: str


def _operating_system_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "me"


def ensure_local_person(connection: Connection) -> None:
    """Make the local person, named after the operating system's user, with every role."""
    if find_person(connection, LOCAL) is None:
        roles = msgspec.json.encode(ROLES).decode()
        connection.execute(insert(person).values(id=LOCAL, name=_operating_system_name(), roles=roles))


def list_local_people(connection: Connection) -> list[Actor]:
    """Active people without a login, in the order they came."""
    is_local = person.c.login.is_(None) & person.c.password_hash.is_(None) & (person.c.active == 1)
    rows = connection.execute(select(person).where(is_local).order_by(person.c.id != LOCAL, person.c.id))
    return [Actor(row.id, frozenset(msgspec.json.decode(row.roles)), row.name) for row in rows]


def list_active(connection: Connection) -> list[Actor]:
    """Everybody who works in this workspace."""
    rows = connection.execute(select(person).where(person.c.active == 1).order_by(person.c.id))
    return [Actor(row.id, frozenset(msgspec.json.decode(row.roles)), row.name) for row in rows]


def add_person(connection: Connection, actor: Actor) -> None:
    """Add somebody without a login."""
    roles = msgspec.json.encode(sorted(actor.roles)).decode()
    connection.execute(insert(person).values(id=actor.person_id, name=actor.name, roles=roles))


def find_person(connection: Connection, person_id: str) -> Actor | None:
    row = connection.execute(select(person).where(person.c.id == person_id, person.c.active == 1)).one_or_none()
    return Actor(row.id, frozenset(msgspec.json.decode(row.roles)), row.name) if row else None


def rename_person(connection: Connection, person_id: str, name: str) -> None:
    connection.execute(update(person).where(person.c.id == person_id).values(name=name))


_PROJECT = (project.c.id, project.c.name, project.c.working_target, project.c.split_salt, project.c.created_at)


def list_projects(connection: Connection) -> list[ProjectRecord]:
    rows = connection.execute(select(*_PROJECT).order_by(project.c.id))
    return [ProjectRecord(*row) for row in rows]


def find_project(connection: Connection, name_or_id: str) -> ProjectRecord | None:
    """By id, else by name."""
    for column in (project.c.id, project.c.name):
        if row := connection.execute(select(*_PROJECT).where(column == name_or_id).limit(1)).one_or_none():
            return ProjectRecord(*row)
    return None


def add_project(connection: Connection, record: ProjectRecord) -> None:
    connection.execute(insert(project).values(**msgspec.structs.asdict(record)))


def set_working_target(connection: Connection, project_id: str, target: str | None) -> None:
    connection.execute(update(project).where(project.c.id == project_id).values(working_target=target))


def name_people(connection: Connection) -> dict[str, str]:
    """Id → name of everybody, for screens."""
    return {row.id: row.name for row in connection.execute(select(person.c.id, person.c.name))}


def remove_empty_project(connection: Connection, project_id: str) -> bool:
    """Delete a project that holds nothing but batches that never appeared; False where it holds more."""
    given_up = (batch.c.project_id == project_id, batch.c.state == "undone")
    try:
        connection.execute(delete(source).where(source.c.batch_id.in_(select(batch.c.id).where(*given_up))))
        connection.execute(delete(batch).where(*given_up))
        connection.execute(delete(project).where(project.c.id == project_id))
    except IntegrityError:
        # What else is in it refers to it; the caller's transaction is rolled back.
        return False
    return True
