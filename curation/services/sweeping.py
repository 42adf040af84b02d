"""Takes away what a killed import or synthesis, or an undo cut short, left behind."""

from __future__ import annotations

import os
from collections.abc import Callable

import psutil

from db import batches
from db.unit_of_work import UnitOfWork

CHUNK = 500


def own_identity() -> str:
    """This process, told apart from a later one with the same id."""
    return f"{os.getpid()}:{psutil.Process().create_time():.2f}"


def is_alive(owner: str) -> bool:
    """Whether the process that wrote this identity still runs."""
    pid, _, started = owner.partition(":")
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" == started
    except (ValueError, psutil.Error):
        return False


def sweep_abandoned(open_unit: Callable[[], UnitOfWork]) -> int:
    """Remove the hidden rows of batches nobody works on any more; says how many batches."""
    with open_unit() as unit:
        dead = [batch_id for batch_id, owner in batches.list_staged(unit.connection) if not is_alive(owner)]
        for batch_id in dead:
            batches.set_batch_state(unit.connection, batch_id, "undone")
            batches.drop_source(unit.connection, batch_id)
        undone = batches.list_undone(unit.connection)
        unit.commit()
    for batch_id in undone:
        remove_hidden(open_unit, batch_id)
    return len(undone)


def remove_hidden(open_unit: Callable[[], UnitOfWork], batch_id: str) -> None:
    """Take a batch's hidden rows away in short transactions."""
    removed = CHUNK
    while removed == CHUNK:
        with open_unit() as unit:
            removed = batches.remove_hidden(unit.connection, batch_id, CHUNK)
            unit.commit()
