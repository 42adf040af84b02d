"""Saved views: a person's names for filters of one project."""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from db.tables import saved_view


class ViewRecord(msgspec.Struct, frozen=True):
    """One saved view; `filters` is the filter as an address holds it, as JSON."""

    person_id: str
    project_id: str
    name: str
    filters: str
    saved_at: str
    is_first: int = 0


def list_views(connection: Connection, person_id: str, project_id: str) -> list[ViewRecord]:
    """By name."""
    query = select(saved_view).where(saved_view.c.person_id == person_id, saved_view.c.project_id == project_id)
    return [ViewRecord(*row) for row in connection.execute(query.order_by(saved_view.c.name))]


def put_view(connection: Connection, record: ViewRecord) -> None:
    """Store a view; one of the same name gets the new filter."""
    values = msgspec.structs.asdict(record)
    changed = {"filters": record.filters, "saved_at": record.saved_at}
    ours = ["person_id", "project_id", "name"]
    connection.execute(insert(saved_view).values(values).on_conflict_do_update(index_elements=ours, set_=changed))


def rename_view(connection: Connection, record: ViewRecord, name: str) -> None:
    connection.execute(update(saved_view).where(*_is(record)).values(name=name))


def delete_view(connection: Connection, record: ViewRecord) -> None:
    connection.execute(delete(saved_view).where(*_is(record)))


def put_first(connection: Connection, person_id: str, project_id: str, name: str) -> None:
    """Let this view open by itself, and no other; no name: none does."""
    ours = (saved_view.c.person_id == person_id, saved_view.c.project_id == project_id)
    connection.execute(update(saved_view).where(*ours).values(is_first=0))
    connection.execute(update(saved_view).where(*ours, saved_view.c.name == name).values(is_first=1))


def _is(record: ViewRecord) -> tuple[ColumnElement[bool], ...]:
    return (
        saved_view.c.person_id == record.person_id,
        saved_view.c.project_id == record.project_id,
        saved_view.c.name == record.name,
    )
