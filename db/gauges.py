"""Sums over the decisions of a project, for the no-tool gauge."""

from __future__ import annotations

from sqlalchemy import Connection, case, func, select

from curation.model.states import GONE, ExampleState
from db.tables import example


def sum_decisions(connection: Connection, project_id: str) -> tuple[int, int, int]:
    """(decisions, those that call nothing, rows with such a one), without rejected and archived examples."""
    total = func.coalesce(func.sum(example.c.n_decisions), 0)
    abstaining = func.coalesce(func.sum(example.c.n_no_tool), 0)
    rows = func.count(case((example.c.n_no_tool > 0, 1)))
    in_work = example.c.state.in_([state.value for state in ExampleState if state not in GONE])
    kept = (example.c.project_id == project_id, example.c.staged == 0, in_work)
    row = connection.execute(select(total, abstaining, rows).where(*kept)).one()
    return int(row[0]), int(row[1]), int(row[2])
