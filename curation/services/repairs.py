"""The repair queue: examples that a change of a tool broke, until they are clean again."""

from __future__ import annotations

from sqlalchemy import Connection

from curation.services.workspace import Workspace
from db import catalogue, repairs
from db.derived import Derived
from db.repairs import OpenRepair

__all__ = ["OpenRepair", "close_mended", "count_repairs", "open_repairs"]


def open_repairs(
    ws: Workspace, project_id: str, *, after: int | None = None, limit: int = 50
) -> tuple[OpenRepair, ...]:
    """What waits for repair, newest example first, below number `after`; `limit` counts examples."""
    with ws.reading() as connection:
        return tuple(repairs.list_open(connection, project_id, after=after, limit=limit))


def count_repairs(ws: Workspace, project_id: str) -> int:
    """How many examples wait for repair."""
    with ws.reading() as connection:
        return repairs.count_open(connection, project_id)


def close_mended(connection: Connection, example_id: str, derived: Derived, at: str) -> None:
    """Close the repairs of an example that has no errors any more and offers the tools as they are now."""
    waiting = [] if derived.n_error else repairs.list_repairs_of(connection, example_id)
    offered = {offer.definition.view.name: offer.definition.text for offer in derived.offered}
    mended = []
    for one in waiting:
        record = catalogue.find_tool(connection, one.tool_id)
        if record is None or record.archived or offered.get(record.name) in (None, record.tool.definition.text):
            mended.append(one.tool_id)
    if mended:
        repairs.close_repairs(connection, example_id, mended, at)
