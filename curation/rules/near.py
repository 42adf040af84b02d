"""Near-duplicates by shared word triples, found through bands of a small sketch."""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

import msgspec

_WORD = re.compile(r"\w+")
_BINS = 64
_ROWS_IN_BAND = 2
_SHARED = 0.65
_EMPTY = 1 << 32
_BUCKET_MOST = 200
"""A bucket larger than this holds rows that share boilerplate; comparing all of them tells nothing."""


class Sketch(msgspec.Struct, frozen=True):
    """The word triples of a text, and the smallest hash of each bin."""

    shingles: frozenset[int]
    bins: tuple[int, ...]


def sketch(text: str) -> Sketch:
    """The sketch of a text; the same on every machine."""
    words = _WORD.findall(text.casefold())
    triples = {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()
    shingles = frozenset(zlib.crc32(triple.encode("utf-8", "backslashreplace")) for triple in triples)
    bins = [_EMPTY] * _BINS
    for shingle in shingles:
        place = shingle % _BINS
        bins[place] = min(bins[place], shingle // _BINS)
    return Sketch(shingles, tuple(_densify(bins)))


def _densify(bins: list[int]) -> list[int]:
    """Empty bins take the value of the next full one, so that short texts can be compared as well."""
    filled = list(bins)
    latest = next((value for value in bins if value != _EMPTY), _EMPTY)
    for index in range(len(bins) - 1, -1, -1):
        if filled[index] == _EMPTY:
            filled[index] = latest
        latest = filled[index]
    return filled


def find_near(sketches: Sequence[Sketch]) -> list[tuple[int, int]]:
    """Pairs of positions whose texts share two thirds of their word triples, in order."""
    pairs: set[tuple[int, int]] = set()
    for bucket in _buckets(sketches):
        for position, b in enumerate(bucket):
            pairs.update((a, b) for a in bucket[:position])
    return sorted(pair for pair in pairs if likeness(sketches[pair[0]], sketches[pair[1]]) >= _SHARED)


def find_families(sketches: Sequence[Sketch]) -> list[list[int]]:
    """The positions of texts that hang together through near pairs, each family once."""
    family: dict[int, list[int]] = {}
    for a, b in find_near(sketches):
        joined = family.setdefault(a, [a])
        other = family.setdefault(b, [b])
        if joined is not other:
            joined += other
            family.update(dict.fromkeys(other, joined))
    distinct = {id(members): members for members in family.values()}
    return sorted(sorted(members) for members in distinct.values())


def likeness(a: Sketch, b: Sketch) -> float:
    """The share of word triples that two texts have in common."""
    union = len(a.shingles | b.shingles)
    return len(a.shingles & b.shingles) / union if union else 0.0


def _buckets(sketches: Sequence[Sketch]) -> list[list[int]]:
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for index, one in enumerate(sketches):
        if one.shingles:
            for start in range(0, _BINS, _ROWS_IN_BAND):
                found[(start, *one.bins[start : start + _ROWS_IN_BAND])].append(index)
    return [bucket for bucket in found.values() if 1 < len(bucket) <= _BUCKET_MOST]
