"""Counts what an export wrote, lost and refused."""

from __future__ import annotations

from collections import Counter

import msgspec

from curation.formats import Written
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
    """The running count of one export."""

    def __init__(self) -> None:
        self.rows: dict[str, int] = {split.value: 0 for split in Split}
        self.examples = 0
        self.unreviewed = 0
        self.refused: list[Refusal] = []
        self._losses: dict[str, LossCount] = {}
        self._kept: Counter[tuple[str, str]] = Counter()

    def add(self, item: ItemRecord, written: Written) -> None:
        """Count one example as it was written."""
        if written.refused is not None:
            self.refused.append(Refusal(item.example_id, item.split.value, written.refused))
            return
        self.examples += 1
        self.unreviewed += not item.reviewed
        self.rows[item.split] = self.rows.get(item.split, 0) + len(written.rows)
        if b'"waivers"' in item.body:
            waivers = msgspec.json.decode(item.body, type=_Waived).waivers
            self._kept.update((one.rule, one.reason) for one in waivers)
        if not written.losses:
            return
        for what in dict.fromkeys(loss.what for loss in written.losses):
            places = [loss.at for loss in written.losses if loss.what == what]
            self._count(what, item.example_id, places)

    def _count(self, what: str, example_id: str, places: list[str]) -> None:
        before = self._losses.get(what) or LossCount(what, 0, 0, example_id, places[0])
        self._losses[what] = msgspec.structs.replace(
            before, examples=before.examples + 1, places=before.places + len(places)
        )

    @property
    def losses(self) -> tuple[LossCount, ...]:
        """The commonest first."""
        return tuple(sorted(self._losses.values(), key=lambda one: (-one.examples, one.what)))

    @property
    def kept(self) -> tuple[Kept, ...]:
        """What was kept anyway in the examples written, by rule and reason."""
        return tuple(Kept(rule, reason, count) for (rule, reason), count in sorted(self._kept.items()))
