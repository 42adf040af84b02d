"""Slips of the keyboard: one or two words of a request typed wrongly, never inside a value that is called with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from zlib import crc32

from curation.synthesizers.voice import keep_phrases

_WORD = re.compile(r"[^\W\d_]{4,}")
_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o", "j": "k", "k": "l",
    "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t", "s": "d", "t": "y", "u": "i", "v": "b",
    "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip
"""The key beside each key, on the right where there is one."""
_MANY_WORDS = 16
"""From so many words on, two are typed wrongly."""


def slip(text: str, rng: Random, kept: Sequence[str] = ()) -> str:
    """The text with a slip or two outside the kept phrases; as it is where no word is long enough."""
    free: list[str] = []
    keep_phrases(text, kept, lambda piece: _collect(piece, free))
    if not free:
        return text
    # The same words are hit wherever they stand, so that two texts that differ in one fact slip alike.
    key = rng.getrandbits(32)
    drawn = sorted({word.lower() for word in free}, key=lambda word: _draw(key, word))
    hit = set(drawn[: 2 if len(free) >= _MANY_WORDS else 1])
    return keep_phrases(text, kept, lambda piece: _WORD.sub(lambda found: _strike(found.group(), hit, key), piece))


def _collect(piece: str, free: list[str]) -> str:
    free.extend(_WORD.findall(piece))
    return piece


def _draw(key: int, word: str) -> int:
    return crc32(f"{key}/{word}".encode())


def _strike(word: str, hit: set[str], key: int) -> str:
    """The word typed wrongly, the first time it comes up."""
    if word.lower() not in hit:
        return word
    hit.discard(word.lower())
    return _mistype(word, Random(_draw(key, word.lower())))


def _mistype(word: str, rng: Random) -> str:
    """One letter left out, doubled, swapped with the next, or taken from the key beside; the first one stays."""
    at = rng.randrange(1, len(word) - 1)
    ways = [word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    if word[at] != word[at + 1]:
        ways.append(word[:at] + word[at + 1] + word[at] + word[at + 2 :])
    if (beside := _NEIGHBOURS.get(word[at])) and beside != word[at]:
        ways.append(word[:at] + beside + word[at + 1 :])
    return rng.choice(ways)
