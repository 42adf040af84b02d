"""The health of a project's examples: balance, coverage, duplicates, leakage, length, and what gives calls away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from curation.model.states import ExampleState
from curation.services import token_counting
from curation.services.health_faults import find_faults
from curation.services.health_figures import (
    Cell,
    Combination,
    Health,
    Lengths,
    Places,
    RuleCount,
    ToolUse,
    Twins,
)
from curation.services.health_near import measure_near
from curation.services.health_sums import read_sums
from curation.services.health_told import FEW_ROWS, LIVING, find_told, tell_changed
from curation.services.pacing import FOLLOW_S, IsStopped, repeated
from curation.services.projects import need_project
from curation.services.trait_tallying import renew_edition, tally_waiting
from curation.services.workspace import Workspace
from db import traits

__all__ = [
    "Cell",
    "Combination",
    "Health",
    "Lengths",
    "Places",
    "RuleCount",
    "ToolUse",
    "Twins",
    "measure_health",
    "measuring",
    "stamp_counting",
]

FEW_WAITING = 400
"""So many examples are counted while somebody waits for the page."""
MOST_WAITING = 10_000
COUNTED = "counted"


def measure_health(ws: Workspace, project_id: str, *, states: Sequence[ExampleState | str] = ()) -> Health:
    """Measure the examples in these states; without any: all but rejected and archived ones."""
    wanted = tuple(ExampleState(state) for state in states) or LIVING
    with ws.reading() as connection:
        project = need_project(connection, project_id)
        n_waiting = traits.count_todo(connection, project.id, MOST_WAITING)
    if 0 < n_waiting <= FEW_WAITING and tally_waiting(ws, FEW_WAITING):
        with ws.reading() as connection:
            n_waiting = traits.count_todo(connection, project.id, MOST_WAITING)
    with ws.reading() as connection:
        sums = read_sums(connection, project.id, wanted)
    told, told_at = find_told(ws, project.id, wanted, sums.n_rows + n_waiting)
    if sums.n_rows <= FEW_ROWS:
        # Families are joined without any example being counted anew; of few rows they are looked up each time.
        with ws.reading() as connection:
            told = msgspec.structs.replace(told, near=measure_near(connection, project.id, wanted))
    measured = Health(**msgspec.structs.asdict(sums), told=told, n_waiting=n_waiting, told_at=told_at)
    return msgspec.structs.replace(measured, findings=find_faults(measured, project.working_target))


def stamp_counting(ws: Workspace, project_id: str) -> str:
    """One word while examples wait to be counted, and another once none does."""
    with ws.reading() as connection:
        project = need_project(connection, project_id)
        return "behind" if traits.count_todo(connection, project.id, 1) else COUNTED


@contextmanager
def measuring(ws: Workspace, *, poll_s: float = FOLLOW_S) -> Iterator[None]:
    """Keep what Health reads behind every change, in a thread, while a block runs."""

    def follow(is_stopped: IsStopped) -> None:
        renew_edition(ws)
        tally_waiting(ws, is_stopped=is_stopped)
        token_counting.count_waiting(ws, is_stopped=is_stopped)
        tell_changed(ws, is_stopped)

    with repeated("health", follow, poll_s=poll_s):
        yield
