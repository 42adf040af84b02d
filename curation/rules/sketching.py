"""Sketches of many texts at once; one by one they would cost more than all other checks of a data set."""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from curation.rules.near import MOST_TRIPLES

BINS = 64
EMPTY = (1 << 32) - 1
"""Above every hash of a bin."""
_WORD = re.compile(r"\w+")
_PARTING = {code: " " for code in range(128) if not _WORD.match(chr(code))}
"""What stands between words of plain letters."""
_WORDS_KEPT = 20_000
_FACTORS = (0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D)
_MIX = ((15, 0x2C1B3C6D), (12, 0x297A2D39))
_NO_WORD = 0


class Sketches(NamedTuple):
    """What is kept of some texts: the hashes of their word triples, sorted for each text, and the bins."""

    triples: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.int64]
    """Where the triples of each text end."""
    bins: npt.NDArray[np.uint32]
    """A line for each text."""

    def triples_of(self, number: int) -> npt.NDArray[np.uint32]:
        start = self.ends[number - 1] if number else 0
        return self.triples[start : self.ends[number]]


class _Hashes(dict[str, int]):
    """Word → hash, the same on every machine; forgets when there are too many."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        hashed = self[word] = zlib.crc32(word.encode("utf-8", "backslashreplace"))
        return hashed


_hashes = _Hashes()


def sketch_all(texts: Sequence[str]) -> Sketches:
    """The sketches of some texts; the same on every machine."""
    return _sketch(*hash_words(texts))


def hash_words(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The hashes of the words of some texts one after the other, and how many each has: none, or three and more."""
    hashes: list[int] = []
    lengths = []
    for text in texts:
        words = _words_of(text)
        hashes += map(_hashes.__getitem__, words)
        if missing := max(0, 3 - len(words)) if words else 0:
            hashes += [_NO_WORD] * missing
        lengths.append(len(words) + missing)
    # Through `array`, which takes a list of numbers in half the time.
    return np.frombuffer(array("I", hashes), np.uint32), np.array(lengths, np.int64)


def _words_of(text: str) -> list[str]:
    # Splitting costs a third of searching, and most texts are of plain letters.
    return text.lower().translate(_PARTING).split() if text.isascii() else _WORD.findall(text.casefold())


def unpack_sketches(packed: Sequence[tuple[bytes, bytes]]) -> Sketches:
    """Sketches from the bytes of their triples and bins."""
    triples = [np.frombuffer(one, np.uint32) for one, _ in packed]
    ends = np.cumsum([len(one) for one in triples], dtype=np.int64)
    bins = np.frombuffer(b"".join(one for _, one in packed), np.uint32).reshape(len(packed), BINS)
    return Sketches(np.concatenate([np.empty(0, np.uint32), *triples]), ends, bins)


def _sketch(words: npt.NDArray[np.uint32], lengths: npt.NDArray[np.int64]) -> Sketches:
    n = len(lengths)
    keys = _hash_triples(words, np.repeat(np.arange(n, dtype=np.uint64), lengths))
    rows = (keys >> np.uint64(32)).astype(np.int64)
    shingles = keys.astype(np.uint32)
    bins = np.full(n * BINS, EMPTY, np.uint32)
    # Backwards, so that the smallest of each bin is written last and stays.
    bins[(rows * BINS + shingles % BINS)[::-1]] = (shingles // np.uint32(BINS))[::-1]
    counts = np.bincount(rows, minlength=n)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    ends = np.cumsum(np.minimum(counts, MOST_TRIPLES))
    return Sketches(shingles[places < MOST_TRIPLES], ends, _densify(bins.reshape(n, BINS)))


def _hash_triples(words: npt.NDArray[np.uint32], rows: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Row and hash of every three words in sequence, sorted, each once."""
    if len(words) < 3:
        return np.empty(0, np.uint64)
    is_inside = rows[:-2] == rows[2:]
    keys = np.sort((rows[:-2] << np.uint64(32) | mix_triples(words))[is_inside])
    return keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if len(keys) else keys


def mix_triples(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The hash of every three words in sequence, whichever text they are of."""
    a, b, c = (np.uint32(factor) for factor in _FACTORS)
    hashed = words[:-2] * a + words[1:-1] * b + words[2:] * c
    for shift, factor in _MIX:
        hashed = (hashed ^ (hashed >> np.uint32(shift))) * np.uint32(factor)
    mixed: npt.NDArray[np.uint32] = hashed ^ (hashed >> np.uint32(15))
    return mixed


def _densify(bins: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Empty bins take the value of the next full one, so that short texts can be compared as well."""
    none = 2 * BINS
    here = np.where(bins != EMPTY, np.arange(BINS), none)
    twice = np.concatenate((here, np.where(here < none, here + BINS, none)), axis=1)
    following = np.minimum.accumulate(twice[:, ::-1], axis=1)[:, ::-1][:, :BINS]
    filled = np.take_along_axis(bins, following % BINS, axis=1)
    return np.where(following < none, filled, np.uint32(EMPTY))
