"""Deals clusters of groups out to the splits, so that each split has its share of every category and every tool."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from curation.model.states import Split

SHARES: dict[Split, float] = {Split.TRAIN: 0.7, Split.VALIDATION: 0.1, Split.TEST: 0.2}
CATEGORY, TOOL = "category ", "tool "
FEW, ENOUGH = 3, 10
"""Clusters from which on train and test, then all three splits have one of them."""


class Cluster(msgspec.Struct, frozen=True):
    """Groups that hold the same row in its normal form, or rows without a group that are nearly the same.

    They go the same way. A group that was drawn stays where it is: what turns out later to be nearly the same as a row
    of another split is a finding, not a move.
    """

    groups: tuple[str, ...]
    n_rows: int
    counts: tuple[tuple[str, int], ...] = ()
    """How many of its rows are of a category, or call a tool; by `category` or `tool`, a blank and the name."""

    @property
    def key(self) -> str:
        return self.groups[0]

    @property
    def weights(self) -> dict[str, int]:
        """What the cluster counts for: everything, its categories, its tools."""
        return {"": self.n_rows, **dict(self.counts)}


def draw_by_hash(salt: str, key: str) -> Split:
    """The split of a cluster that comes when others have been drawn."""
    fraction, edge = _fraction(salt, key), 0.0
    for split, share in SHARES.items():
        edge += share
        if fraction < edge:
            return split
    return Split.TEST


def _fraction(salt: str, key: str) -> float:
    """A number in [0, 1) that only the salt and the name decide."""
    return int.from_bytes(hashlib.sha256(f"{salt}\n{key}".encode()).digest()[:8], "big") / 2**64


def deal(clusters: Sequence[Cluster], salt: str) -> dict[str, Split]:
    """Deal everything out: what is rarest first, each cluster to the split that lacks most of what it holds.

    The order inside is that of the hash, so that nothing but the salt and the names decides. A category that three
    clusters share comes into every split; a tool of three into train and test, of ten into every split: to ask for more
    would leave train too little where many tools are rare.
    """
    waiting = sorted(clusters, key=lambda one: (_fraction(salt, one.key), one.key))
    of_label: defaultdict[str, list[Cluster]] = defaultdict(list)
    for one in waiting:
        for label in one.weights:
            of_label[label].append(one)
    table = _Table(waiting)
    for label in sorted(of_label, key=lambda one: (len(of_label[one]), one)):
        wanted = _wanted(label, len(of_label[label]))
        open_ones = [one for one in of_label[label] if one.key not in table.dealt]
        for left, one in zip(range(len(open_ones), 0, -1), open_ones, strict=True):
            table.put(one, label, left, wanted)
    return table.dealt


def _wanted(label: str, n: int) -> tuple[Split, ...]:
    """The splits that must not go without."""
    if n < FEW or not label:
        return ()
    return (Split.TRAIN, Split.TEST) if label.startswith(TOOL) and n < ENOUGH else tuple(SHARES)


class _Table:
    """What each split lacks of everything, and what has been dealt."""

    def __init__(self, clusters: Sequence[Cluster]) -> None:
        totals: Counter[str] = Counter()
        for one in clusters:
            totals.update(one.weights)
        self.dealt: dict[str, Split] = {}
        self._due = {split: {label: share * n for label, n in totals.items()} for split, share in SHARES.items()}
        self._lacking = {split: dict(due) for split, due in self._due.items()}
        self._has: set[tuple[Split, str]] = set()

    def put(self, one: Cluster, label: str, left: int, wanted: Sequence[Split]) -> None:
        """Deal a cluster out when `left` clusters of a label are still to come."""
        weights = one.weights
        empty = [split for split in wanted if (split, label) not in self._has]
        open_to = empty if empty and left <= len(empty) else list(SHARES)
        split = max(open_to, key=lambda split: self._need(split, weights))
        for name, n in weights.items():
            self._lacking[split][name] -= n
            self._has.add((split, name))
        self.dealt[one.key] = split

    def _need(self, split: Split, weights: Mapping[str, int]) -> float:
        """How much of its due a split lacks of everything the cluster holds."""
        lacking, due = self._lacking[split], self._due[split]
        return sum(lacking[name] / due[name] for name in weights)
