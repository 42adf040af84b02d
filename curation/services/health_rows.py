"""What only reading rows tells about the whole: spread, balance, shortcuts, benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from curation.model.finding import Finding
from curation.model.states import ExampleState
from curation.rules.balance import BalanceCount
from curation.rules.digest import digest
from curation.rules.overlap import Overlaps
from curation.rules.spread import SpreadCount
from curation.services.judging import read_body
from db import health


def find_in_rows(
    connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int
) -> tuple[tuple[Finding, ...], int]:
    """What the newest rows show, and how many were read."""
    counters, ids, shapes = (BalanceCount(), SpreadCount()), [], []
    for number, body in enumerate(health.walk_newest(connection, project_id, states, limit)):
        example = read_body(body).example
        for counter in counters:
            counter.add(str(number), example)
        ids.append(str(number))
        shapes.append(digest(str(number), example, "").shape)
    from curation.rules.sketching import sketch_all

    overlaps = Overlaps()
    overlaps.add(ids, sketch_all(shapes))
    found = [*(pair for counter in counters for pair in counter.finish()), *overlaps.finish()]
    return tuple(finding for finding, _ in found), len(ids)
