"""Near-duplicates by shared word triples, found through bands of a small sketch."""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from heapq import nsmallest
from itertools import combinations

import msgspec

_WORD = re.compile(r"\w+")
_BINS = 64
_ROWS_IN_BAND = 2
_SHARED = 0.65
_EMPTY = (1 << 32) - 1
"""Above every hash of a bin."""
_PACKED = "I"
_BYTES = array(_PACKED).itemsize
_BUCKET_MOST = 200
"""A bucket larger than this holds rows that share boilerplate; comparing all of them tells nothing."""

_MOST_TRIPLES = 512
"""Longer texts are compared by a sample: those with the smallest hashes."""


class Sketch(msgspec.Struct, frozen=True, gc=False):
    """The word triples of a text (a sample of a long one's), and the smallest hash of each bin.

    Packed, for those of all rows are held at once.
    """

    triples: bytes
    bins: bytes

    @property
    def shingles(self) -> frozenset[int]:
        return frozenset(array(_PACKED, self.triples))


def sketch(text: str) -> Sketch:
    """The sketch of a text; the same on every machine."""
    words = _WORD.findall(text.casefold())
    triples = {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()
    shingles = {zlib.crc32(triple.encode("utf-8", "backslashreplace")) for triple in triples}
    bins = [_EMPTY] * _BINS
    for shingle in shingles:
        place = shingle % _BINS
        bins[place] = min(bins[place], shingle // _BINS)
    return Sketch(array(_PACKED, sorted(shingles)[:_MOST_TRIPLES]).tobytes(), array(_PACKED, _densify(bins)).tobytes())


def _densify(bins: list[int]) -> list[int]:
    """Empty bins take the value of the next full one, so that short texts can be compared as well."""
    filled = list(bins)
    latest = next((value for value in bins if value != _EMPTY), _EMPTY)
    for index in range(len(bins) - 1, -1, -1):
        if filled[index] == _EMPTY:
            filled[index] = latest
        latest = filled[index]
    return filled


def find_families(sketches: Sequence[Sketch]) -> list[list[int]]:
    """The positions of texts that hang together by sharing two thirds of their word triples, each family once."""
    family: dict[int, list[int]] = {}
    for bucket in _buckets(sketches):
        shingles = [sketches[position].shingles for position in bucket]
        for (a, in_a), (b, in_b) in combinations(zip(bucket, shingles, strict=True), 2):
            is_joined = a in family and family[a] is family.get(b)
            if not is_joined and likeness(in_a, in_b) >= _SHARED:
                _join(family, a, b)
    distinct = {id(members): members for members in family.values()}
    return sorted(sorted(members) for members in distinct.values())


def _join(family: dict[int, list[int]], a: int, b: int) -> None:
    joined, other = family.setdefault(a, [a]), family.setdefault(b, [b])
    joined += other
    family.update(dict.fromkeys(other, joined))


def likeness(a: frozenset[int], b: frozenset[int]) -> float:
    """The share of word triples that two texts have in common."""
    both = a & b
    if max(len(a), len(b)) < _MOST_TRIPLES:
        union = len(a) + len(b) - len(both)
        return len(both) / union if union else 0.0
    # The smallest hashes of both together are a fair sample, and each side has kept its own of them.
    sample = nsmallest(_MOST_TRIPLES, a | b)
    return len(both.intersection(sample)) / len(sample)


def _buckets(sketches: Sequence[Sketch]) -> Iterator[list[int]]:
    """Positions that agree in a band of their sketches; one band is held in memory at a time."""
    for start in range(0, _BINS * _BYTES, _ROWS_IN_BAND * _BYTES):
        first: dict[bytes, int] = {}
        more: dict[bytes, list[int]] = {}
        for index, one in enumerate(sketches):
            if one.triples:
                band = one.bins[start : start + _ROWS_IN_BAND * _BYTES]
                earliest = first.setdefault(band, index)
                if earliest != index:
                    more.setdefault(band, [earliest]).append(index)
        yield from (bucket for bucket in more.values() if len(bucket) <= _BUCKET_MOST)
