"""No request like another of the same order: the first turn is new, and not nearly one of its family."""

from __future__ import annotations

import re
from collections import defaultdict

from curation.model.example import Example
from curation.rules.near import LIKE

Triples = frozenset[tuple[str, str, str]]
_WORD = re.compile(r"\w+")
_FEWEST = 3
"""Triples of words; a shorter request cannot be nearly another."""


class Freshness:
    """The requests of one order so far."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._families: defaultdict[str, list[Triples]] = defaultdict(list)

    def admit(self, example: Example) -> bool:
        """Whether an example's requests are new; if so, they are known from now on."""
        texts = [str(turn.content) for turn in example.messages if turn.role == "user"]
        first = " ".join(texts[0].lower().split()) if texts else ""
        if first in self._said:
            return False
        asked = _triples(" ".join(texts))
        family = self._families[example.group or ""]
        if len(asked) >= _FEWEST and any(_are_alike(asked, known) for known in family):
            return False
        self._said.add(first)
        family.append(asked)
        return True


def _triples(text: str) -> Triples:
    words = _WORD.findall(text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _are_alike(a: Triples, b: Triples) -> bool:
    return len(a & b) >= LIKE * len(a | b)
