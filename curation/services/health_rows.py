"""What only reading rows tells about the whole: spread, balance, shortcuts, benchmarks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from curation.model.finding import Finding
from curation.model.states import ExampleState
from curation.rules.balance import BalanceCount
from curation.rules.digest import digest
from curation.rules.overlap import find_overlaps, judge_overlap
from curation.rules.spread import SpreadCount
from curation.services.judging import read_body
from db import health


def find_in_rows(
    connection: Connection, project_id: str, states: Sequence[ExampleState], limit: int
) -> tuple[tuple[Finding, ...], int]:
    """What the newest rows show, and how many were read."""
    counters, sketches = (BalanceCount(), SpreadCount()), []
    for number, body in enumerate(health.walk_newest(connection, project_id, states, limit)):
        example = read_body(body).example
        for counter in counters:
            counter.add(str(number), example)
        sketches.append((str(number), digest(str(number), example, "").sketch))
    counted = [finding for counter in counters for finding, _ in counter.finish()]
    repeated = [finding for finding, _ in judge_overlap(find_overlaps(sketches))]
    return (*counted, *repeated), len(sketches)
