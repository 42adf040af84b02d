"""Strings that fit a regular expression of the simple kind people put into schemas.

Literals, classes, `\\d \\w \\s .`, groups with alternatives and counted repeats; anything else gives None, and the
caller falls back on examples.
"""

from __future__ import annotations

import string
from random import Random

_CLASSES = {"d": string.digits, "w": string.ascii_letters + string.digits, "s": " "}
_MOST_REPEATS = 4


class _UnsupportedError(Exception):
    """The pattern uses something this small generator does not know."""


def draw_matching(pattern: str, rng: Random) -> str | None:
    """A string matching `pattern` as a whole, or None when the pattern is beyond this generator."""
    try:
        reader = _Reader(pattern.removeprefix("^").removesuffix("$"), rng)
        text = reader.alternatives()
        return text if reader.at_end else None
    except (_UnsupportedError, IndexError, ValueError, RecursionError):
        return None


class _Reader:
    """Walks a pattern once and writes a matching string as it goes."""

    def __init__(self, pattern: str, rng: Random) -> None:
        self._pattern = pattern
        self._at = 0
        self._rng = rng

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._pattern)

    def alternatives(self) -> str:
        choices = [self._sequence()]
        while not self.at_end and self._pattern[self._at] == "|":
            self._at += 1
            choices.append(self._sequence())
        return self._rng.choice(choices)

    def _sequence(self) -> str:
        written = []
        while not self.at_end and self._pattern[self._at] not in "|)":
            written.append(self._repeated())
        return "".join(written)

    def _repeated(self) -> str:
        start = self._at
        first = self._atom()
        times = self._times()
        end = self._at
        written = [first] if times else []
        for _ in range(times - 1):
            self._at = start
            written.append(self._atom())
        self._at = end
        return "".join(written)

    def _times(self) -> int:
        if self.at_end:
            return 1
        mark = self._pattern[self._at]
        if mark in "?*+":
            self._at += 1
            return self._rng.randint(*{"?": (0, 1), "*": (0, _MOST_REPEATS), "+": (1, _MOST_REPEATS)}[mark])
        if mark != "{":
            return 1
        end = self._pattern.index("}", self._at)
        low, comma, high = self._pattern[self._at + 1 : end].partition(",")
        self._at = end + 1
        least = int(low)
        most = int(high) if high else least + (_MOST_REPEATS if comma else 0)
        return self._rng.randint(least, min(most, least + _MOST_REPEATS))

    def _atom(self) -> str:
        mark = self._pattern[self._at]
        self._at += 1
        if mark == "\\":
            return self._escaped()
        if mark == "[":
            return self._rng.choice(self._class())
        if mark == "(":
            return self._group()
        if mark in "^$*+?{":
            raise _UnsupportedError
        return self._rng.choice(string.ascii_lowercase) if mark == "." else mark

    def _escaped(self) -> str:
        mark = self._pattern[self._at]
        self._at += 1
        if mark in _CLASSES:
            return self._rng.choice(_CLASSES[mark])
        if mark.isalnum():
            raise _UnsupportedError
        return mark

    def _group(self) -> str:
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif self._pattern.startswith("?", self._at):
            raise _UnsupportedError
        text = self.alternatives()
        if self.at_end:
            raise _UnsupportedError
        self._at += 1
        return text

    def _class(self) -> str:
        end = self._pattern.index("]", self._at + 1)
        inside, self._at = self._pattern[self._at : end], end + 1
        if inside.startswith("^"):
            raise _UnsupportedError
        return _expand_class(inside)


def _expand_class(inside: str) -> str:
    members: list[str] = []
    at = 0
    while at < len(inside):
        if inside[at] == "\\":
            members.append(_CLASSES.get(inside[at + 1], inside[at + 1]))
            at += 2
        elif inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            members.extend(chr(code) for code in range(ord(inside[at]), ord(inside[at + 2]) + 1))
            at += 3
        else:
            members.append(inside[at])
            at += 1
    return "".join(members)
