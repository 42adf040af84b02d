"""Which rows a finding is about: the first of them by id, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable

MOST_NAMED = 100
"""So many rows are named one by one; a million rows may share one fault."""


class RowNames:
    """Takes ids in their order and keeps the first ones."""

    __slots__ = ("first", "n")

    def __init__(self, identifiers: Iterable[str] = (), *, n: int | None = None) -> None:
        self.first: list[str] = []
        self.n = 0
        for identifier in identifiers:
            self.add(identifier)
        if n is not None:
            self.n = n

    def add(self, identifier: str) -> None:
        self.n += 1
        if len(self.first) < MOST_NAMED:
            self.first.append(identifier)


NO_ROWS = RowNames()
"""For findings that are about no row more than another; nobody adds to it."""
