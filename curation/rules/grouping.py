"""Finds records that share a key, in memory that does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

MOST_AT_ONCE = 1 << 16
"""So many keys are sorted at once; more are parted by their value and read several times."""
_SPREAD = np.uint64(0x9E3779B97F4A7C15)

Keys: TypeAlias = npt.NDArray[np.uint64]
Places: TypeAlias = npt.NDArray[np.int64]


class Block(NamedTuple):
    """Some records: the key of each, and its mark; records that take no part have the key 0."""

    keys: Keys
    marks: Keys | None = None


def count_parts(n_records: int) -> int:
    """Into how many parts so many records are to be divided."""
    return max(1, -(-n_records // MOST_AT_ONCE))


def in_part(keys: Keys, part: int, parts: int) -> npt.NDArray[np.bool_]:
    """Which of these keys belong into a part; equal keys always belong together."""
    if parts == 1:
        return np.ones(len(keys), np.bool_)
    chosen: npt.NDArray[np.bool_] = ((keys * _SPREAD) >> np.uint64(40)) % np.uint64(parts) == np.uint64(part)
    return chosen


def split_runs(keys: npt.NDArray[Any]) -> tuple[Places, Places]:
    """Of sorted keys: where each run of equal ones starts, and its length."""
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return starts, np.diff(np.append(starts, len(keys)))


def find_groups(blocks: Callable[[], Iterable[Block]], n_records: int) -> Iterator[Places]:
    """The places of records that share a key, each group in order, the groups by their first records.

    Where records bear marks, only groups with different ones are found.
    """
    parts = count_parts(n_records)
    found = [_groups_in(*_read_part(blocks(), part, parts)) for part in range(parts)]
    members = np.concatenate([one[0] for one in found])
    sizes = np.concatenate([one[1] for one in found])
    ends = np.cumsum(sizes)
    for number in np.argsort(members[ends - sizes]) if len(sizes) else ():
        yield members[ends[number] - sizes[number] : ends[number]]


def _read_part(blocks: Iterable[Block], part: int, parts: int) -> tuple[Keys, Keys | None, Places]:
    keys, marks, places, at = [np.empty(0, np.uint64)], [np.empty(0, np.uint64)], [np.empty(0, np.int64)], 0
    has_marks = False
    for block in blocks:
        chosen = np.flatnonzero(in_part(block.keys, part, parts) & (block.keys != 0))
        keys.append(block.keys[chosen])
        places.append(chosen + at)
        if block.marks is not None:
            has_marks = True
            marks.append(block.marks[chosen])
        at += len(block.keys)
    return np.concatenate(keys), np.concatenate(marks) if has_marks else None, np.concatenate(places)


def _groups_in(keys: Keys, marks: Keys | None, places: Places) -> tuple[npt.NDArray[np.int64], Places]:
    """Members of all groups, one group after the other, and the size of each."""
    if len(keys) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    order = np.argsort(keys, kind="stable")
    starts, sizes = split_runs(keys[order])
    is_group = sizes > 1
    if marks is not None:
        sorted_marks = marks[order]
        is_group &= np.minimum.reduceat(sorted_marks, starts) != np.maximum.reduceat(sorted_marks, starts)
    return places[order][np.repeat(is_group, sizes)], sizes[is_group]
