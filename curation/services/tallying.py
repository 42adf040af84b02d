"""Counts what an export wrote, lost and refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from curation.formats import Loss, Written
from curation.model.example import Waiver
from curation.model.states import Split
from db.datasets import ItemRecord


class LossCount(msgspec.Struct, frozen=True):
    """One kind of thing a format cannot hold: in how many examples, how often, and where first."""

    what: str
    examples: int
    places: int
    first_example: str
    first_at: str


class LostIn(msgspec.Struct, frozen=True):
    """What is lost or changed in one example, with the first place of it."""

    example_id: str
    split: str
    at: str
    places: int


class Refusal(msgspec.Struct, frozen=True):
    """An example a format cannot hold at all."""

    example_id: str
    split: str
    reason: str


class Kept(msgspec.Struct, frozen=True):
    """One rule's findings that people kept for one reason."""

    rule: str
    reason: str
    findings: int


class _Waived(msgspec.Struct):
    """The part of a body that this file reads."""

    waivers: list[Waiver] = []


class Tally:
    """The running count of one export.

    Args:
        most_rows: of each kind of loss or change, the examples of so many are kept by name.
    """

    def __init__(self, most_rows: int = 0) -> None:
        self.rows: dict[str, int] = {split.value: 0 for split in Split}
        self.examples = 0
        self.unreviewed = 0
        self.refused: list[Refusal] = []
        self.lost_in: dict[str, list[LostIn]] = {}
        """What is lost or changed → the first examples it is so in."""
        self._most_rows = most_rows
        self._losses: dict[str, LossCount] = {}
        self._changes: dict[str, LossCount] = {}
        self._kept: Counter[tuple[str, str]] = Counter()

    def add(self, item: ItemRecord, written: Written, changes: Sequence[Loss] = ()) -> None:
        """Count one example as it was written; `changes` are what was done to it because somebody asked."""
        if written.refused is not None:
            self.refused.append(Refusal(item.example_id, item.split.value, written.refused))
            return
        self.count(item, len(written.rows))
        if written.losses:
            self._count_all(self._losses, item, written.losses)
        if changes:
            self._count_all(self._changes, item, changes)

    def count(self, item: ItemRecord, n_rows: int = 1) -> None:
        """Count one example of which nothing is lost."""
        self.examples += 1
        self.unreviewed += not item.reviewed
        self.rows[item.split] = self.rows.get(item.split, 0) + n_rows
        if item.n_waivers or (item.n_waivers is None and b'"waivers"' in item.body):
            waivers = msgspec.json.decode(item.body, type=_Waived).waivers
            self._kept.update((one.rule, one.reason) for one in waivers)

    def _count_all(self, counted: dict[str, LossCount], item: ItemRecord, losses: Sequence[Loss]) -> None:
        for what in dict.fromkeys(loss.what for loss in losses):
            places = [loss.at for loss in losses if loss.what == what]
            before = counted.get(what) or LossCount(what, 0, 0, item.example_id, places[0])
            counted[what] = msgspec.structs.replace(
                before, examples=before.examples + 1, places=before.places + len(places)
            )
            if before.examples < self._most_rows:
                one = LostIn(item.example_id, item.split.value, places[0], len(places))
                self.lost_in.setdefault(what, []).append(one)

    @property
    def losses(self) -> tuple[LossCount, ...]:
        """The commonest first."""
        return _sorted(self._losses)

    @property
    def changes(self) -> tuple[LossCount, ...]:
        """What the options of the export changed, the commonest first."""
        return _sorted(self._changes)

    @property
    def kept(self) -> tuple[Kept, ...]:
        """What was kept anyway in the examples written, by rule and reason."""
        return tuple(Kept(rule, reason, count) for (rule, reason), count in sorted(self._kept.items()))


def _sorted(counted: dict[str, LossCount]) -> tuple[LossCount, ...]:
    return tuple(sorted(counted.values(), key=lambda one: (-one.examples, one.what)))
