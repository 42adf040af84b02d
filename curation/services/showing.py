"""Rows of a complete batch appear a few at a time, so that nobody who writes waits; a kill in between costs nothing.

That they appear was decided with the act that answers for the batch: what one process had not shown, another shows.
"""

from __future__ import annotations

from time import monotonic

from curation.processes import own_identity
from curation.services.sweeping import is_worked_on
from curation.services.workspace import Workspace
from db import arrivals
from db.arrivals import SHOWING
from db.batches import find_batch

SLICE = 100
"""Rows shown before the clock is looked at again."""
LOCK_S = 0.03
"""After so long no further slice is begun under one hold of the write lock; writing it all to the disk comes on top."""


def show(ws: Workspace, batch_id: str) -> None:
    """Let all rows of a batch appear, or those that have not yet; one that is all there stays as it is."""
    after = 0
    while True:
        with ws.unit() as unit:
            record = find_batch(unit.connection, batch_id)
            if record is None or record.state != SHOWING:
                return
            began = monotonic()
            while monotonic() - began < LOCK_S:
                last = arrivals.show_some(unit.connection, batch_id, after, SLICE)
                if not last:
                    arrivals.complete_shown(unit.connection, batch_id)
                    unit.commit()
                    return
                after = last
            unit.commit()


def finish_showing(ws: Workspace) -> int:
    """Show the rest of what a process that is gone, or an act of this one that failed, left; says of how many."""
    with ws.reading() as connection:
        left = [one.id for one in arrivals.list_showing(connection) if not _is_elsewhere(one.owner)]
    for batch_id in left:
        show(ws, batch_id)
    return len(left)


def _is_elsewhere(owner: str) -> bool:
    return owner != str(own_identity()) and is_worked_on(owner)
