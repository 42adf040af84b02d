"""The audit: what was done, by whom, in a chain that shows every change made behind its back."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from curation.services.workspace import Workspace
from db import acts, people
from db.acts import FIRST


class AuditLine(msgspec.Struct, frozen=True):
    """One thing somebody did."""

    seq: int
    at: str
    by: str
    act: str
    object: str
    before: str | None
    after: str | None


class AuditHead(msgspec.Struct, frozen=True):
    """The end of the chain: printed with backups, so that a chain cut short is noticed later."""

    seq: int
    hash: str


def read_head(ws: Workspace) -> AuditHead:
    with ws.reading() as connection:
        return AuditHead(*acts.head(connection))


def list_audit(ws: Workspace, object_id: str, limit: int = 50) -> tuple[AuditLine, ...]:
    """What happened to one thing, newest first."""
    with ws.reading() as connection:
        names = people.name_people(connection)
        return tuple(
            AuditLine(
                one.seq, one.at, names.get(one.person_id, one.person_id), one.act, one.object, one.before, one.after
            )
            for one in acts.last_of(connection, object_id, limit)
        )


def find_tampering(ws: Workspace, known: AuditHead | None = None) -> str | None:
    """The first place where the chain is broken, in words; None when it is whole.

    A chain cut short at its end is whole in itself; `known`, an earlier head from elsewhere, shows that too.
    """
    with ws.reading() as connection:
        return _find_tampering(connection, known)


def _find_tampering(connection: Connection, known: AuditHead | None) -> str | None:
    prev, seq, seen_known = FIRST, 0, known is None or known.seq == 0
    for record in acts.walk_audit(connection):
        if record.seq != seq + 1:
            return f"audit row {seq + 1} is missing"
        if record.prev != prev or record.hash != acts.seal(record):
            return f"audit row {record.seq} was changed"
        if known and record.seq == known.seq:
            seen_known = record.hash == known.hash
        prev, seq = record.hash, record.seq
    return None if seen_known or known is None else f"the audit no longer holds the row {known.seq} noted earlier"
