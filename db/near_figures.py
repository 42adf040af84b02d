"""What the index of near-duplicates says about a project: families, families in several splits, contradictions."""

# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from curation.model.states import ExampleState, Split


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
_SPLIT = "LEFT JOIN split_group s ON s.project_id = e.project_id AND s.group_key = e.group_key"
# From what was found to its examples, never the other way round: there are far more examples.
_FAMILIES = f"""SELECT t.family, count(*), count(DISTINCT e.group_key), count(DISTINCT s.split)
    FROM near_text t CROSS JOIN example e ON e.number = t.number {_SPLIT}
    WHERE t.family IS NOT NULL AND {{ours}}
    GROUP BY t.family HAVING count(*) > 1 AND count(DISTINCT e.normal_hash) > 1
    ORDER BY count(DISTINCT s.split) > 1 DESC, count(*) DESC, t.family"""
_MEMBERS = f"""SELECT e.id, e.number, e.normal_hash, s.split
    FROM near_text t CROSS JOIN example e ON e.number = t.number {_SPLIT}
    WHERE t.family = ? AND {{ours}}
    ORDER BY row_number() OVER (PARTITION BY s.split ORDER BY e.number) > 1, e.number LIMIT ?"""
_TORN = """SELECT c.seen FROM near_conflict c CROSS JOIN example e ON e.number = c.number
    WHERE c.project_id = ? AND {ours} GROUP BY c.seen HAVING count(*) > 1 ORDER BY min(e.number)"""
_OPPONENTS = f"""SELECT c.seen, e.id, e.number, e.normal_hash, s.split
    FROM ({{torn}} LIMIT ?) one CROSS JOIN near_conflict c ON c.seen = one.seen
    CROSS JOIN example e ON e.number = c.number {_SPLIT}
    WHERE {{ours}} ORDER BY e.number"""


def find_closest(connection: Connection, project_id: str, keys: Sequence[int]) -> list[Met]:
    """Those that have most of these keys, with what they are compared by; of many, only some are looked at."""
    if not keys:
        return []
    query = _MET.format(keys=",".join("?" * len(keys)), met=_MOST_MET, compared=_MOST_COMPARED)
    rows = connection.exec_driver_sql(query, (*keys, project_id))
    return [Met(row[0], row[1], row[2], Split(row[3]) if row[3] else None, row[4], row[5]) for row in rows]


def count_waiting(connection: Connection, project_id: str, most: int = -1) -> int:
    """How many examples of a project are still to be compared, counted up to a bound."""
    query = """SELECT count(*) FROM (
        SELECT 1 FROM near_todo n CROSS JOIN example e ON e.number = n.number WHERE e.project_id = ? LIMIT ?)"""
    n: int = connection.exec_driver_sql(query, (project_id, most)).scalar_one()
    return n


def list_families(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> list[FamilyFigure]:
    """Every family of more than one form, those in several splits first, then by size."""
    rows = connection.exec_driver_sql(_FAMILIES.format(ours=_ours(states)), _values(project_id, states))
    return [FamilyFigure(*row) for row in rows]


def list_members(
    connection: Connection, project_id: str, states: Sequence[ExampleState], family: int, limit: int
) -> list[Placed]:
    """Some of a family: of each split the first, then by number."""
    values = (family, *_values(project_id, states), limit)
    rows = connection.exec_driver_sql(_MEMBERS.format(ours=_ours(states)), values)
    return sorted((_place(row) for row in rows), key=lambda one: one.number)


def count_conflicts(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> int:
    """How many requests are answered by different calls."""
    query = f"SELECT count(*) FROM ({_TORN.format(ours=_ours(states))})"
    n: int = connection.exec_driver_sql(query, (project_id, *_values(project_id, states))).scalar_one()
    return n


def list_conflicts(
    connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int
) -> list[tuple[bytes, list[Placed]]]:
    """(request, examples that call differently on it) of so many requests, by their first examples."""
    ours = _ours(states)
    values = _values(project_id, states)
    query = _OPPONENTS.format(torn=_TORN.format(ours=ours), ours=ours)
    found: dict[bytes, list[Placed]] = {}
    for row in connection.exec_driver_sql(query, (project_id, *values, limit, *values)):
        found.setdefault(bytes(row[0]), []).append(_place(row[1:]))
    return list(found.items())


def _ours(states: Sequence[ExampleState]) -> str:
    return f"e.project_id = ? AND e.staged = 0 AND e.state IN ({','.join('?' * len(states))})"


def _values(project_id: str, states: Sequence[ExampleState]) -> tuple[str, ...]:
    return (project_id, *(state.value for state in states))


def _place(row: Any) -> Placed:
    return Placed(row[0], row[1], row[2], Split(row[3]) if row[3] else None)
