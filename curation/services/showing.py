"""Rows of a complete batch appear a few at a time, so that nobody who writes waits; a kill in between costs nothing.

That they appear was decided with the act that answers for the batch: what one process had not shown, another shows.
Rows that are taken back are hidden in the same way before the act that says so; without it they show again.
"""

from __future__ import annotations

from time import monotonic

from curation.errors import StateError
from curation.processes import own_identity
from curation.services.sweeping import is_worked_on
from curation.services.workspace import Workspace
from db import arrivals
from db.arrivals import COMPLETE, HIDING, SHOWING
from db.batches import find_batch, hide_untouched

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


def hide(ws: Workspace, batch_id: str) -> int:
    """Hide what nobody has worked on of a batch that is being taken back; says how many rows."""
    after = n_hidden = 0
    while True:
        with ws.unit() as unit:
            record = find_batch(unit.connection, batch_id)
            if record is None or (record.state, record.owner) != (HIDING, str(own_identity())):
                raise StateError("Nothing was taken back: another Callwright took this one for dead.")
            began = monotonic()
            while monotonic() - began < LOCK_S:
                last, n = hide_untouched(unit.connection, batch_id, after, SLICE)
                if not last:
                    unit.commit()
                    return n_hidden
                after, n_hidden = last, n_hidden + n
            unit.commit()


def begin_hiding(ws: Workspace, batch_id: str) -> bool:
    """Begin to take a batch back; False where it is not all there, or taken back already."""
    with ws.unit() as unit:
        is_ours = arrivals.move(unit.connection, batch_id, COMPLETE, HIDING, str(own_identity()))
        unit.commit()
    return is_ours


def show_again(ws: Workspace, batch_id: str) -> None:
    """Let rows appear again that were being hidden."""
    with ws.unit() as unit:
        arrivals.move(unit.connection, batch_id, HIDING, SHOWING, str(own_identity()))
        unit.commit()
    show(ws, batch_id)


def finish_showing(ws: Workspace) -> int:
    """Show the rest of what a process that is gone, or an act of this one that failed, left; says of how many."""
    with ws.reading() as connection:
        between = arrivals.list_between(connection)
    left = [one for one in between if not is_worked_on(one.owner) or (_is_own(one.owner) and one.state == SHOWING)]
    for one in left:
        show_again(ws, one.id)
    return len(left)


def _is_own(owner: str) -> bool:
    return owner == str(own_identity())
