"""Near-duplicates by shared word triples: the sketch of a text, and how like two of them are."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from contextlib import ExitStack
from heapq import nsmallest

import msgspec

LIKE = 0.65
"""Texts that share so much of their word triples are nearly the same."""
_PACKED = "I"
MOST_TRIPLES = 512
"""Longer texts are compared by a sample: those with the smallest hashes."""


class Sketch(msgspec.Struct, frozen=True, gc=False):
    """The word triples of a text (a sample of a long one's), and the smallest hash of each bin."""

    triples: bytes
    bins: bytes

    @property
    def shingles(self) -> frozenset[int]:
        return frozenset(array(_PACKED, self.triples))


def sketch(text: str) -> Sketch:
    """The sketch of a text; the same on every machine."""
    from curation.rules.sketching import sketch_all

    one = sketch_all([text])
    return Sketch(one.triples.tobytes(), one.bins.tobytes())


def find_families(sketches: Sequence[Sketch]) -> list[list[int]]:
    """The positions of texts that hang together by sharing two thirds of their word triples, each family once."""
    from curation.rules.families import Families
    from curation.rules.sketching import unpack_sketches

    with ExitStack() as stack:
        families = Families(stack)
        families.add(unpack_sketches([(one.triples, one.bins) for one in sketches]))
        return [members.tolist() for members in families.find()]


def likeness(a: frozenset[int], b: frozenset[int]) -> float:
    """The share of word triples that two texts have in common."""
    both = a & b
    if max(len(a), len(b)) < MOST_TRIPLES:
        union = len(a) + len(b) - len(both)
        return len(both) / union if union else 0.0
    # The smallest hashes of both together are a fair sample, and each side has kept its own of them.
    sample = nsmallest(MOST_TRIPLES, a | b)
    return len(both.intersection(sample)) / len(sample)
