"""Two frozen versions side by side, what a version holds in figures, and what people call it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, func, null, select
from sqlalchemy.dialects.sqlite import insert

from db.tables import body, dataset_item, dataset_name, example, example_tool

AT_ONCE = 200


class NameRecord(msgspec.Struct, frozen=True):
    """What people call a version."""

    version_id: str
    name: str
    note: str
    by: str
    at: str


class PairRecord(msgspec.Struct, frozen=True):
    """One example in two versions; a side it is not in is None."""

    example_id: str
    number: int | None
    title: str | None
    rev_before: int | None
    rev_after: int | None
    hash_before: str | None
    hash_after: str | None
    split_before: str | None
    split_after: str | None


class PairCounts(msgspec.Struct, frozen=True):
    """How many examples two versions share: alike, only changed, only moved, or changed and moved."""

    same: int
    changed: int
    moved: int
    both: int


def put_name(connection: Connection, record: NameRecord) -> None:
    values = msgspec.structs.asdict(record)
    connection.execute(insert(dataset_name).values(**values).on_conflict_do_update(["version_id"], set_=values))


def read_names(connection: Connection, version_ids: Iterable[str]) -> dict[str, NameRecord]:
    query = select(dataset_name).where(dataset_name.c.version_id.in_(list(version_ids)))
    return {row[0]: NameRecord(*row) for row in connection.execute(query)}


_before, _after = dataset_item.alias("was"), dataset_item.alias("now")
_is_changed = _before.c.body_hash != _after.c.body_hash
_is_moved = _before.c.split != _after.c.split


def count_pairs(connection: Connection, before: str, after: str) -> PairCounts:
    """Of the examples in both versions: alike, with another text, in another split, or both."""
    query = (
        select(_is_changed, _is_moved, func.count())
        .select_from(_after.join(_before, _same_example()))
        .where(_before.c.version_id == before, _after.c.version_id == after)
        .group_by(_is_changed, _is_moved)
    )
    counted = {(bool(row[0]), bool(row[1])): row[2] for row in connection.execute(query)}
    return PairCounts(*(counted.get(one, 0) for one in ((False, False), (True, False), (False, True), (True, True))))


def walk_came(connection: Connection, before: str, after: str) -> Iterator[PairRecord]:
    """Examples of the second version that the first has not, in its order."""
    in_first = select(_before.c.example_id).where(_before.c.version_id == before, _same_example())
    query = (
        _select(_nothing(4), _after)
        .select_from(_after.outerjoin(example, example.c.id == _after.c.example_id))
        .where(_after.c.version_id == after, ~in_first.exists())
        .order_by(_after.c.position)
    )
    return _walk(connection, query)


def walk_went(connection: Connection, before: str, after: str) -> Iterator[PairRecord]:
    """Examples of the first version that the second has not, in the order of the first."""
    in_second = select(_after.c.example_id).where(_after.c.version_id == after, _same_example())
    query = (
        _select(_before, _nothing(4))
        .select_from(_before.outerjoin(example, example.c.id == _before.c.example_id))
        .where(_before.c.version_id == before, ~in_second.exists())
        .order_by(_before.c.position)
    )
    return _walk(connection, query)


def walk_differing(connection: Connection, before: str, after: str, *, changed: bool) -> Iterator[PairRecord]:
    """Examples in both, in the order of the second: with another text, or with the same text in another split."""
    pairs = _after.join(_before, _same_example()).outerjoin(example, example.c.id == _after.c.example_id)
    query = (
        _select(_before, _after)
        .select_from(pairs)
        .where(_before.c.version_id == before, _after.c.version_id == after)
        .where(_is_changed if changed else ~_is_changed & _is_moved)
        .order_by(_after.c.position)
    )
    return _walk(connection, query)


def read_bodies(connection: Connection, hashes: Collection[str]) -> dict[str, bytes]:
    query = select(body.c.hash, body.c.bytes).where(body.c.hash.in_(hashes))
    return {row[0]: bytes(row[1]) for row in connection.execute(query)}


def _same_example() -> ColumnElement[bool]:
    same: ColumnElement[bool] = _before.c.example_id == _after.c.example_id
    return same


def _nothing(n: int) -> list[ColumnElement[Any]]:
    return [null()] * n


def _side(one: FromClause | list[ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return one if isinstance(one, list) else [one.c.example_id, one.c.rev, one.c.body_hash, one.c.split]


def _select(before: FromClause | list[ColumnElement[Any]], after: FromClause | list[ColumnElement[Any]]) -> Select[Any]:
    return select(example.c.number, example.c.title, *_side(before), *_side(after))


def _walk(connection: Connection, query: Select[Any]) -> Iterator[PairRecord]:
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield PairRecord(row[2] or row[6], row[0], row[1], row[3], row[7], row[4], row[8], row[5], row[9])


def count_by_category(connection: Connection, version_id: str) -> list[tuple[str, str, int]]:
    """(categories, split, rows), of the rows that are still the heads of their examples."""
    query = (
        select(example.c.categories, dataset_item.c.split, func.count())
        .join(example, _is_head())
        .where(dataset_item.c.version_id == version_id)
        .group_by(example.c.categories, dataset_item.c.split)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def count_by_tool(connection: Connection, version_id: str) -> list[tuple[str, str, int]]:
    """(tool, split, rows that call it), of the same rows."""
    query = (
        select(example_tool.c.name, dataset_item.c.split, func.count(example.c.id.distinct()))
        .select_from(dataset_item)
        .join(example, _is_head())
        .join(example_tool, example_tool.c.example_id == example.c.id)
        .where(dataset_item.c.version_id == version_id, example_tool.c.called > 0)
        .group_by(example_tool.c.name, dataset_item.c.split)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def walk_superseded(connection: Connection, version_id: str) -> Iterator[tuple[str, bytes]]:
    """(split, body) of the rows whose examples read otherwise by now."""
    query = (
        select(dataset_item.c.split, body.c.bytes)
        .join(body, body.c.hash == dataset_item.c.body_hash)
        .outerjoin(example, _is_head())
        .where(dataset_item.c.version_id == version_id, example.c.id.is_(None))
        .order_by(dataset_item.c.position)
    )
    for row in connection.execute(query, execution_options={"yield_per": AT_ONCE}):
        yield row[0], bytes(row[1])


def list_sizes(connection: Connection, version_id: str) -> list[int]:
    """The bytes of every row, smallest first."""
    size = func.length(body.c.bytes)
    query = select(size).select_from(dataset_item).join(body, body.c.hash == dataset_item.c.body_hash)
    return list(connection.execute(query.where(dataset_item.c.version_id == version_id).order_by(size)).scalars())


def _is_head() -> ColumnElement[bool]:
    return and_(example.c.id == dataset_item.c.example_id, example.c.head_hash == dataset_item.c.body_hash)
