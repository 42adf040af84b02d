"""Which model is in use as what, every change of that, and the floors a project has set."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from db.tables import alias, alias_event, gate


class AliasEventRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One change: from which model to which, and why."""

    project_id: str
    name: str
    seq: int
    from_id: str | None = None
    to_id: str
    by: str
    at: str
    reason: str
    evaluation_id: str | None = None
    ruling: str = "{}"
    is_rollback: int = 0


class GateRecord(msgspec.Struct, frozen=True):
    """The floors of a project as JSON, with who set them and when."""

    project_id: str
    alias: str
    floors: str
    by: str
    at: str


def last_seq(connection: Connection, project_id: str, name: str) -> int:
    """The number of the last change; 0 before the first."""
    query = select(alias.c.seq).where(alias.c.project_id == project_id, alias.c.name == name)
    return connection.execute(query).scalar_one_or_none() or 0


def add_event(connection: Connection, record: AliasEventRecord) -> None:
    """Append a change, and let the alias stand for its model from now on."""
    where = {"project_id": record.project_id, "name": record.name}
    now = {"model_id": record.to_id, "seq": record.seq}
    connection.execute(
        insert_or(alias).values(**where, **now).on_conflict_do_update([alias.c.project_id, alias.c.name], set_=now)
    )
    connection.execute(insert(alias_event).values(**msgspec.structs.asdict(record)))


def list_events(connection: Connection, project_id: str, name: str) -> list[AliasEventRecord]:
    """Oldest first."""
    where = (alias_event.c.project_id == project_id, alias_event.c.name == name)
    query = select(alias_event).where(*where).order_by(alias_event.c.seq)
    return [AliasEventRecord(**row) for row in connection.execute(query).mappings()]


def find_gate(connection: Connection, project_id: str, name: str) -> GateRecord | None:
    query = select(gate).where(gate.c.project_id == project_id, gate.c.alias == name)
    row = connection.execute(query).one_or_none()
    return GateRecord(*row) if row else None


def put_gate(connection: Connection, record: GateRecord) -> None:
    """Set the floors of a project, in place of earlier ones."""
    values = msgspec.structs.asdict(record)
    changed = {name: values[name] for name in ("floors", "by", "at")}
    connection.execute(
        insert_or(gate).values(**values).on_conflict_do_update([gate.c.project_id, gate.c.alias], set_=changed)
    )
