"""Cards dealt in turn, so that everything comes equally often."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Thing = TypeVar("Thing")


class Deck:
    """Shuffled cards dealt again and again, so that every card comes equally often."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._left: dict[str, list[int]] = {}

    def deal(self, name: str, cards: Sequence[Thing]) -> Thing:
        """The next card of the deck of this name."""
        return cards[self.deal_number(name, len(cards))]

    def deal_number(self, name: str, size: int) -> int:
        """The position of the next card."""
        left = self._left.get(name)
        if not left:
            left = self._left[name] = self._rng.sample(range(size), size)
        return left.pop()
