"""What people wrote down about jobs; nothing of it is changed later."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, insert, select

from db.tables import job_note


class JobNoteRecord(msgspec.Struct, frozen=True):
    """One note."""

    id: str
    job_id: str
    text: str
    by: str
    at: str


def add_note(connection: Connection, record: JobNoteRecord) -> None:
    connection.execute(insert(job_note).values(**msgspec.structs.asdict(record)))


def list_notes(connection: Connection, job_id: str) -> list[JobNoteRecord]:
    """Oldest first."""
    columns = [job_note.c[field] for field in JobNoteRecord.__struct_fields__]
    query = select(*columns).where(job_note.c.job_id == job_id).order_by(job_note.c.id)
    return [JobNoteRecord(**row) for row in connection.execute(query).mappings()]
