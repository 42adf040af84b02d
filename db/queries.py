"""What counters and choices read: never a body, and never a walk over all examples."""

# ruff: noqa: S608

from __future__ import annotations

from sqlalchemy import Connection, func, select, text

from curation.model.states import ExampleState
from db.tables import counter, repair, second_look, tool

__all__ = ["count_repairs", "count_second_looks", "count_states", "list_tool_names", "list_values"]

_STEPS = {
    "author": ("example INDEXED BY example_by_author", "author", "project_id = :project"),
    "origin": ("example INDEXED BY example_by_origin", "origin", "project_id = :project"),
    "rule": ("finding INDEXED BY finding_by_rule", "rule", "1"),
    "tag": ("example_tag INDEXED BY example_tag_by_tag", "tag", "1"),
}
"""What is filtered by → its table with the index that steps from value to value."""


def count_states(connection: Connection, project_id: str) -> dict[str, int]:
    """State → how many, kept by triggers."""
    query = select(counter.c.key, counter.c.n).where(counter.c.project_id == project_id, counter.c.name == "state")
    counted = {row.key: row.n for row in connection.execute(query)}
    return {state.value: counted.get(state.value, 0) for state in ExampleState}


def count_repairs(connection: Connection, project_id: str) -> int:
    """Examples that a change of a tool broke and nobody has mended yet."""
    query = select(func.count(repair.c.example_id.distinct()))
    return connection.execute(query.where(repair.c.project_id == project_id, repair.c.done_at.is_(None))).scalar_one()


def count_second_looks(connection: Connection, project_id: str, state: str) -> int:
    """Examples of the blind second review in one state."""
    query = select(func.count()).select_from(second_look)
    return connection.execute(
        query.where(second_look.c.project_id == project_id, second_look.c.state == state)
    ).scalar_one()


def list_values(connection: Connection, project_id: str, kind: str, limit: int) -> list[str]:
    """The values there are of one kind, in order: one step along the index a value, however many rows have it."""
    source, column, ours = _STEPS[kind]
    query = text(
        f"WITH RECURSIVE step (value) AS (SELECT min({column}) FROM {source} WHERE {ours} UNION ALL"
        f" SELECT (SELECT min({column}) FROM {source} WHERE {ours} AND {column} > step.value) FROM step"
        " WHERE step.value IS NOT NULL LIMIT :limit) SELECT value FROM step WHERE value IS NOT NULL"
    )
    return [str(row[0]) for row in connection.execute(query, {"project": project_id, "limit": limit + 1})]


def list_tool_names(connection: Connection, project_id: str) -> list[str]:
    """The tools of the project's catalogue, by name."""
    query = select(tool.c.name).where(tool.c.project_id == project_id, tool.c.archived == 0).order_by(tool.c.name)
    return list(connection.execute(query).scalars())
