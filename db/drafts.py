"""Unsaved text, one row per person and field."""

from __future__ import annotations

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from db.tables import draft


class DraftRecord(msgspec.Struct, frozen=True):
    """One field's unsaved text, and the revision it was begun from."""

    kind: str
    object_id: str
    field: str
    base_rev: int
    text: str
    saved_at: str


_COLUMNS = [draft.c[name] for name in DraftRecord.__struct_fields__]


def put_draft(connection: Connection, person_id: str, record: DraftRecord) -> None:
    """The last text wins; nothing is merged."""
    values = msgspec.structs.asdict(record)
    statement = upsert(draft).values(person_id=person_id, **values)
    fresh = {name: values[name] for name in ("base_rev", "text", "saved_at")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["person_id", "kind", "object_id", "field"], set_=fresh)
    )


def list_drafts(
    connection: Connection, person_id: str, kind: str | None = None, object_id: str | None = None
) -> list[DraftRecord]:
    """A person's drafts, newest first."""
    where = _where(person_id, kind, object_id, None)
    query = select(*_COLUMNS).where(*where).order_by(draft.c.saved_at.desc(), draft.c.field)
    return [DraftRecord(*row) for row in connection.execute(query)]


def drop_drafts(connection: Connection, person_id: str, kind: str, object_id: str, field: str | None = None) -> None:
    connection.execute(delete(draft).where(*_where(person_id, kind, object_id, field)))


def drop_text(connection: Connection, person_id: str, kind: str, object_id: str, field: str, text: str) -> None:
    """Delete a field's draft only where it still says this text."""
    where = _where(person_id, kind, object_id, field)
    connection.execute(delete(draft).where(*where, draft.c.text == text))


def _where(person_id: str, kind: str | None, object_id: str | None, field: str | None) -> list[ColumnElement[bool]]:
    wanted = {"person_id": person_id, "kind": kind, "object_id": object_id, "field": field}
    return [draft.c[name] == value for name, value in wanted.items() if value is not None]
