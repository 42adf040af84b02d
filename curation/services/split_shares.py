"""How the rows of each category and each tool are shared out among the splits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.states import ExampleState, Split
from curation.model.traits import Trait
from curation.rules import CATEGORIES
from curation.rules.traits import EDITION
from curation.services.dealing import SHARES
from curation.services.projects import need_project
from curation.services.trait_tallying import tally_waiting
from curation.services.workspace import Workspace
from db import split_moves, traits
from db.traits import Sum

Line = tuple[str, str | None, int]
"""A category or a tool, a split (None: not drawn), and rows."""
Counted = tuple[list[tuple[str | None, int]], list[Line], list[Line]]
FEW_WAITING = 400
"""So many examples are summed while somebody waits for the page."""
SUMMED_BY = (EDITION, None)
"""By which rules the sums hold what is asked here; None where nobody has summed by any others."""
FEWEST = 3
"""Rows from which on each split can have one."""


class Shares(msgspec.Struct, frozen=True):
    """The rows of one category, or of one tool, by split; those without a split stand apart."""

    name: str
    rows: dict[str, int]
    n_undrawn: int = 0

    @property
    def n_drawn(self) -> int:
        return sum(self.rows.values())

    def share(self, split: Split) -> float | None:
        return self.rows[split.value] / self.n_drawn if self.n_drawn else None

    @property
    def missing_in(self) -> tuple[str, ...]:
        """The splits that have none although there are enough rows for all."""
        return tuple(split for split, n in self.rows.items() if not n) if self.n_drawn >= FEWEST else ()


class SplitShares(msgspec.Struct, frozen=True):
    """What is wanted, and what every category and tool has."""

    wanted: dict[str, float]
    all: Shares
    categories: tuple[Shares, ...]
    tools: tuple[Shares, ...]


def measure_shares(ws: Workspace, project_id: str, *, states: Sequence[ExampleState]) -> SplitShares:
    """Count the rows in these states; a row of several categories or tools counts in each."""
    with ws.reading() as connection:
        project = need_project(connection, project_id)
        n_waiting = traits.count_todo(connection, project.id, FEW_WAITING + 1)
    if 0 < n_waiting <= FEW_WAITING:
        tally_waiting(ws, FEW_WAITING)
    with ws.reading() as connection:
        are_summed = not traits.count_todo(connection, project.id, 1) and traits.read_edition(connection) in SUMMED_BY
        every, by_category, by_tool = (_summed if are_summed else _counted)(connection, project.id, states)
    known = _share_out(by_category)
    return SplitShares(
        wanted={split.value: share for split, share in SHARES.items()},
        all=_one("all rows", every),
        categories=tuple(known[name] for name in CATEGORIES if name in known),
        tools=tuple(sorted(_share_out(by_tool).values(), key=lambda one: (-one.n_drawn - one.n_undrawn, one.name))),
    )


def _summed(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> Counted:
    """From the sums that follow every change: nothing is walked over."""
    found = traits.sum_traits(connection, project_id, states, ("split", "shape", "use"))
    every = [(split or None, n.n_rows) for split, n in found["split"].items()]
    return every, list(_split_up(found, "shape")), list(_split_up(found, "use"))


def _split_up(found: Mapping[str, Mapping[str, Sum]], kind: str) -> Iterator[Line]:
    for name, n in found[kind].items():
        of, split = Trait(kind, name).parts
        yield of, split or None, n.n_rows


def _counted(connection: Connection, project_id: str, states: Sequence[ExampleState]) -> Counted:
    """From the rows themselves, while some of them wait to be summed."""
    by_category = split_moves.count_by_category(connection, project_id, states)
    every = [(split, n) for _, split, n in by_category]
    single = [(name, split, n) for words, split, n in by_category for name in words.split()]
    return every, single, split_moves.count_by_tool(connection, project_id, states)


def _share_out(counted: Iterable[tuple[str, str | None, int]]) -> dict[str, Shares]:
    rows: defaultdict[str, list[tuple[str | None, int]]] = defaultdict(list)
    for name, split, n in counted:
        rows[name].append((split, n))
    return {name: _one(name, found) for name, found in rows.items()}


def _one(name: str, found: Iterable[tuple[str | None, int]]) -> Shares:
    counts: Counter[str | None] = Counter()
    for split, n in found:
        counts[split] += n
    return Shares(name, {split.value: counts[split.value] for split in Split}, counts[None])
