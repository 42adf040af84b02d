"""How long rows are: quantiles, and bars whose ends a person can read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection

from curation.model.states import ExampleState
from curation.services.health_figures import Lengths, TokenLengths
from curation.services.token_counting import Measure
from db import token_counts

BINS = 12
"""About so many bars in the histogram of lengths."""
NARROWEST_BIN = 50


def measure_tokens(
    connection: Connection, project_id: str, states: Sequence[ExampleState], measure: Measure
) -> TokenLengths:
    """How long rows are for a base model; those that become no row have no length."""
    known = token_counts.list_lengths(connection, project_id, states, measure.digest)
    counted = [(n, rows) for n, rows in known if n]
    limit = measure.max_length
    return TokenLengths(
        base=measure.name,
        digest=measure.digest,
        max_length=limit,
        n_rows=sum(rows for _, rows in known),
        n_unwritten=sum(rows for n, rows in known if not n),
        n_longer=sum(rows for n, rows in counted if n > limit),
        n_cut=sum((n - limit) * rows for n, rows in counted if n > limit),
        lengths=measure_lengths([n for n, rows in counted for _ in range(rows)]),
    )


def measure_lengths(sizes: Sequence[int]) -> Lengths | None:
    """Of all sizes, smallest first."""
    if not sizes:
        return None
    usual = _longest_usual(sizes)
    width = _round_width((usual - sizes[0]) / BINS)
    bins = Counter(size // width for size in sizes if size // width <= usual // width)
    histogram = tuple(((at + 1) * width, bins[at]) for at in range(min(bins), max(bins) + 1))
    return Lengths(
        shortest=sizes[0],
        median=sizes[len(sizes) // 2],
        p95=sizes[min(len(sizes) - 1, int(len(sizes) * 0.95))],
        longest=sizes[-1],
        histogram=histogram,
        bin_width=width,
        n_longer=len(sizes) - bins.total(),
    )


def _longest_usual(sizes: Sequence[int]) -> int:
    """The longest row the bars reach to: one huge row must not press all others into one."""
    low, high, most = (sizes[int((len(sizes) - 1) * share)] for share in (0.25, 0.75, 0.95))
    fence = high + 3 * (high - low)
    usual = max(most, max(size for size in sizes if size <= fence))
    return usual if sizes[-1] - sizes[0] > 3 * (usual - sizes[0]) else sizes[-1]


def _round_width(wanted: float) -> int:
    """The next of 50, 100, 200, 500, 1,000 …: bins whose ends a person can read."""
    power = int(10 ** max(1, math.floor(math.log10(max(wanted, 1)))))
    return next(width for times in (1, 2, 5, 10) if (width := power * times) >= max(wanted, NARROWEST_BIN))
