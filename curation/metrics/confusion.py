"""Which tool is taken for which: every expected call against what was called instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

import msgspec

from curation.metrics.given import Verdict
from curation.metrics.scored import Scored

NO_CALL, UNREADABLE, NOT_OFFERED = "no call", "unreadable", "not offered"
"""Beside the names of tools; none of them can be one, as a name has no space and no tool is called `unreadable`."""


class Confusion(msgspec.Struct, frozen=True):
    """How often each tool was expected, and what was called."""

    expected: tuple[str, ...]
    given: tuple[str, ...]
    """The same names, and those that stand only on this side."""
    counts: dict[str, dict[str, int]]
    """Expected → given → how often; what never happened is left out."""

    def count(self, expected: str, given: str) -> int:
        return self.counts.get(expected, {}).get(given, 0)


def count_confusion(rows: Sequence[Scored]) -> Confusion:
    """The table of some rows, most often expected first, `no call` last."""
    counted: dict[str, Counter[str]] = {}
    for row in rows:
        for expected, given in _pairs(row):
            counted.setdefault(expected, Counter())[given] += 1
    often = sorted(counted, key=lambda name: (name == NO_CALL, -counted[name].total(), name))
    others = {given for counter in counted.values() for given in counter} - counted.keys()
    columns = (*often, *sorted(others, key=lambda name: (name in (UNREADABLE, NOT_OFFERED), name)))
    return Confusion(tuple(often), columns, {name: dict(counted[name]) for name in often})


def _pairs(row: Scored) -> Iterator[tuple[str, str]]:
    """Names that agree first; of the others one stands for one, and whoever is left over stands for no call."""
    expected, given = Counter(row.expected.names), Counter(_names(row))
    for name, n in (expected & given).items():
        yield from [(name, name)] * n
    left, instead = (expected - given).elements(), (given - expected).elements()
    found = list(zip_longest(left, instead, fillvalue=UNREADABLE if _is_unreadable(row) else NO_CALL))
    yield from found
    if not (row.expected.names or found):
        yield NO_CALL, UNREADABLE if _is_unreadable(row) else NO_CALL


def _names(row: Scored) -> list[str]:
    return [name if row.expected.offer.has(name) else NOT_OFFERED for name in row.given.names or ()]


def _is_unreadable(row: Scored) -> bool:
    return row.verdict is Verdict.UNPARSEABLE or row.given.names is None
