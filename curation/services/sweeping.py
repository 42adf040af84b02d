"""Takes away what a killed import or synthesis, or an undo cut short, left behind."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from curation.processes import is_alive, parse_identity
from db import batches, coming
from db.unit_of_work import UnitOfWork

CHUNK = 500
SLICE = 50
"""Rows taken away before the clock is looked at again: with each goes all that followed from it."""
LOCK_S = 0.03
"""After so long no further slice is begun under one hold of the write lock; writing it all to the disk comes on top."""


def sweep_abandoned(open_unit: Callable[[], UnitOfWork]) -> int:
    """Remove the hidden rows of batches nobody works on any more; says how many batches."""
    with open_unit() as unit:
        dead = [batch_id for batch_id, owner in batches.list_staged(unit.connection) if not is_worked_on(owner)]
        for batch_id in dead:
            batches.drop_staged(unit.connection, batch_id)
        undone = batches.list_undone(unit.connection)
        given_up = coming.list_given_up(unit.connection)
        unit.commit()
    for batch_id in undone:
        remove_hidden(open_unit, batch_id)
    for batch_id in given_up:
        remove_given_up(open_unit, batch_id)
    return len(undone)


def is_worked_on(owner: str) -> bool:
    """Whether the process that fills a batch is still there."""
    identity = parse_identity(owner)
    return identity is not None and is_alive(identity)


def remove_hidden(open_unit: Callable[[], UnitOfWork], batch_id: str) -> None:
    """Take a batch's hidden rows away in short transactions."""
    removed = SLICE
    while removed == SLICE:
        with open_unit() as unit:
            until = monotonic() + LOCK_S
            while removed == SLICE and monotonic() < until:
                removed = batches.remove_hidden(unit.connection, batch_id, SLICE)
            unit.commit()


def remove_given_up(open_unit: Callable[[], UnitOfWork], batch_id: str) -> None:
    """Take away what was made ready for an act that never came about, in short transactions."""
    removed = CHUNK
    while removed == CHUNK:
        with open_unit() as unit:
            removed = coming.remove_given_up(unit.connection, batch_id, CHUNK)
            unit.commit()
