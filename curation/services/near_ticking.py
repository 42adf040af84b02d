"""What came of comparing some examples, written a small slice at a time, and what follows for those they were like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from curation.duplicates.marking import Marks, keys_of
from curation.services.near_joining import Row
from db import near_index
from db.near_index import Kept

REDONE = 200
"""Of a family whose member changed, so many are compared again; a larger one stays together without it."""


class Outcome(NamedTuple):
    """What came of comparing some examples of a project."""

    project_id: str
    known: Mapping[int, Kept]
    """What was kept of these before."""
    labels: Mapping[int, int]
    """Number → the family it comes into."""
    conflicts: Mapping[int, Sequence[bytes]]
    """Number → the requests on which another calls differently."""
    run: int
    """Where the new keys are."""

    def tick_off(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Keep what was found out about those that are still as they were read; the others go on waiting."""
        heads = near_index.read_heads(connection, [row.number for row in rows])
        still = [row for row in rows if heads.get(row.number) == row.head_hash]
        numbers = [row.number for row in still]
        _leave(connection, [self.known[row.number] for row in still if self._is_changed(row)])
        near_index.put_kept(connection, [self._keep(row) for row in still])
        near_index.drop_conflicts(connection, numbers)
        self.note_conflicts(connection, numbers)
        near_index.drop_todo(connection, numbers)

    def label(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Put examples that were compared before into the families that came about."""
        for number in numbers:
            near_index.set_family(connection, [number], self.labels[number])

    def note_conflicts(self, connection: Connection, numbers: Sequence[int]) -> None:
        """Write down on which requests others call differently."""
        near_index.add_conflicts(
            connection, self.project_id, [(seen, one) for one in numbers for seen in self.conflicts.get(one, ())]
        )

    def _is_changed(self, row: Row) -> bool:
        return row.number in self.known and not has_keys(self.known[row.number], row)

    def _keep(self, row: Row) -> Kept:
        known = self.known.get(row.number)
        run = known.run if known is not None and has_keys(known, row) else self.run
        family = self.labels.get(row.number)
        return Kept(row.number, self.project_id, row.head_hash, run, *row.marks, family)


def has_keys(known: Kept | None, row: Row) -> bool:
    """Whether an example is found under the keys it has now."""
    return known is not None and (known.asked, known.whole, known.choices) == row.marks


def let_go(connection: Connection, numbers: Sequence[int], known: Mapping[int, Kept]) -> None:
    """Forget examples that are gone; one that came back meanwhile goes on waiting."""
    back = near_index.read_heads(connection, numbers)
    gone = [number for number in numbers if number not in back]
    _leave(connection, [known[number] for number in gone if number in known])
    near_index.drop_conflicts(connection, gone)
    near_index.forget(connection, gone)
    near_index.drop_todo(connection, gone)


def _leave(connection: Connection, leaving: Sequence[Kept]) -> None:
    """Take the keys of some examples away; those that hung together by them are compared again."""
    if not leaving:
        return
    numbers = {one.number for one in leaving}
    for one in leaving:
        keys = keys_of(Marks(one.asked, one.whole, one.choices), one.project_id)
        near_index.leave_run(connection, one.run, one.number, keys)
    for family in {one.family for one in leaving if one.family is not None}:
        members = near_index.list_family(connection, family, REDONE + 1)
        if len(members) <= REDONE:
            near_index.set_family(connection, members, None)
            near_index.add_todo(connection, [one for one in members if one not in numbers])
    opponents = near_index.list_opponents(connection, sorted(numbers), REDONE)
    near_index.drop_conflicts(connection, opponents)
    near_index.add_todo(connection, opponents)
