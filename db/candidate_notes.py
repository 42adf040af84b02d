"""How a machine came to a candidate: its order, its place in it, and what a model was asked for it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, func, insert, select

from db.tables import candidate_note, example


class CandidateNote(msgspec.Struct, frozen=True):
    """What is known of one."""

    example_id: str
    job_id: str
    seq: int
    """Its number among the candidates of its order, from 0."""
    strategy: str
    category: str
    kind: str
    exchanges: bytes
    """The questions and answers as compressed JSON; empty where no model was asked."""
    judged: str = ""
    """What judges thought of it and what it was repaired for, as JSON; empty where nobody wrote it down."""


def add_notes(connection: Connection, notes: Sequence[CandidateNote]) -> None:
    if notes:
        connection.execute(insert(candidate_note), [msgspec.structs.asdict(note) for note in notes])


def find_note(connection: Connection, example_id: str) -> CandidateNote | None:
    columns = [candidate_note.c[field] for field in CandidateNote.__struct_fields__]
    row = connection.execute(select(*columns).where(candidate_note.c.example_id == example_id)).mappings().first()
    return CandidateNote(**row) if row else None


def count_notes(connection: Connection, job_id: str) -> int:
    """How many candidates of an order are in the project."""
    query = select(func.count()).where(candidate_note.c.job_id == job_id)
    return connection.execute(query).scalar_one()


def last_seq(connection: Connection, job_id: str) -> int:
    """The highest number that came in for good; -1 before the first."""
    query = (
        select(func.max(candidate_note.c.seq))
        .join(example, example.c.id == candidate_note.c.example_id)
        .where(candidate_note.c.job_id == job_id, example.c.staged == 0)
    )
    found = connection.execute(query).scalar()
    return -1 if found is None else int(found)


def list_batches(connection: Connection, job_id: str) -> dict[str, int]:
    """Batch → candidates of an order that came with it and are there, the newest batch last."""
    query = (
        select(example.c.batch_id, func.count(), func.min(candidate_note.c.seq).label("first"))
        .join(example, example.c.id == candidate_note.c.example_id)
        .where(candidate_note.c.job_id == job_id, example.c.staged == 0, example.c.batch_id.is_not(None))
        .group_by(example.c.batch_id)
        .order_by("first")
    )
    return {batch: n for batch, n, _first in connection.execute(query)}
