"""Lets search find what came in batches, a little behind them: nobody who imports waits for the full-text index.

Triggers note which texts wait. A pass adds them slice by slice and ticks each slice off in the same transaction, so a
kill costs nothing, and two passes at once add nothing twice. What somebody writes is found at once.
"""

from __future__ import annotations

from curation.services.pacing import IsStopped, Pace, StoppedError
from curation.services.workspace import Workspace
from db import search

PASS_ROWS = 2_000
SLICE = 50
"""Texts added before the clock is looked at again."""
MOST_COUNTED = 2_000


def index_waiting(ws: Workspace, *, is_stopped: IsStopped = lambda: False) -> int:
    """Let search find everything that shows and waits; says how many, and stops early when told to."""
    pace, n_indexed = Pace(ws, is_stopped), 0
    try:
        while numbers := _list_todo(ws):
            pace.in_slices(numbers, SLICE, search.add_texts)
            n_indexed += len(numbers)
    except StoppedError:
        pass
    return n_indexed


def _list_todo(ws: Workspace) -> list[int]:
    with ws.reading() as connection:
        return search.list_todo(connection, PASS_ROWS)


def count_unindexed(ws: Workspace, project_id: str) -> int:
    """How many examples of a project search does not find yet, up to MOST_COUNTED."""
    with ws.reading() as connection:
        return search.count_todo(connection, project_id, MOST_COUNTED)
