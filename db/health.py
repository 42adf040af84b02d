"""What Health tells by reading many rows, and how it was told last; what it only counts is in `db.traits`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.states import ExampleState
from db.standing import SAME_GROUP, in_states
from db.tables import body, example, health_told, split_group


class TwinFigure(NamedTuple):
    """One form that several rows have, and in how many splits they stand."""

    normal_hash: str
    n_rows: int
    n_splits: int


def list_twins(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> Iterator[TwinFigure]:
    """Every form that occurs more than once; those in several splits first, then by their first rows."""
    n_rows, n_splits = func.count(), func.count(split_group.c.split.distinct())
    query = (
        select(example.c.normal_hash, n_rows, n_splits)
        .select_from(example.outerjoin(split_group, SAME_GROUP))
        .where(in_states(project_id, states), example.c.normal_hash.in_(_repeated(project_id, states)))
        .group_by(example.c.normal_hash)
        .order_by((n_splits > 1).desc(), func.min(example.c.number))
    )
    return (TwinFigure(*row) for row in connection.execute(query, execution_options={"yield_per": 500}))


def _repeated(project_id: str, states: Sequence[ExampleState]) -> Select[tuple[str]]:
    several = func.count() > 1
    return (
        select(example.c.normal_hash)
        .where(in_states(project_id, states))
        .group_by(example.c.normal_hash)
        .having(several)
    )


def list_twin_rows(
    connection: Connection, project_id: str, states: Sequence[ExampleState], normal_hash: str, limit: int
) -> list[tuple[str, int, str | None]]:
    """(example, number, split) of the first rows of a form."""
    query = (
        select(example.c.id, example.c.number, split_group.c.split)
        .select_from(example.outerjoin(split_group, SAME_GROUP))
        .where(in_states(project_id, states), example.c.normal_hash == normal_hash)
        .order_by(example.c.number)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def list_splits_of(
    connection: Connection, project_id: str, states: Sequence[ExampleState], normal_hash: str
) -> tuple[str, ...]:
    """The splits in which rows of a form stand."""
    query = (
        select(split_group.c.split)
        .distinct()
        .select_from(example.join(split_group, SAME_GROUP))
        .where(in_states(project_id, states), example.c.normal_hash == normal_hash)
    )
    return tuple(sorted(connection.execute(query).scalars()))


def list_sizes(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> list[int]:
    """The size of every row's body, smallest first."""
    query = select(example.c.size_bytes).where(in_states(project_id, states)).order_by(example.c.size_bytes)
    return list(connection.execute(query).scalars())


def walk_newest(connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int) -> Iterator[bytes]:
    """The bodies of the newest rows."""
    return _walk(connection, (in_states(project_id, states),), limit)


def walk_newest_placed(
    connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int
) -> Iterator[tuple[int, str | None, bytes]]:
    """Number, split and body of the newest rows."""
    query = (
        select(example.c.number, split_group.c.split, body.c.bytes)
        .select_from(example.join(body, example.c.head_hash == body.c.hash).outerjoin(split_group, SAME_GROUP))
        .where(in_states(project_id, states))
        .order_by(example.c.number.desc())
        .limit(limit)
    )
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        yield row[0], row[1], bytes(row[2])


def _walk(connection: Connection, kept: Sequence[ColumnElement[bool]], limit: int) -> Iterator[bytes]:
    query = (
        select(body.c.bytes)
        .join(example, example.c.head_hash == body.c.hash)
        .where(*kept)
        .order_by(example.c.number.desc())
        .limit(limit)
    )
    for row in connection.execute(query, execution_options={"yield_per": 200}):
        yield bytes(row[0])


class ToldRecord(NamedTuple):
    """What was told last of the examples in some states; `basis` says of what."""

    project_id: str
    states: str
    basis: str
    at: str
    took_ms: int
    told: bytes


def find_told(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> ToldRecord | None:
    wanted = (health_told.c.project_id == project_id, health_told.c.states == name_states(states))
    row = connection.execute(select(health_told).where(*wanted)).one_or_none()
    return ToldRecord(*row) if row else None


def put_told(connection: Connection, record: ToldRecord) -> None:
    statement = upsert(health_told)
    new = {name: statement.excluded[name] for name in ("basis", "at", "took_ms", "told")}
    connection.execute(statement.on_conflict_do_update(set_=new), record._asdict())


def name_states(states: Sequence[ExampleState]) -> str:
    """Some states as one word, whatever their order."""
    return ",".join(sorted(state.value for state in states))
