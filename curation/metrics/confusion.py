"""Which tool is taken for which: every expected call against what was called instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import zip_longest

import msgspec

from curation.metrics.given import Verdict
from curation.metrics.scored import Scored

NO_CALL, UNREADABLE, NOT_OFFERED = "no call", "unreadable", "not offered"
"""Beside the names of tools; none of them can be one, as a name has no space and no tool is called `unreadable`."""
OTHERS, ANOTHER = "other tools", "another tool"
"""In a table that shows only some tools: all the rest, and one of them called instead of the one expected."""


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
        for expected, given in pairs_of(row):
            counted.setdefault(expected, Counter())[given] += 1
    often = sorted(counted, key=lambda name: (name == NO_CALL, -counted[name].total(), name))
    others = {given for counter in counted.values() for given in counter} - counted.keys()
    columns = (*often, *sorted(others, key=lambda name: (name in (UNREADABLE, NOT_OFFERED), name)))
    return Confusion(tuple(often), columns, {name: dict(counted[name]) for name in often})


def gather(table: Confusion, most: int) -> Confusion:
    """The table with the tools that are mistaken most often, all others put together."""
    tools = [name for name in table.given if name not in (NO_CALL, UNREADABLE, NOT_OFFERED)]
    if len(tools) <= most:
        return table
    wrong = {name: _count_mistakes(table, name) for name in tools}
    kept = set(sorted(tools, key=lambda name: -wrong[name])[:most]) | {NO_CALL, UNREADABLE, NOT_OFFERED}
    counts: dict[str, Counter[str]] = {}
    for expected, instead in table.counts.items():
        for given, n in instead.items():
            row, column = _place(expected, given, kept)
            counts.setdefault(row, Counter())[column] += n
    called = {column for row in counts.values() for column in row}
    rows = (*(name for name in table.expected if name in kept and name != NO_CALL), OTHERS, NO_CALL)
    columns = (*rows, *(name for name in table.given if name in kept and name not in rows), ANOTHER)
    return Confusion(
        tuple(name for name in rows if name in counts),
        tuple(name for name in columns if name in counts or name in called),
        {name: dict(counts[name]) for name in rows if name in counts},
    )


def cell_of(row: Scored, shown: Confusion) -> set[tuple[str, str]]:
    """The cells of a table, gathered or not, in which a row is counted."""
    names = {*shown.expected, *shown.given} - {OTHERS, ANOTHER}
    return {_place(expected, given, names) for expected, given in pairs_of(row)}


def _place(expected: str, given: str, names: Container[str]) -> tuple[str, str]:
    row = expected if expected in names else OTHERS
    if given in names:
        return row, given
    return row, OTHERS if given == expected else ANOTHER


def _count_mistakes(table: Confusion, name: str) -> int:
    """How often it was expected and not called, or called and not expected."""
    missed = sum(n for given, n in table.counts.get(name, {}).items() if given != name)
    return missed + sum(row.get(name, 0) for expected, row in table.counts.items() if expected != name)


def pairs_of(row: Scored) -> Iterator[tuple[str, str]]:
    """What was expected of one row beside what was called.

    Names that agree first; of the others one stands for one, and whoever is left over stands for no call.
    """
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
