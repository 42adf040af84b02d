"""How many decisions call nothing; turns of weight 0, which nothing learns from, decide nothing."""

from __future__ import annotations

import msgspec

from curation.rules.figures import NO_TOOL_BAND
from curation.services.workspace import Workspace
from db import gauges


class NoToolGauge(msgspec.Struct, frozen=True):
    """Counts of decisions, and of the rows that hold one without a call."""

    n_decisions: int
    n_no_tool: int
    n_rows: int
    band: tuple[float, float] = NO_TOOL_BAND
    """The share that is wanted."""


def gauge_no_tool(ws: Workspace, project_id: str) -> NoToolGauge:
    """Counted over everything that is not rejected or archived."""
    with ws.reading() as connection:
        return NoToolGauge(*gauges.sum_decisions(connection, project_id))
