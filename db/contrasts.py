"""Examples that offer two tools and call only one of them."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from db.impacts import SETTLED
from db.tables import example, example_tool


def count_contrasts(connection: Connection, project_id: str, called: str, beside: str, limit: int) -> int:
    """How many open examples call one tool while the other is offered and not called; counted up to `limit`."""
    chosen, other = example_tool.alias(), example_tool.alias()
    query = (
        select(chosen.c.number)
        .join(other, other.c.number == chosen.c.number)
        .join(example, example.c.number == chosen.c.number)
        .where(chosen.c.name == called, chosen.c.called > 0, other.c.name == beside, other.c.called == 0)
        .where(example.c.project_id == project_id, example.c.staged == 0, example.c.state.not_in(SETTLED))
        .distinct()
        .limit(limit)
    )
    return connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
