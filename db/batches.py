"""Batches: rows that appear together and are undone together; imported files and their rejects."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, delete, exists, insert, select, update

from db.tables import batch, comment, dataset_item, draft, example, example_text, reject, source

BEING_FILLED = ("staged", "arriving")


class BatchRecord(msgspec.Struct, frozen=True):
    """One batch; `owner` is the process that fills it."""

    id: str
    project_id: str
    kind: str
    name: str
    state: str
    n_added: int
    owner: str
    by: str
    at: str


class SourceRecord(msgspec.Struct, frozen=True):
    """One imported file and its counts."""

    id: str
    project_id: str
    batch_id: str
    name: str
    format: str
    sha256: str
    n_rows: int
    n_imported: int
    n_duplicates: int
    n_rejected: int
    n_with_errors: int
    at: str
    n_mended: int = 0


class RejectRecord(msgspec.Struct, frozen=True):
    """A row that could not be read, kept as its bytes."""

    id: str
    source_id: str
    line: int
    column: int
    rule: str
    code: str
    reason: str
    bytes: bytes
    example_id: str | None = None


def add_batch(connection: Connection, record: BatchRecord) -> None:
    connection.execute(insert(batch).values(**msgspec.structs.asdict(record)))


def find_batch(connection: Connection, batch_id: str) -> BatchRecord | None:
    row = connection.execute(select(batch).where(batch.c.id == batch_id)).one_or_none()
    return BatchRecord(*row) if row else None


def list_newest(connection: Connection, project_id: str, limit: int) -> list[BatchRecord]:
    """The newest batches of a project, whatever became of them."""
    query = select(batch).where(batch.c.project_id == project_id).order_by(batch.c.at.desc(), batch.c.id.desc())
    return [BatchRecord(*row) for row in connection.execute(query.limit(limit))]


def list_staged(connection: Connection) -> list[tuple[str, str]]:
    """(batch, owner) of everything unfinished that has hidden rows; a bulk act has none, and goes on."""
    query = select(batch.c.id, batch.c.owner).where(batch.c.state == "staged", batch.c.kind != "bulk")
    rows = connection.execute(query)
    return [(row.id, row.owner) for row in rows]


def complete_batch(connection: Connection, batch_id: str, n_added: int) -> None:
    """The batch is all there."""
    connection.execute(update(batch).where(batch.c.id == batch_id).values(state="complete", n_added=n_added, owner=""))


def is_staged(connection: Connection, batch_id: str) -> bool:
    """Whether the batch is still being filled."""
    return connection.execute(select(batch.c.state).where(batch.c.id == batch_id)).scalar_one_or_none() == "staged"


def is_filled_by(connection: Connection, batch_id: str, owner: str) -> bool:
    """Whether the batch is still being filled, and by this process."""
    row = connection.execute(select(batch.c.state, batch.c.owner).where(batch.c.id == batch_id)).one_or_none()
    return row is not None and row.state in BEING_FILLED and row.owner == owner


def mark_undone(connection: Connection, batch_id: str) -> None:
    connection.execute(update(batch).where(batch.c.id == batch_id).values(state="undone", owner=""))


def drop_staged(connection: Connection, batch_id: str) -> bool:
    """Give up a batch that never appeared, and forget its file; False when it has appeared or is gone already."""
    staged = (batch.c.id == batch_id, batch.c.state.in_(BEING_FILLED))
    if not connection.execute(update(batch).where(*staged).values(state="undone", owner="")).rowcount:
        return False
    _drop_source(connection, batch_id)
    return True


def list_undone(connection: Connection) -> list[str]:
    """Undone batches that still have rows to take away."""
    query = select(batch.c.id).join(example, example.c.batch_id == batch.c.id)
    where = (batch.c.state == "undone", example.c.staged == 1)
    return list(connection.execute(query.where(*where).distinct()).scalars())


def remove_hidden(connection: Connection, batch_id: str, limit: int) -> int:
    """Take away up to `limit` rows that are not (or no longer) shown; says how many."""
    hidden = select(example.c.number).where(example.c.batch_id == batch_id, example.c.staged == 1).limit(limit)
    numbers = list(connection.execute(hidden).scalars())
    connection.execute(delete(example_text).where(example_text.c.number.in_(numbers)))
    connection.execute(delete(example).where(example.c.number.in_(numbers)))
    return len(numbers)


def hide_untouched(connection: Connection, batch_id: str, after: int, limit: int) -> tuple[int, int]:
    """Of up to `limit` rows behind a number, hide those nobody has worked on and no version holds.

    Says the last row's number, 0 when there is none left, and how many were hidden.
    """
    shown = (example.c.batch_id == batch_id, example.c.number > after, example.c.staged == 0)
    query = select(example.c.number).where(*shown).order_by(example.c.number).limit(limit)
    numbers = list(connection.execute(query).scalars())
    untouched = (
        example.c.number.in_(numbers),
        example.c.head_rev == 1,
        example.c.state.in_(("candidate", "draft", "archived")),
        ~exists().where(dataset_item.c.example_id == example.c.id),
        ~exists().where(comment.c.example_id == example.c.id),
        ~exists().where(draft.c.object_id == example.c.id),
    )
    hidden = connection.execute(update(example).where(*untouched).values(staged=1)).rowcount
    return (numbers[-1] if numbers else 0), hidden


def add_source(connection: Connection, record: SourceRecord) -> None:
    connection.execute(insert(source).values(**msgspec.structs.asdict(record)))


def finish_source(connection: Connection, record: SourceRecord) -> None:
    """Write the counts of a file that has been read to its end."""
    connection.execute(update(source).where(source.c.id == record.id).values(**msgspec.structs.asdict(record)))


def _drop_source(connection: Connection, batch_id: str) -> None:
    ours = select(source.c.id).where(source.c.batch_id == batch_id)
    connection.execute(delete(reject).where(reject.c.source_id.in_(ours)))
    connection.execute(delete(source).where(source.c.batch_id == batch_id))


def find_source(connection: Connection, source_id: str) -> SourceRecord | None:
    row = connection.execute(select(source).where(source.c.id == source_id)).one_or_none()
    return SourceRecord(*row) if row else None


def list_sources(connection: Connection, project_id: str) -> list[tuple[SourceRecord, str]]:
    """Newest first, each with the state of its batch."""
    query = (
        select(source, batch.c.state)
        .join(batch, batch.c.id == source.c.batch_id)
        .where(source.c.project_id == project_id, batch.c.state.not_in(BEING_FILLED))
        .order_by(source.c.id.desc())
    )
    return [(SourceRecord(*row[:-1]), row[-1]) for row in connection.execute(query)]


def add_rejects(connection: Connection, records: list[RejectRecord]) -> None:
    if records:
        connection.execute(insert(reject), [msgspec.structs.asdict(record) for record in records])


def list_rejects(connection: Connection, source_id: str) -> list[RejectRecord]:
    return list(walk_rejects(connection, source_id))


def walk_rejects(connection: Connection, source_id: str) -> Iterator[RejectRecord]:
    """In the order of the file, streamed."""
    query = select(reject).where(reject.c.source_id == source_id).order_by(reject.c.line)
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        yield RejectRecord(*row)


def find_reject(connection: Connection, reject_id: str) -> RejectRecord | None:
    row = connection.execute(select(reject).where(reject.c.id == reject_id)).one_or_none()
    return RejectRecord(*row) if row else None


def mark_mended(connection: Connection, reject_id: str, example_id: str) -> None:
    connection.execute(update(reject).where(reject.c.id == reject_id).values(example_id=example_id))
