"""Batches that are judged by some of their rows."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from curation.model.states import ExampleState
from db.repairs import has_open_repair
from db.tables import batch_sample, batch_sample_item, example

OPEN, ACCEPTED, SENT_BACK = "open", "accepted", "sent back"
WAITING = (ExampleState.CANDIDATE, ExampleState.DRAFT, ExampleState.SUBMITTED)
"""Where rows of a batch stand before anybody has decided."""


class SampleRecord(msgspec.Struct, frozen=True):
    """One sample of a batch, and what it decided."""

    id: str
    project_id: str
    batch_id: str
    n: int
    seed: int
    n_batch: int
    state: str
    by: str
    at: str
    closed_by: str | None = None
    closed_at: str | None = None
    n_right: int = 0
    n_judged: int = 0
    low: float | None = None
    high: float | None = None
    reason: str = ""
    bulk_id: str | None = None


class DrawnRecord(msgspec.Struct, frozen=True):
    """One row of a sample, and where its example stands now; None where it is gone."""

    example_id: str
    rev: int
    body_hash: str
    number: int | None
    title: str | None
    state: str | None
    head_hash: str | None


def _judgeable(batch_id: str) -> list[ColumnElement[bool]]:
    """Rows a sample speaks of: shown, without errors, undecided, waiting for no repair."""
    return [
        example.c.batch_id == batch_id,
        example.c.staged == 0,
        example.c.n_error == 0,
        example.c.state.in_([one.value for one in WAITING]),
        ~has_open_repair(),
    ]


def list_judgeable(connection: Connection, batch_id: str) -> list[int]:
    """The numbers of the rows a sample can be drawn from, in order."""
    query = select(example.c.number).where(*_judgeable(batch_id)).order_by(example.c.number)
    return list(connection.execute(query).scalars())


def count_touched(connection: Connection, batch_id: str, since: str) -> int:
    """How many of them somebody has worked on since a moment."""
    query = select(func.count()).where(*_judgeable(batch_id), example.c.updated_at > since)
    return connection.execute(query).scalar_one()


def ids_of(connection: Connection, numbers: Sequence[int]) -> list[str]:
    """The examples of these numbers, in the order of the numbers."""
    found = {
        row.number: row.id
        for row in connection.execute(select(example.c.number, example.c.id).where(example.c.number.in_(numbers)))
    }
    return [found[number] for number in numbers]


def add_sample(connection: Connection, record: SampleRecord, drawn: Sequence[tuple[str, int, str]]) -> None:
    """Store a sample with its rows: example, revision, body."""
    connection.execute(insert(batch_sample).values(**msgspec.structs.asdict(record)))
    rows = [
        {"sample_id": record.id, "position": position, "example_id": one, "rev": rev, "body_hash": digest}
        for position, (one, rev, digest) in enumerate(drawn)
    ]
    connection.execute(insert(batch_sample_item), rows)


def close_sample(connection: Connection, record: SampleRecord) -> None:
    """Write what an open sample has decided."""
    values = msgspec.structs.asdict(record)
    connection.execute(update(batch_sample).where(batch_sample.c.id == record.id).values(**values))


def find_sample(connection: Connection, sample_id: str) -> SampleRecord | None:
    row = connection.execute(select(batch_sample).where(batch_sample.c.id == sample_id)).one_or_none()
    return SampleRecord(*row) if row else None


def newest_sample(connection: Connection, batch_id: str) -> SampleRecord | None:
    """The last one that was drawn of a batch."""
    query = select(batch_sample).where(batch_sample.c.batch_id == batch_id).order_by(batch_sample.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return SampleRecord(*row) if row else None


def list_drawn(connection: Connection, sample_id: str) -> list[DrawnRecord]:
    """In the order they were drawn."""
    item = batch_sample_item.c
    query = (
        select(
            item.example_id,
            item.rev,
            item.body_hash,
            example.c.number,
            example.c.title,
            example.c.state,
            example.c.head_hash,
        )
        .select_from(batch_sample_item.outerjoin(example, example.c.id == item.example_id))
        .where(item.sample_id == sample_id)
        .order_by(item.position)
    )
    return [DrawnRecord(*row) for row in connection.execute(query)]
