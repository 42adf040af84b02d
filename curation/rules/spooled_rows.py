"""What is kept of every row until the last one has passed: hashes, groups, splits and sketches, in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from heapq import nsmallest
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from curation.rules.digest import Digest
from curation.rules.families import Families
from curation.rules.grouping import Block, Places, find_groups
from curation.rules.overlap import Overlaps
from curation.rules.row_names import MOST_NAMED, RowNames
from curation.rules.sketching import sketch_all
from curation.rules.spool import BLOCK, Column, Pieces

AT_ONCE = 256
_ROW = np.dtype([("normal", "<u8"), ("normal_rest", "V24"), ("group", "<u8"), ("split", "<u8")])
_CHOICE = np.dtype([("seen", "<u8"), ("seen_rest", "V8"), ("called", "<u8"), ("called_rest", "V8"), ("row", "<u8")])
_NORMAL_BYTES = 32
_SEEN_BYTES = 16
_NO_GROUP = 0


class SpooledGroup(NamedTuple):
    """Rows that have something in common."""

    rows: RowNames
    splits: set[str]
    normals: tuple[str, ...]
    """The first of their hashes, sorted; rows that are the same have one."""
    is_grouped: bool
    """Whether all of them are of one group."""


class SpooledRows:
    """Takes rows one by one; says at the end which of them belong together."""

    def __init__(self, stack: ExitStack, overlaps: Overlaps) -> None:
        self._overlaps = overlaps
        self._rows = Column(stack, _ROW)
        self._ids = Pieces(stack)
        self._groups = Pieces(stack)
        self._choices = Column(stack, _CHOICE)
        self._families = Families(stack)
        self._splits: dict[str, int] = {"": 0}
        self._names: list[str] = []
        self._shapes: list[str] = []
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def add(self, one: Digest) -> None:
        split = self._splits.setdefault(one.split, len(self._splits))
        self._rows.append(one.normal + _hash_group(one.group) + split.to_bytes(8, "little"))
        self._ids.append(_pack(one.id))
        self._groups.append(_pack(one.group or ""))
        place = self._n.to_bytes(8, "little")
        for choice in one.choices:
            self._choices.append(choice + place)
        self._names.append(one.id)
        self._shapes.append(one.shape)
        self._n += 1
        if len(self._shapes) >= AT_ONCE:
            self._sketch()

    def _sketch(self) -> None:
        sketches = sketch_all(self._shapes)
        self._families.add(sketches)
        self._overlaps.add(self._names, sketches)
        self._names, self._shapes = [], []

    def finish(self) -> None:
        """To be called behind the last row."""
        self._sketch()

    def twins(self) -> Iterator[SpooledGroup]:
        """Rows that are the same, by the first of each group."""
        return map(self._gather, find_groups(lambda: (Block(b["normal"]) for b in self._rows.blocks()), self._n))

    def families(self) -> Iterator[SpooledGroup]:
        """Rows that are the same or nearly so, by the first of each family."""
        return map(self._gather, self._families.find())

    def torn_groups(self) -> list[tuple[str, SpooledGroup]]:
        """Groups that stand in several splits, by name."""
        torn = find_groups(self._split_groups, self._n)
        named = [(_unpack(self._groups.get(int(places[0]))), self._gather(places)) for places in torn]
        return sorted(named, key=lambda pair: pair[0])

    def conflicts(self) -> Iterator[tuple[str, RowNames]]:
        """What is seen, and the rows that call differently on it."""
        for places in find_groups(self._seen_and_called, len(self._choices)):
            found = self._choices.take(places)
            seen = found[:1].tobytes()[:_SEEN_BYTES]
            yield seen.hex(), self._name(found["row"].astype(np.int64))

    def _split_groups(self) -> Iterator[Block]:
        for block in self._rows.blocks():
            yield Block(np.where(block["split"] > 0, block["group"], 0), block["split"])

    def _seen_and_called(self) -> Iterator[Block]:
        for block in self._choices.blocks():
            yield Block(block["seen"], block["called"])

    def _gather(self, places: Places) -> SpooledGroup:
        splits: set[int] = set()
        groups: set[int] = set()
        normals: set[bytes] = set()
        for start in range(0, len(places), BLOCK):
            found = self._rows.take(places[start : start + BLOCK])
            splits.update(np.unique(found["split"]).tolist())
            groups.update(np.unique(found["group"])[:2].tolist())
            normals = set(nsmallest(MOST_NAMED, normals.union(_normals_of(found))))
        return SpooledGroup(
            self._name(places),
            {name for name, code in self._splits.items() if name and code in splits},
            tuple(one.hex() for one in sorted(normals)),
            len(groups) == 1 and _NO_GROUP not in groups,
        )

    def _name(self, places: Places) -> RowNames:
        first = (_unpack(self._ids.get(place)) for place in places[:MOST_NAMED].tolist())
        return RowNames(first, n=len(places))


def _normals_of(found: npt.NDArray[Any]) -> Iterable[bytes]:
    size = found.dtype.itemsize
    packed = found.tobytes()
    return {packed[at : at + _NORMAL_BYTES] for at in range(0, len(packed), size)}


def _hash_group(group: str | None) -> bytes:
    return bytes(8) if group is None else blake2b(_pack(group), digest_size=8).digest()


def _pack(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _unpack(packed: bytes) -> str:
    return packed.decode("utf-8", "surrogatepass")
