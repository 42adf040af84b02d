"""Acts by nonce, and the audit chain: each row holds the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select

from db.tables import act, audit

FIRST = "0" * 64
"""What the first audit row points back to."""


class ActRecord(msgspec.Struct, frozen=True):
    """One act that was done, with its result as JSON."""

    nonce: str
    kind: str
    person_id: str
    at: str
    result: str


class AuditRecord(msgspec.Struct, frozen=True):
    """One line of the audit: who did what to which thing."""

    seq: int
    at: str
    person_id: str
    project_id: str | None
    act: str
    object: str
    before: str | None
    after: str | None
    prev: str
    hash: str


class Deed(msgspec.Struct, frozen=True):
    """What an act did to one thing, before it has its place in the chain."""

    object: str
    before: str | None = None
    after: str | None = None
    project_id: str | None = None


def find_act(connection: Connection, nonce: str) -> ActRecord | None:
    row = connection.execute(select(act).where(act.c.nonce == nonce)).one_or_none()
    return ActRecord(*row) if row else None


def add_act(connection: Connection, record: ActRecord) -> None:
    connection.execute(insert(act).values(**msgspec.structs.asdict(record)))


def forget_act(connection: Connection, nonce: str) -> None:
    """Let an act whose result is gone be done again under its nonce; the audit keeps what was done."""
    connection.execute(delete(act).where(act.c.nonce == nonce))


def add_audits(connection: Connection, kind: str, person_id: str, at: str, deeds: Sequence[Deed]) -> None:
    """Append a row for each deed to the chain; the caller holds the write transaction, so the end does not move."""
    seq, prev = head(connection)
    rows = []
    for deed in deeds:
        seq += 1
        record = AuditRecord(
            seq, at, person_id, deed.project_id, kind, deed.object, deed.before, deed.after, prev, hash=""
        )
        prev = seal(record)
        rows.append(msgspec.structs.asdict(msgspec.structs.replace(record, hash=prev)))
    if rows:
        connection.execute(insert(audit), rows)


def seal(record: AuditRecord) -> str:
    """The hash of everything a row says, the hash before it included."""
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(record, hash=""))).hexdigest()


def head(connection: Connection) -> tuple[int, str]:
    """The last number and hash of the chain."""
    row = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
    return (row.seq, row.hash) if row else (0, FIRST)


def walk_audit(connection: Connection, after: int = 0) -> Iterator[AuditRecord]:
    query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq)
    for row in connection.execute(query, execution_options={"yield_per": 1000}):
        yield AuditRecord(*row)


def find_audit(connection: Connection, seq: int) -> AuditRecord | None:
    """One line of the audit by its number."""
    row = connection.execute(select(audit).where(audit.c.seq == seq)).one_or_none()
    return AuditRecord(*row) if row else None


def last_of(connection: Connection, object_id: str, limit: int = 1) -> list[AuditRecord]:
    """The last things that happened to one object, newest first."""
    query = select(audit).where(audit.c.object == object_id).order_by(audit.c.seq.desc()).limit(limit)
    return [AuditRecord(*row) for row in connection.execute(query)]


def last_change(connection: Connection, object_id: str) -> AuditRecord | None:
    """The last thing that changed one object; acts that left it as it was are passed over."""
    where = (audit.c.object == object_id, audit.c.before.is_distinct_from(audit.c.after))
    row = connection.execute(select(audit).where(*where).order_by(audit.c.seq.desc()).limit(1)).one_or_none()
    return AuditRecord(*row) if row else None


def find_submitter(connection: Connection, example_id: str) -> str | None:
    """Who handed an example to review last."""
    where = (audit.c.object == example_id, audit.c.act.like("submit%"), audit.c.after.like("submitted@%"))
    query = select(audit.c.person_id).where(*where).order_by(audit.c.seq.desc()).limit(1)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def has_acted_since(connection: Connection, person_id: str, project_id: str, seq: int) -> bool:
    """Whether a person did anything in a project after a line of the audit."""
    query = select(audit.c.seq).where(
        audit.c.seq > seq, audit.c.person_id == person_id, audit.c.project_id == project_id
    )
    return connection.execute(query.limit(1)).first() is not None
