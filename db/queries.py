"""What counters and choices read: never a body, and never a walk over all examples."""

# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from curation.model.states import ExampleState
from db.tables import counter, tool

__all__ = ["count_states", "list_tool_names", "list_values"]

_STEPS = {
    "author": ("example INDEXED BY example_by_author", "author", "project_id = :project"),
    "origin": ("example INDEXED BY example_by_origin", "origin", "project_id = :project"),
    "rule": ("finding INDEXED BY finding_by_rule", "rule", "1"),
    "tag": ("example_tag INDEXED BY example_tag_by_tag", "tag", "1"),
}
"""What is filtered by → its table with the index that steps from value to value."""
_OF_ALL = frozenset({"rule", "tag"})
"""Kinds whose index holds the values of every project."""
_SMALL = 2_000
"""Examples of a project that are gone through for its values."""
_LOOKED_AT = 20_000
"""Rows of one value that are looked at for one of this project; beyond it the value is offered unseen."""


def count_states(connection: Connection, project_id: str) -> dict[str, int]:
    """State → how many, kept by triggers."""
    query = select(counter.c.key, counter.c.n).where(counter.c.project_id == project_id, counter.c.name == "state")
    counted = {row.key: row.n for row in connection.execute(query)}
    return {state.value: counted.get(state.value, 0) for state in ExampleState}


def list_values(connection: Connection, project_id: str, kind: str, limit: int) -> list[str]:
    """The values there are of one kind, in order: one step along the index a value, however many rows have it."""
    source, column, ours = _STEPS[kind]
    query = text(
        f"WITH RECURSIVE step (value) AS (SELECT min({column}) FROM {source} WHERE {ours} UNION ALL"
        f" SELECT (SELECT min({column}) FROM {source} WHERE {ours} AND {column} > step.value) FROM step"
        " WHERE step.value IS NOT NULL LIMIT :limit) SELECT value FROM step WHERE value IS NOT NULL"
    )
    found = [str(row[0]) for row in connection.execute(query, {"project": project_id, "limit": limit + 1})]
    return _ours(connection, project_id, kind, found) if kind in _OF_ALL else found


def _ours(connection: Connection, project_id: str, kind: str, values: Sequence[str]) -> list[str]:
    """Those that an example of this project has."""
    if sum(count_states(connection, project_id).values()) <= _SMALL:
        source, column, _ = _STEPS[kind]
        table = source.split()[0]
        query = text(
            f"SELECT DISTINCT v.{column} FROM example INDEXED BY example_by_number"
            f" CROSS JOIN {table} AS v ON v.example_id = example.id"
            " WHERE example.project_id = :project AND example.staged = 0"
        )
        own = {str(row[0]) for row in connection.execute(query, {"project": project_id})}
        return [value for value in values if value in own]
    return [value for value in values if _is_ours(connection, project_id, kind, value)]


def _is_ours(connection: Connection, project_id: str, kind: str, value: str) -> bool:
    source, column, _ = _STEPS[kind]
    rows = f"SELECT number FROM {source} WHERE {column} = :value LIMIT {_LOOKED_AT}"
    query = text(
        f"SELECT EXISTS (SELECT 1 FROM ({rows}) AS v CROSS JOIN example ON example.number = v.number"
        " WHERE example.project_id = :project AND example.staged = 0),"
        f" EXISTS (SELECT 1 FROM {source} WHERE {column} = :value LIMIT 1 OFFSET {_LOOKED_AT})"
    )
    is_here, has_more = connection.execute(query, {"project": project_id, "value": value}).one()
    return bool(is_here or has_more)


def list_tool_names(connection: Connection, project_id: str) -> list[str]:
    """The tools of the project's catalogue, by name."""
    query = select(tool.c.name).where(tool.c.project_id == project_id, tool.c.archived == 0).order_by(tool.c.name)
    return list(connection.execute(query).scalars())
