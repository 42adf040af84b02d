"""The word triples of many texts, as hashes in one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.rules import near
from curation.rules.near import MOST_TRIPLES
from curation.rules.sketching import hash_words, mix_triples


class Shingles(NamedTuple):
    """The hashes of the triples of some texts one after the other, as they come; of a long text, a fixed sample."""

    hashes: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.int64]
    """Where those of each text end."""

    def of(self, number: int) -> npt.NDArray[np.uint32]:
        """The triples of one text, sorted, each once."""
        start = self.ends[number - 1] if number else 0
        return np.unique(self.hashes[start : self.ends[number]])

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        return np.diff(self.ends, prepend=0)


def shingle_all(texts: Sequence[str]) -> Shingles:
    """The triples of some texts; the same on every machine."""
    words, lengths = hash_words(texts)
    if not len(words):
        return Shingles(words, np.zeros(len(texts), np.int64))
    ends = np.cumsum(lengths)
    is_inside = np.ones(len(words), np.bool_)
    # A triple begins at every word but the last two of its text.
    is_inside[ends[lengths > 0] - 1] = False
    is_inside[ends[lengths > 0] - 2] = False
    counts = np.maximum(lengths - 2, 0)
    return _sample_long(Shingles(mix_triples(words)[is_inside[:-2]], np.cumsum(counts)))


def join_shingles(sets: Sequence[bytes]) -> Shingles:
    """The stored triples of some texts (`Shingles.of` as bytes), together again."""
    ends = np.cumsum([len(one) // 4 for one in sets], dtype=np.int64)
    return Shingles(np.frombuffer(b"".join(sets), np.uint32), ends)


def likeness(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> float:
    """The share of word triples that two texts have in common (Jaccard), exact but for very long texts."""
    if not (len(a) and len(b)):
        return 0.0
    # Their sizes alone say how alike they can be at most.
    if min(len(a), len(b)) < near.LIKE * max(len(a), len(b)) and max(len(a), len(b)) < MOST_TRIPLES:
        return 0.0
    return near.likeness(frozenset(a.tolist()), frozenset(b.tolist()))


def _sample_long(shingles: Shingles) -> Shingles:
    """Of a long text, its smallest triples: those of another long text are chosen alike."""
    counts = shingles.counts
    if not (counts > MOST_TRIPLES).any():
        return shingles
    kept = [shingles.hashes[end - n : end] for end, n in zip(shingles.ends, counts, strict=True)]
    kept = [np.unique(one)[:MOST_TRIPLES] if len(one) > MOST_TRIPLES else one for one in kept]
    return Shingles(np.concatenate(kept), np.cumsum([len(one) for one in kept], dtype=np.int64))
