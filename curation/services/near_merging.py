"""Puts runs of keys together: a question is one step into each run for each key, so there must not be many.

Four runs of about one size become one, so their number grows with the logarithm of the examples only. It is written in
the order of the keys, like every run, in short transactions; what it was made from goes when it is complete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from curation.services.workspace import Workspace
from db import near_index

FAN = 4
"""So many runs of one size become one."""
SMALLEST = 1_000
ENTRIES = 2_000
"""About so many keys are written under one hold of the write lock."""
KEYS_EACH = 64
"""About so many an example has."""
_FIRST, _END = -(1 << 31), 1 << 31


def merge_runs(ws: Workspace, breathe: Callable[[], None]) -> None:
    """Put together what there is too much of; only while nobody else compares. Between transactions it breathes."""
    while sizes := _choose(ws):
        _merge(ws, sizes, breathe)
        drop_leftovers(ws, breathe)


def drop_leftovers(ws: Workspace, breathe: Callable[[], None]) -> None:
    """Take away keys that a kill or a merge has left."""
    with ws.reading() as connection:
        run = near_index.find_leftover(connection)
    while run is not None:
        breathe()
        with ws.unit() as unit:
            is_more = near_index.drop_keys(unit.connection, run, ENTRIES)
            unit.commit()
        if not is_more:
            with ws.reading() as connection:
                run = near_index.find_leftover(connection)


def _choose(ws: Workspace) -> dict[int, int]:
    """Runs of one size, if there are enough of them."""
    with ws.reading() as connection:
        stored = near_index.list_stored(connection)
    by_size: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for run, n_rows in stored.items():
        by_size[_size_of(n_rows)][run] = n_rows
    return next((runs for _, runs in sorted(by_size.items()) if len(runs) >= FAN), {})


def _size_of(n_rows: int) -> int:
    size = 0
    while n_rows > SMALLEST:
        n_rows //= FAN
        size += 1
    return size


def _merge(ws: Workspace, sizes: dict[int, int], breathe: Callable[[], None]) -> None:
    runs = list(sizes)
    with ws.reading() as connection:
        new = near_index.next_run(connection)
    # Keys are spread evenly, so equal stretches of them hold about as many.
    step = max(1, (_END - _FIRST) * ENTRIES // max(1, sum(sizes.values()) * KEYS_EACH))
    for first in range(_FIRST, _END, step):
        breathe()
        with ws.unit() as unit:
            near_index.copy_keys(unit.connection, runs, new, first, min(first + step, _END))
            unit.commit()
    with ws.unit() as unit:
        near_index.move_runs(unit.connection, runs, new)
        unit.commit()
