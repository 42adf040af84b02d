"""What the index of near-duplicates says about a project: families, families in several splits, contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Join, Select, and_, func, select

from curation.model.states import ExampleState, Split
from db.tables import example, near_conflict, near_text, near_todo, split_group


class Placed(NamedTuple):
    """An example by name, and the split it stands in."""

    example_id: str
    number: int
    normal_hash: str
    split: Split | None


class Met(NamedTuple):
    """An example that may be like another one, and the word triples of its two texts."""

    example_id: str
    number: int
    title: str
    split: Split | None
    asked: bytes
    whole: bytes


class FamilyFigure(NamedTuple):
    """How many are nearly the same, of how many groups, in how many splits."""

    family: int
    n_rows: int
    n_groups: int
    n_splits: int


_DRAWN = and_(split_group.c.project_id == example.c.project_id, split_group.c.group_key == example.c.group_key)
_MOST_MET = 256
_MOST_COMPARED = 24
_MET = """SELECT e.id, e.number, e.title, s.split, t.asked, t.whole
    FROM (
        SELECT number FROM (
            SELECT number FROM near_key WHERE run IN (SELECT stored FROM near_run) AND key IN ({keys}) LIMIT {met}
        ) GROUP BY number ORDER BY count(*) DESC LIMIT {compared}
    ) m CROSS JOIN near_text t ON t.number = m.number CROSS JOIN example e ON e.number = m.number
    LEFT JOIN split_group s ON s.project_id = e.project_id AND s.group_key = e.group_key
    WHERE e.project_id = ? AND e.staged = 0"""
"""One statement, and written out: somebody is typing while it runs."""
_PLACED = (example.c.id, example.c.number, example.c.normal_hash, split_group.c.split)


def find_closest(connection: Connection, project_id: str, keys: Sequence[int]) -> list[Met]:
    """Those that have most of these keys, with what they are compared by; of many, only some are looked at."""
    if not keys:
        return []
    query = _MET.format(keys=",".join("?" * len(keys)), met=_MOST_MET, compared=_MOST_COMPARED)
    rows = connection.exec_driver_sql(query, (*keys, project_id))
    return [Met(row[0], row[1], row[2], Split(row[3]) if row[3] else None, row[4], row[5]) for row in rows]


def count_waiting(connection: Connection, project_id: str) -> int:
    """How many examples of a project are still to be compared."""
    query = select(func.count()).select_from(near_todo.join(example, example.c.number == near_todo.c.number))
    return connection.execute(query.where(example.c.project_id == project_id)).scalar_one()


def list_families(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> list[FamilyFigure]:
    """Every family of more than one form, those in several splits first, then by size."""
    n_rows, n_splits = func.count(), func.count(split_group.c.split.distinct())
    query = (
        select(near_text.c.family, n_rows, func.count(example.c.group_key.distinct()), n_splits)
        .select_from(_with_examples())
        .where(near_text.c.family.is_not(None), _ours(project_id, states))
        .group_by(near_text.c.family)
        .having(n_rows > 1, func.count(example.c.normal_hash.distinct()) > 1)
        .order_by((n_splits > 1).desc(), n_rows.desc(), near_text.c.family)
    )
    return [FamilyFigure(*row) for row in connection.execute(query)]


def list_members(
    connection: Connection, project_id: str, states: Sequence[ExampleState], family: int, limit: int
) -> list[Placed]:
    """Some of a family: of each split the first, then by number."""
    place = func.row_number().over(partition_by=split_group.c.split, order_by=example.c.number)
    query = (
        select(*_PLACED)
        .select_from(_with_examples())
        .where(near_text.c.family == family, _ours(project_id, states))
        .order_by(place > 1, example.c.number)
        .limit(limit)
    )
    return sorted((_place(row) for row in connection.execute(query)), key=lambda one: one.number)


def count_conflicts(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> int:
    """How many requests are answered by different calls."""
    return connection.execute(select(func.count()).select_from(_torn(project_id, states).subquery())).scalar_one()


def list_conflicts(
    connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int
) -> list[tuple[bytes, list[Placed]]]:
    """(request, examples that call differently on it) of so many requests, by their first examples."""
    torn = _torn(project_id, states).order_by(func.min(example.c.number)).limit(limit).subquery()
    query = (
        select(near_conflict.c.seen, *_PLACED)
        .select_from(_conflicts().join(torn, torn.c.seen == near_conflict.c.seen).outerjoin(split_group, _DRAWN))
        .where(_ours(project_id, states))
        .order_by(example.c.number)
    )
    found: dict[bytes, list[Placed]] = {}
    for row in connection.execute(query):
        found.setdefault(bytes(row[0]), []).append(_place(row[1:]))
    return list(found.items())


def _torn(project_id: str, states: Sequence[ExampleState]) -> Select[tuple[bytes]]:
    return (
        select(near_conflict.c.seen)
        .select_from(_conflicts())
        .where(near_conflict.c.project_id == project_id, _ours(project_id, states))
        .group_by(near_conflict.c.seen)
        .having(func.count() > 1)
    )


def _conflicts() -> Join:
    return near_conflict.join(example, example.c.number == near_conflict.c.number)


def _with_examples() -> Join:
    return near_text.join(example, example.c.number == near_text.c.number).outerjoin(split_group, _DRAWN)


def _ours(project_id: str, states: Sequence[ExampleState]) -> ColumnElement[bool]:
    return and_(
        example.c.project_id == project_id,
        example.c.staged == 0,
        example.c.state.in_([state.value for state in states]),
    )


def _place(row: Any) -> Placed:
    return Placed(row[0], row[1], row[2], Split(row[3]) if row[3] else None)
