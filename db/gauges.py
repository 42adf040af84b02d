"""Sums over the decisions of a project, for the no-tool gauge."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from db.tables import example


def sum_decisions(connection: Connection, project_id: str) -> tuple[int, int, int]:
    """(decisions, those that call nothing, rows with such a one), without rejected and archived examples."""
    kept = (example.c.project_id == project_id, ~example.c.state.in_(("rejected", "archived")))
    total = func.coalesce(func.sum(example.c.n_decisions), 0)
    abstaining = func.coalesce(func.sum(example.c.n_no_tool), 0)
    row = connection.execute(select(total, abstaining).where(*kept)).one()
    rows = connection.execute(select(func.count()).select_from(example).where(*kept, example.c.n_no_tool > 0))
    return int(row[0]), int(row[1]), rows.scalar_one()
