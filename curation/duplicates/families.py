"""Families of texts that are nearly the same: those that meet in a band, compared by all their triples."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from curation.duplicates.shingles import Shingles, likeness
from curation.duplicates.signatures import Keys, band_keys, sign
from curation.rules.near import LIKE

Places = npt.NDArray[np.int64]


class Joined:
    """Which of some numbered things hang together, each family under its smallest number."""

    def __init__(self, n: int) -> None:
        self._parents = list(range(n))
        self._labels = np.arange(n)
        self._is_stale = False

    def join(self, a: int, b: int) -> None:
        low, high = sorted((self.first_of(a), self.first_of(b)))
        if low != high:
            self._parents[high] = low
            self._is_stale = True

    def first_of(self, number: int) -> int:
        """The smallest number of its family."""
        parents = self._parents
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    def labels(self) -> Places:
        """The first of the family of each, all at once."""
        if self._is_stale:
            labels = np.array(self._parents)
            while (labels != (labels := labels[labels])).any():
                pass
            self._labels, self._is_stale = labels, False
        return self._labels

    def families(self) -> list[list[int]]:
        """Those with more than one member, in order."""
        members: defaultdict[int, list[int]] = defaultdict(list)
        for number, first in enumerate(self.labels().tolist()):
            members[first].append(number)
        return [family for family in members.values() if len(family) > 1]


def find_families(shingles: Shingles) -> Joined:
    """Join the texts that share enough triples."""
    joined = Joined(len(shingles.ends))
    join_alike(joined, shingles, band_keys(sign(shingles)))
    return joined


def join_alike(joined: Joined, shingles: Shingles, keys: Keys) -> None:
    """Join the texts that share a key and, compared, are alike.

    In each band a text is compared with the one before it under the same key and with the first: enough to bring a
    family together over all bands, and never the square of a family's size.
    """
    has_words = np.flatnonzero(shingles.counts)
    for band in keys.T:
        order = has_words[np.argsort(band[has_words], kind="stable")]
        found = band[order]
        is_first = np.concatenate(([True], found[1:] != found[:-1]))
        firsts = order[np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))]
        later = np.flatnonzero(~is_first)
        for left in (order[later - 1], firsts[later]):
            _join_pairs(joined, shingles, left, order[later])


def _join_pairs(joined: Joined, shingles: Shingles, left: Places, right: Places) -> None:
    labels = joined.labels()
    apart = labels[left] != labels[right]
    for a, b in zip(left[apart].tolist(), right[apart].tolist(), strict=True):
        if joined.first_of(a) != joined.first_of(b) and likeness(shingles.of(a), shingles.of(b)) >= LIKE:
            joined.join(a, b)
