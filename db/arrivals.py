"""Batches on their way: what is to be brought in, how far it is, and letting the rows appear a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, func, insert, select, update

from db.batches import BatchRecord, add_batch
from db.tables import batch, bulk, definition, example, example_tool, intake_note, reject, source

ARRIVING, SHOWING, COMPLETE, HIDING, UNDONE = "arriving", "showing", "complete", "hiding", "undone"
KIND = "import"


_LAST_HIDDEN = """SELECT max(number) FROM (SELECT number FROM example INDEXED BY example_by_batch
    WHERE batch_id = ? AND number > ? AND staged = 1 ORDER BY number LIMIT ?)"""
_SHOW = "UPDATE example SET staged = 0 WHERE number > ? AND number <= ? AND +batch_id = ? AND +staged = 1"


class ArrivingRecord(msgspec.Struct, frozen=True):
    """A batch with what is to be brought in, as JSON."""

    id: str
    project_id: str
    name: str
    state: str
    owner: str
    by: str
    at: str
    spec: str


class NoteRecord(msgspec.Struct, frozen=True):
    """One thing a reader found or mended in the row of an example."""

    example_id: str
    position: int
    rule: str
    code: str
    place: str
    message: str


class OfferedRecord(msgspec.Struct, frozen=True):
    """One definition that rows of a batch bring, and how many of them do."""

    name: str
    hash: str
    text: str
    n_rows: int


def add_arriving(connection: Connection, record: BatchRecord, spec: str) -> None:
    """Write down what is to be brought in."""
    add_batch(connection, record)
    connection.execute(insert(bulk).values(batch_id=record.id, spec=spec))


def find_arriving(connection: Connection, batch_id: str) -> ArrivingRecord | None:
    row = connection.execute(_select().where(batch.c.id == batch_id)).one_or_none()
    return ArrivingRecord(*row) if row else None


def list_arriving(connection: Connection, project_id: str | None = None) -> list[ArrivingRecord]:
    """What is still to be brought in, the oldest first."""
    query = _select().where(batch.c.state == ARRIVING)
    if project_id is not None:
        query = query.where(batch.c.project_id == project_id)
    return [ArrivingRecord(*row) for row in connection.execute(query.order_by(batch.c.id))]


def newest_ended(connection: Connection, project_id: str, limit: int) -> list[ArrivingRecord]:
    """The newest that ended, well or not."""
    query = _select().where(batch.c.project_id == project_id, batch.c.state != ARRIVING)
    return [ArrivingRecord(*row) for row in connection.execute(query.order_by(batch.c.id.desc()).limit(limit))]


def _select() -> Select[Any]:
    columns = (batch.c.id, batch.c.project_id, batch.c.name, batch.c.state, batch.c.owner, batch.c.by, batch.c.at)
    return select(*columns, bulk.c.spec).join(bulk, bulk.c.batch_id == batch.c.id).where(batch.c.kind == KIND)


def take_over(connection: Connection, record: ArrivingRecord, owner: str) -> bool:
    """Go on with a batch; False when another process was quicker or it is given up."""
    where = (batch.c.id == record.id, batch.c.owner == record.owner, batch.c.state == ARRIVING)
    return bool(connection.execute(update(batch).where(*where).values(owner=owner)).rowcount)


def begin_showing(connection: Connection, batch_id: str, n_added: int) -> None:
    """From here on its rows will all appear."""
    connection.execute(update(batch).where(batch.c.id == batch_id).values(state=SHOWING, n_added=n_added))


def move(connection: Connection, batch_id: str, before: str, after: str, owner: str) -> bool:
    """Move a batch on in the name of a process; False where it does not stand there any more."""
    where = (batch.c.id == batch_id, batch.c.state == before)
    return bool(connection.execute(update(batch).where(*where).values(state=after, owner=owner)).rowcount)


def list_between(connection: Connection, project_id: str | None = None) -> list[BatchRecord]:
    """Batches of which some rows may show and others not."""
    query = select(batch).where(batch.c.state.in_((SHOWING, HIDING)))
    if project_id is not None:
        query = query.where(batch.c.project_id == project_id)
    return [BatchRecord(*row) for row in connection.execute(query.order_by(batch.c.id))]


def show_some(connection: Connection, batch_id: str, after: int, limit: int) -> int:
    """Let up to `limit` rows behind a number appear; says the last one's, 0 when there is none left."""
    last: int | None = connection.exec_driver_sql(_LAST_HIDDEN, (batch_id, after, limit)).scalar_one()
    if last is not None:
        connection.exec_driver_sql(_SHOW, (after, last, batch_id))
    return last or 0


def complete_shown(connection: Connection, batch_id: str) -> bool:
    """All of it is there; False where somebody has said so already."""
    where = (batch.c.id == batch_id, batch.c.state == SHOWING)
    return bool(connection.execute(update(batch).where(*where).values(state=COMPLETE, owner="")).rowcount)


def add_notes(connection: Connection, notes: Iterable[NoteRecord]) -> None:
    rows = [msgspec.structs.asdict(one) for one in notes]
    if rows:
        connection.execute(insert(intake_note), rows)


def list_notes(connection: Connection, example_id: str) -> list[NoteRecord]:
    """What was found or mended in the row an example came from."""
    query = select(intake_note).where(intake_note.c.example_id == example_id).order_by(intake_note.c.position)
    return [NoteRecord(*row) for row in connection.execute(query)]


def find_origin(connection: Connection, example_id: str) -> tuple[str, int | None]:
    """The file an example came in with, at once or as a mended reject, and the line of its row."""
    came = select(batch.c.name, example.c.line).join(example, example.c.batch_id == batch.c.id)
    mended = select(source.c.name, reject.c.line).join(reject, reject.c.source_id == source.c.id)
    for query in (came.where(example.c.id == example_id), mended.where(reject.c.example_id == example_id)):
        for name, line in connection.execute(query):
            return str(name), line
    return "", None


def walk_notes(connection: Connection, batch_id: str) -> Iterator[tuple[int, int, NoteRecord]]:
    """(line, example's number, note) of a whole batch, in the order the rows came."""
    query = (
        select(example.c.line, example.c.number, intake_note)
        .join(intake_note, intake_note.c.example_id == example.c.id)
        .where(example.c.batch_id == batch_id)
        .order_by(example.c.number, intake_note.c.position)
    )
    for line, number, *note in connection.execute(query, execution_options={"yield_per": 200}):
        yield line or 0, number, NoteRecord(*note)


def list_offered(connection: Connection, batch_id: str) -> list[OfferedRecord]:
    """The definitions that rows of a batch bring, the most frequent of a name first."""
    n_rows = func.count(example_tool.c.example_id.distinct()).label("n_rows")
    counted = (
        select(example_tool.c.name, example_tool.c.definition_hash, n_rows)
        .join(example, example.c.id == example_tool.c.example_id)
        .where(example.c.batch_id == batch_id)
        .group_by(example_tool.c.name, example_tool.c.definition_hash)
        .subquery()
    )
    query = (
        select(counted.c.name, counted.c.definition_hash, definition.c.text, counted.c.n_rows)
        .join(definition, definition.c.hash == counted.c.definition_hash)
        .order_by(counted.c.name, counted.c.n_rows.desc(), counted.c.definition_hash)
    )
    return [OfferedRecord(*row) for row in connection.execute(query)]
