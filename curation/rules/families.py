"""Families of texts that share most of their word triples, found in bands of their sketches.

The sketches of all texts lie in a file; one band of a part of them is in memory at a time. A bucket of few texts is
compared pair by pair; in one of many, which may be one mould or only share boilerplate, each text is compared with its
neighbour and with the first, and then the bucket is divided by further bins. What stays in memory is four bytes a text.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.rules.grouping import Keys, Places, count_parts, in_part, split_runs
from curation.rules.near import LIKE, likeness
from curation.rules.sketching import BINS, Sketches
from curation.rules.spool import Column, Pieces

_BANDS = BINS // 2
_SIGNS = _BANDS
"""Behind the bands: two columns of one bit of each bin, and one of the number of triples."""
_COLUMNS = _BANDS + 3
ROWS_IN_BLOCK = 2048
_BUCKET_MOST = 32
_STEPS = (0, 11, 5, 19)
"""The bands that divide a bucket further, counted from its own."""
PAIRS_AT_ONCE = 1 << 14
_BITS_APART = 44
"""Of 128 bits, those that differ in texts just alike enough are 22 on average, and hardly ever as many as this."""
_BITS_APART_SHORT = 20
"""So many more for a text of no triples at all: short texts fill few bins, so their figures swing more."""
_SHORT = 64
_SETS_KEPT = 128
_SPREAD = np.uint64(0xD6E8FEB86659FD93)


class _Some(NamedTuple):
    """Some of the texts: their places among all, and their signs."""

    places: Places
    signs: npt.NDArray[np.uint64]


class Families:
    """Takes sketches in their order, and finds families at the end."""

    def __init__(self, stack: ExitStack) -> None:
        self._blocks = Column(stack, "<u8")
        self._waiting: list[npt.NDArray[np.uint64]] = []
        self._n_waiting = self._n = 0
        self._triples = Pieces(stack)
        self._parents = array("i")
        self._sets: dict[int, frozenset[int]] = {}
        self._is_changed = False

    def add(self, sketches: Sketches) -> None:
        n = len(sketches.ends)
        for number in range(n):
            self._triples.append(sketches.triples_of(number).tobytes())
        self._waiting.append(_columns_of(sketches))
        self._n_waiting += n
        self._n += n
        if self._n_waiting >= ROWS_IN_BLOCK:
            self._flush(ROWS_IN_BLOCK)

    def find(self) -> Iterator[Places]:
        """The places of the texts of each family in order, families by their first texts."""
        self._flush(1)
        self._parents = array("i", range(self._n))
        parts = count_parts(self._n)
        for band in range(_BANDS):
            for part in range(parts):
                keys, some = self._read_band(band, part, parts)
                self._join_buckets(keys, np.arange(len(keys)), some, band, 0)
        self._sets.clear()
        roots = self._roots()
        order = np.argsort(roots, kind="stable")
        for start, size in zip(*split_runs(roots[order]), strict=True) if self._n else ():
            if size > 1:
                yield order[start : start + size]

    def _flush(self, least: int) -> None:
        if self._n_waiting < least:
            return
        columns = np.concatenate(self._waiting, axis=1)
        while columns.shape[1] >= least:
            self._blocks.append(np.ascontiguousarray(columns[:, :ROWS_IN_BLOCK]).tobytes())
            columns = columns[:, ROWS_IN_BLOCK:]
        self._waiting = [columns]
        self._n_waiting = columns.shape[1]

    def _block(self, number: int, column: int, n_columns: int = 1) -> npt.NDArray[np.uint64]:
        """Some columns of one block."""
        rows = min(ROWS_IN_BLOCK, self._n - number * ROWS_IN_BLOCK)
        start = number * ROWS_IN_BLOCK * _COLUMNS + column * rows
        return self._blocks.block(start, rows * n_columns).reshape(n_columns, rows).view(np.uint64)

    def _read_band(self, band: int, part: int, parts: int) -> tuple[Keys, _Some]:
        keys, places, signs = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], [np.empty((3, 0), np.uint64)]
        for number in range(-(-self._n // ROWS_IN_BLOCK)):
            found, marks = self._block(number, band)[0], self._block(number, _SIGNS, 3)
            chosen = np.flatnonzero(in_part(found, part, parts) & (marks[2] > 0))
            keys.append(found[chosen])
            places.append(chosen + number * ROWS_IN_BLOCK)
            signs.append(marks[:, chosen])
        return np.concatenate(keys), _Some(np.concatenate(places), np.concatenate(signs, axis=1))

    def _read_places(self, band: int, places: Places) -> Keys:
        """One band at these places, in whatever order they stand."""
        taken = np.empty(len(places), np.uint64)
        numbers = places // ROWS_IN_BLOCK
        order = np.argsort(numbers, kind="stable")
        starts, sizes = split_runs(numbers[order])
        for start, size in zip(starts, sizes, strict=True):
            chosen = order[start : start + size]
            block = self._block(int(numbers[chosen[0]]), band)[0]
            taken[chosen] = block[places[chosen] % ROWS_IN_BLOCK]
        return taken

    def _join_buckets(self, keys: Keys, members: Places, some: _Some, band: int, depth: int) -> None:
        """Join those alike among members (places in `some`) that share a key."""
        if len(keys) < 2:
            return
        order = np.argsort(keys, kind="stable")
        keys, members = keys[order], members[order]
        _, sizes = split_runs(keys)
        size_of = np.repeat(sizes, sizes)
        few = (size_of > 1) & (size_of <= _BUCKET_MOST)
        many = size_of > _BUCKET_MOST
        del order, sizes, size_of
        self._join_pairs(keys[few], members[few], some, _BUCKET_MOST)
        if not many.any():
            return
        keys, members = keys[many], members[many]
        self._join_pairs(keys, members, some, 2)
        self._join_first(keys, members, some)
        if depth + 1 < len(_STEPS):
            further = self._read_places((band + _STEPS[depth + 1]) % _BANDS, some.places[members])
            self._join_buckets(_mix(keys, further), members, some, band, depth + 1)

    def _join_pairs(self, keys: Keys, members: Places, some: _Some, most: int) -> None:
        """Join those alike of each bucket, comparing each text with so many behind it."""
        left = np.arange(len(keys))
        for apart in range(1, most):
            left = left[left + apart < len(keys)]
            left = left[keys[left] == keys[left + apart]]
            if len(left) == 0:
                return
            self._join_alike(members[left], members[left + apart], some)

    def _join_first(self, keys: Keys, members: Places, some: _Some) -> None:
        starts, sizes = split_runs(keys)
        self._join_alike(members[np.repeat(starts, sizes)], members, some)

    def _join_alike(self, left: Places, right: Places, some: _Some) -> None:
        signs = some.signs
        for start in range(0, len(left), PAIRS_AT_ONCE):
            a, b = left[start : start + PAIRS_AT_ONCE], right[start : start + PAIRS_AT_ONCE]
            apart = np.bitwise_count(signs[:2, a] ^ signs[:2, b]).sum(axis=0, dtype=np.int64)
            fewest = np.minimum(np.minimum(signs[2, a], signs[2, b]), _SHORT).astype(np.int64)
            likely = apart <= _BITS_APART + (_SHORT - fewest) * _BITS_APART_SHORT // _SHORT
            a, b = some.places[a[likely]], some.places[b[likely]]
            roots = self._roots()
            is_apart = roots[a] != roots[b]
            for one, other in zip(a[is_apart].tolist(), b[is_apart].tolist(), strict=True):
                self._join(one, other)

    def _join(self, a: int, b: int) -> None:
        root, other = self._root(a), self._root(b)
        if root != other and likeness(self._set(a), self._set(b)) >= LIKE:
            self._parents[max(root, other)] = min(root, other)
            self._is_changed = True

    def _root(self, place: int) -> int:
        parents = self._parents
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    def _roots(self) -> npt.NDArray[np.int32]:
        """The first of the family of each text, as far as they are joined."""
        roots = np.frombuffer(self._parents, np.int32)
        while self._is_changed:
            nearer = roots[roots]
            self._is_changed = bool((nearer != roots).any())
            roots[:] = nearer
        return roots

    def _set(self, place: int) -> frozenset[int]:
        found = self._sets.get(place)
        if found is None:
            if len(self._sets) >= _SETS_KEPT:
                self._sets.clear()
            triples = array("I", self._triples.get(place))
            found = self._sets[place] = frozenset(triples)
        return found


def _mix(keys: Keys, further: Keys) -> Keys:
    mixed = (keys ^ (keys >> np.uint64(29))) * _SPREAD + further
    return mixed ^ (mixed >> np.uint64(32))


def _columns_of(sketches: Sketches) -> npt.NDArray[np.uint64]:
    """A line for each band, then those of the signs."""
    bins = sketches.bins.astype(np.uint64)
    bands = bins[:, 0::2] << np.uint64(32) | bins[:, 1::2]
    signs = [np.packbits((sketches.bins >> np.uint32(bit)) & 1, axis=1).view(np.uint64) for bit in (0, 1)]
    counts = np.diff(sketches.ends, prepend=0).astype(np.uint64)[:, np.newaxis]
    return np.concatenate((bands, *signs, counts), axis=1).T
