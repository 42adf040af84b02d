"""How sure a figure is: Wilson intervals for one rate, a paired bootstrap over groups for two models."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt

Tally = tuple[int, int]
"""What one row adds to a rate: numerator and denominator."""
Tallies = npt.NDArray[np.int64]
"""Rate × row × (numerator, denominator)."""
Sums = npt.NDArray[np.float64]

Z_95 = 1.959963984540054
DIGITS = 12
"""Figures are rounded to so many digits: finer than anybody asks, and the same on every machine."""
DRAWS = 1_000
SEED = 20_260_101


class Difference(msgspec.Struct, frozen=True):
    """How much better the second model is than the first on the same rows; None where nothing was counted."""

    value: float | None
    n_groups: int
    low: float | None = None
    high: float | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def wilson(hits: float, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of hits among n > 0, rounded."""
    share = min(1.0, hits / n)
    centre = share + Z_95**2 / (2 * n)
    spread = Z_95 * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n))
    scale = 1 + Z_95**2 / n
    return round(max(0.0, (centre - spread) / scale), DIGITS), round(min(1.0, (centre + spread) / scale), DIGITS)


def paired_by_group(first: Sums, second: Sums) -> list[Difference]:
    """The differences of several rates of two models on the same rows, with bootstrap intervals over whole groups.

    Args:
        first: per group and rate, what the first model adds to numerator and denominator (`sum_groups`); the rows of
            one group are near-duplicates and are drawn together.
        second: the same for the second model.
    """
    n_groups = len(first)
    weights = _draw_weights(n_groups)
    whole = _difference(first.sum(axis=0), second.sum(axis=0))
    # Sums of whole numbers: a product of matrices gives them to the last digit, in whatever order it adds.
    drawn = _difference(*(np.tensordot(weights, sums, axes=1) for sums in (first, second))).T
    return [_describe(float(value), draws, n_groups) for value, draws in zip(whole, drawn, strict=True)]


def number_groups(groups: Sequence[str]) -> list[int]:
    """Per row the number of its group, groups in the order they come."""
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return [numbers[group] for group in groups]


def sum_groups(tallies: Tallies, places: Sequence[int]) -> Sums:
    """Group × rate × (numerator, denominator) from rate × row, `places` being the group of each row."""
    sums = np.zeros((max(places, default=-1) + 1, len(tallies), 2))
    np.add.at(sums, list(places), tallies.transpose(1, 0, 2))
    return sums


@lru_cache(maxsize=2)
def _draw_weights(n_groups: int) -> Sums:
    """How often each group is drawn in each draw; the seed is fixed, so a comparison repeats itself."""
    chooser = random.Random(SEED)
    everyone = range(n_groups)
    drawn = [chooser.choices(everyone, k=n_groups) for _ in range(DRAWS)] if n_groups else [[]]
    return np.stack([np.bincount(np.array(draw, dtype=int), minlength=n_groups) for draw in drawn]).astype(float)


def _difference(first: Sums, second: Sums) -> Sums:
    """Second rate less first, from their sums; NaN where nothing was counted."""
    before, after = (sums[..., 0] / np.where(sums[..., 1] > 0, sums[..., 1], np.nan) for sums in (first, second))
    return after - before


def _describe(value: float, draws: Sums, n_groups: int) -> Difference:
    known = draws[~np.isnan(draws)]
    if math.isnan(value) or not known.size:
        return Difference(None, n_groups)
    low, high = np.quantile(known, (0.025, 0.975))
    return Difference(round(value, 6), n_groups, round(float(low), 6), round(float(high), 6))
