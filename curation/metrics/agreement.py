"""How far people agree when they decide the same thing apart: Krippendorff's alpha for names without an order.

A unit is one thing decided about: the values people gave it, None where somebody gave none. Alpha is 1 for full
agreement, 0 for what chance alone would give, and below 0 for less than that. (K. Krippendorff, *Content Analysis*,
chapter 12; the coincidence matrix is counted in fractions, so that the figure is exact until it is rounded.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from fractions import Fraction
from itertools import permutations

import msgspec
import numpy as np
import numpy.typing as npt

from curation.metrics.intervals import DIGITS, DRAWS, SEED

Unit = Sequence[Hashable | None]
FEW_UNITS = 20
"""Below so many units an interval says more about luck than about people."""
_SHARE = (2.5, 97.5)


class Agreement(msgspec.Struct, frozen=True):
    """Agreement on one kind of decision. `alpha` is None where it is not defined: nothing to compare, or one value."""

    n: int
    """Units that at least two people decided."""
    n_equal: int
    """Of these, the ones all of them decided alike."""
    alpha: float | None
    low: float | None = None
    high: float | None = None

    @property
    def is_few(self) -> bool:
        return self.n < FEW_UNITS


def measure(units: Sequence[Unit]) -> Agreement:
    """Alpha with its 95 % interval: units drawn again with replacement, a fixed seed, percentiles."""
    paired = [tuple(value for value in unit if value is not None) for unit in units]
    paired = [unit for unit in paired if len(unit) > 1]
    found = alpha(paired)
    low, high = _interval(paired) if found is not None else (None, None)
    return Agreement(len(paired), sum(len(set(unit)) == 1 for unit in paired), found, low, high)


def alpha(units: Sequence[Unit]) -> float | None:
    """Krippendorff's alpha, nominal, any number of people, values may be missing."""
    total: Counter[Hashable] = Counter()
    disagreeing = Fraction(0)
    for unit in units:
        values = [value for value in unit if value is not None]
        if len(values) > 1:
            total.update(values)
            disagreeing += _disagreeing(values)
    n = total.total()
    expected = n * n - sum(count * count for count in total.values())
    if not expected:
        return None
    return round(float(1 - Fraction((n - 1) * disagreeing, expected)), DIGITS)


def _disagreeing(values: Sequence[Hashable]) -> Fraction:
    """What a unit adds outside the diagonal of the coincidence matrix."""
    return Fraction(sum(a != b for a, b in permutations(values, 2)), len(values) - 1)


def _interval(units: Sequence[Unit]) -> tuple[float | None, float | None]:
    """Units that say the same are one row of the table; a draw only changes how often each row counts."""
    kinds = Counter(tuple(sorted(map(repr, unit))) for unit in units)
    names = sorted({value for kind in kinds for value in kind})
    counts = np.array([[kind.count(name) for name in names] for kind in kinds], dtype=np.float64)
    apart = np.array([float(_disagreeing(kind)) for kind in kinds])
    weights = np.array(list(kinds.values()), dtype=np.float64)
    drawn = np.random.default_rng(SEED).multinomial(len(units), weights / weights.sum(), size=DRAWS)
    values = _alphas(drawn.astype(np.float64), counts, apart)
    if not len(values):
        return None, None
    low, high = np.percentile(values, _SHARE)
    return round(float(low), DIGITS), round(float(high), DIGITS)


def _alphas(
    drawn: npt.NDArray[np.float64], counts: npt.NDArray[np.float64], apart: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Alpha of every draw; a draw with one value throughout is full agreement."""
    totals = drawn @ counts
    n = totals.sum(axis=1)
    expected = n * n - (totals * totals).sum(axis=1)
    observed = (n - 1) * (drawn @ apart)
    return np.where(expected > 0, 1 - observed / np.where(expected > 0, expected, 1), 1.0)
