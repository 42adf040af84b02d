"""Shifted copies of test splits: one a version, kept row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.states import Shifted
from db.datasets import ItemRecord
from db.tables import body, evaluation, shifted_item, shifted_test

AT_ONCE = 500


class ShiftedRecord(msgspec.Struct, frozen=True):
    """One copy: how it was made, and its digest."""

    version_id: str
    seed: int
    kinds: str
    hash: str
    n_rows: int
    left_out: str
    checker_version: str
    by: str
    at: str


class ShiftedItem(msgspec.Struct, frozen=True):
    """One place of a copy."""

    position: int
    example_id: str
    rev: int
    body_hash: str
    reviewed: bool


def put_bodies(connection: Connection, bodies: Sequence[tuple[str, bytes]]) -> None:
    """Store bodies by content; known ones stay as they are."""
    rows = [{"hash": one[0], "bytes": one[1]} for one in bodies]
    connection.execute(upsert(body).on_conflict_do_nothing(), rows)


def replace_copy(connection: Connection, record: ShiftedRecord, items: Sequence[ShiftedItem]) -> None:
    """Store a copy in place of an earlier one that nobody was asked from."""
    for table in (shifted_item, shifted_test):
        connection.execute(delete(table).where(table.c.version_id == record.version_id))
    connection.execute(insert(shifted_test).values(**msgspec.structs.asdict(record)))
    for at in range(0, len(items), AT_ONCE):
        rows = [{"version_id": record.version_id, **msgspec.structs.asdict(one)} for one in items[at : at + AT_ONCE]]
        connection.execute(insert(shifted_item), [{**row, "reviewed": int(row["reviewed"])} for row in rows])


def find_copy(connection: Connection, version_id: str) -> ShiftedRecord | None:
    row = connection.execute(select(shifted_test).where(shifted_test.c.version_id == version_id)).one_or_none()
    return ShiftedRecord(*row) if row else None


def count_looks(connection: Connection, version_id: str) -> int:
    """How many models were asked from the copy of a version."""
    query = select(func.count()).where(evaluation.c.dataset_id == version_id, evaluation.c.split == Shifted.TEST.value)
    return connection.execute(query).scalar_one()


def walk_copy(connection: Connection, version_id: str) -> Iterator[ItemRecord]:
    """A copy's rows in the order of the split, streamed."""
    item = shifted_item.c
    query = (
        select(item.example_id, item.rev, item.body_hash, item.reviewed, body.c.bytes)
        .join(body, body.c.hash == item.body_hash)
        .where(item.version_id == version_id)
        .order_by(item.position)
    )
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        yield ItemRecord(row[0], row[1], row[2], Shifted.TEST, bool(row[3]), bytes(row[4]))
