"""What every metric is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from curation.metrics.intervals import DIGITS, Tally, wilson

if TYPE_CHECKING:
    from curation.metrics.scored import Scored


class Rate(msgspec.Struct, frozen=True):
    """A share with its doubt; `value`, `low` and `high` are None when n is 0, the latter two also above 1."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


class Metric(msgspec.Struct, frozen=True):
    """One metric over one Scored pass. `METRICS` in its module, one line in `curation.metrics.score.FAMILIES`."""

    name: str
    title: str
    tally: Callable[[Scored], Tally]
    """Every rate is a sum over rows, so that differences can be drawn again without scoring again."""
    higher_is_better: bool = True
    comparison_only: bool = False
    """True for rates defined as lessons define them: shown to compare, never to decide."""

    weight: int = 1
    """What one row counts at most; more than 1 where a row can be bad by degrees."""
    is_mute: Callable[[Scored], bool] | None = None
    """Whether an answer could not have counted against the model whatever it is like; None: every answer could."""


def rate_of(tallies: Sequence[Tally], weight: int = 1) -> Rate:
    """The rate of some rows."""
    return rate_from(sum(hit for hit, _ in tallies), sum(of for _, of in tallies), weight)


def rate_from(hits_summed: int, of_summed: int, weight: int = 1) -> Rate:
    """The rate of summed tallies; null when nothing was counted, without an interval when above 1.

    `n` counts rows, so a row that weighs more makes nobody surer.
    """
    hits, n = hits_summed / weight, of_summed // weight
    if n == 0:
        return Rate(None, 0)
    if hits > n:
        return Rate(round(hits / n, DIGITS), n)
    low, high = wilson(hits, n)
    return Rate(round(hits / n, DIGITS), n, low, high)


def count_if(is_hit: bool, *, of: bool = True) -> Tally:
    """The tally of a yes-or-no metric on one row; nothing where the row does not count."""
    return (int(is_hit and of), int(of))
