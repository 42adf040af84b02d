"""Imports of tools among the acts."""

from __future__ import annotations

from sqlalchemy import Connection, select

from db.acts import ActRecord, find_act
from db.tables import act

LOOK_BACK = 50


def last_imports(connection: Connection, kind: str) -> list[ActRecord]:
    """The newest acts of a kind, newest first."""
    query = select(act).where(act.c.kind == kind).order_by(act.c.at.desc(), act.c.nonce).limit(LOOK_BACK)
    return [ActRecord(*row) for row in connection.execute(query)]


def find_import(connection: Connection, nonce: str, kind: str) -> ActRecord | None:
    """The act with this nonce, if it is of the kind."""
    record = find_act(connection, nonce)
    return record if record is not None and record.kind == kind else None
