"""Compares what came or changed with everything else, a little behind: nobody who writes or imports waits for it.

Triggers note which examples are to be compared. A pass takes some of them, works out keys and families without any
lock, writes the keys as a run of its own in their order, and then ticks the examples off slice by slice. A kill costs
nothing: what was not ticked off is compared again, and keys of a run that was not completed are taken away by the next
pass.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from time import sleep

from sqlalchemy import Connection

from curation.duplicates.marking import mark
from curation.errors import UnreadableError
from curation.finetune.process import try_lock
from curation.model.example import Example
from curation.services.judging import read_body
from curation.services.near_joining import Comparison, Family, Numbers, Row
from curation.services.near_merging import drop_leftovers, merge_runs
from curation.services.near_ticking import Outcome, has_keys, let_go
from curation.services.pacing import FOLLOW_S, IsStopped, Pace, StoppedError, repeated
from curation.services.workspace import Workspace
from db import near_index
from db.near_index import Kept

__all__ = ["StoppedError", "catch_up", "compare_waiting", "count_waiting", "following"]

LOCK_FILE = "near.lock"
PASS_ROWS = 25_000
"""So many examples are compared together, and their keys become one run."""
READ_ROWS = 250
KEYS_AT_ONCE = 20_000
ENTRIES = 1_000
SLICE = 50
"""Keys written and examples ticked off before the clock is looked at again."""
POLL_S = 0.05


def compare_waiting(ws: Workspace, most: int = PASS_ROWS, *, is_stopped: IsStopped = lambda: False) -> int:
    """Compare some of the examples that wait; says how many. 0 while another process does."""
    lock = try_lock(ws.home / LOCK_FILE)
    if lock is None:
        return 0
    try:
        one = _Pass(ws, is_stopped)
        n_compared = one.run(most)
        if n_compared:
            merge_runs(ws, one.pace.breathe)
        return n_compared
    finally:
        os.close(lock)


@contextmanager
def following(ws: Workspace, *, poll_s: float = FOLLOW_S) -> Iterator[None]:
    """Compare what waits, in a thread, while a block runs."""

    def compare(is_stopped: IsStopped) -> None:
        compare_waiting(ws, is_stopped=is_stopped)

    with repeated("near-duplicates", compare, poll_s=poll_s):
        yield


def catch_up(ws: Workspace) -> None:
    """Compare everything that waits, for who needs to know it now."""
    while count_waiting(ws):
        if not compare_waiting(ws):
            sleep(POLL_S)


def count_waiting(ws: Workspace) -> int:
    """How many examples are still to be compared, in all projects."""
    with ws.reading() as connection:
        return near_index.count_todo(connection)


class _Pass:
    """One pass over some of the examples that wait; only one process is at it."""

    def __init__(self, ws: Workspace, is_stopped: IsStopped) -> None:
        self._ws = ws
        self.pace = Pace(ws, is_stopped)

    def run(self, most: int) -> int:
        with self._ws.reading() as connection:
            numbers = near_index.list_todo(connection, most)
            known = near_index.read_kept(connection, numbers)
        if not numbers:
            return 0
        drop_leftovers(self._ws, self.pace.breathe)
        rows: defaultdict[str, list[Row]] = defaultdict(list)
        for project_id, row in self._read_rows(numbers):
            rows[project_id].append(row)
        for project_id, ours in rows.items():
            self._compare(project_id, ours, known)
        living = {row.number for ours in rows.values() for row in ours}
        gone = [number for number in numbers if number not in living]
        self.pace.in_slices(gone, SLICE, lambda connection, some: let_go(connection, some, known))
        return len(numbers)

    def _read_rows(self, numbers: Sequence[int]) -> Iterator[tuple[str, Row]]:
        for start in range(0, len(numbers), READ_ROWS):
            self.pace.breathe()
            with self._ws.reading() as connection:
                waiting = near_index.read_waiting(connection, numbers[start : start + READ_ROWS])
            marks = mark([_read(one.body) for one in waiting])
            for one, marked in zip(waiting, marks, strict=True):
                yield one.project_id, Row(one.number, one.head_hash, marked)

    def _compare(self, project_id: str, rows: Sequence[Row], known: Mapping[int, Kept]) -> None:
        comparison = Comparison(project_id, rows)
        with self._ws.reading() as connection:
            met = _meet(connection, comparison.keys)
            others = {number for _, number in met} - known.keys()
            kept = {**known, **near_index.read_kept(connection, others)}
        labels = self._label(comparison.find_families(met, kept))
        conflicts: defaultdict[int, list[bytes]] = defaultdict(list)
        for seen, number in comparison.find_conflicts(kept):
            conflicts[number].append(seen)
        new = [place for place, row in enumerate(rows) if not has_keys(known.get(row.number), row)]
        run = self._write_run(comparison.entries(new), len(new)) if new else 0
        outcome = Outcome(project_id, known, labels, conflicts, run)
        self.pace.in_slices(rows, SLICE, outcome.tick_off)
        own = {row.number for row in rows}
        self.pace.in_slices([number for number in labels if number not in own], SLICE, outcome.label)
        self.pace.in_slices([number for number in conflicts if number not in own], SLICE, outcome.note_conflicts)

    def _label(self, families: Sequence[Family]) -> dict[int, int]:
        """Number → the family it comes into."""
        with self._ws.reading() as connection:
            fresh = count(near_index.newest_family(connection) + 1)
        labels: dict[int, int] = {}
        for family in families:
            label = self._merge(family.before) if family.before else next(fresh)
            labels |= dict.fromkeys(family.numbers, label)
        return labels

    def _merge(self, families: Sequence[int]) -> int:
        """Of several families that turn out to be one, the largest keeps its number."""
        if len(families) == 1:
            return families[0]
        with self._ws.unit() as unit:
            counted = near_index.count_in_families(unit.connection, families)
            label = max(families, key=lambda one: (counted.get(one, 0), -one))
            for one in families:
                if one != label:
                    near_index.merge_family(unit.connection, one, label)
            unit.commit()
        return label

    def _write_run(self, entries: Numbers, n_rows: int) -> int:
        """Put keys where they are found; a run shows when it is complete."""
        with self._ws.reading() as connection:
            run = near_index.find_small_run(connection, n_rows) or near_index.next_run(connection)
        slices = range(0, len(entries), ENTRIES)

        def add(connection: Connection, starts: Sequence[int]) -> None:
            for start in starts:
                some = entries[start : start + ENTRIES]
                near_index.add_entries(connection, run, some[:, 0].tolist(), some[:, 1].tolist())

        self.pace.in_slices(slices, 1, add)
        with self._ws.unit() as unit:
            near_index.open_run(unit.connection, run, n_rows)
            unit.commit()
        return run


def _meet(connection: Connection, keys: Sequence[int]) -> list[tuple[int, int]]:
    starts = range(0, len(keys), KEYS_AT_ONCE)
    return [one for at in starts for one in near_index.find_meeting(connection, keys[at : at + KEYS_AT_ONCE])]


def _read(body: bytes) -> Example:
    """An example; one whose body was erased, or cannot be read any more, is like nothing."""
    try:
        return read_body(body).example
    except UnreadableError:
        return Example(messages=())
