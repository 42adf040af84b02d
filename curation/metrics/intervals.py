"""How sure a figure is: Wilson intervals for one rate, a paired bootstrap over groups for two models."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import msgspec

Z_95 = 1.959963984540054
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


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of hits among n > 0, rounded to six digits."""
    share = min(1.0, hits / n)
    centre = share + Z_95**2 / (2 * n)
    spread = Z_95 * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n))
    scale = 1 + Z_95**2 / n
    return round(max(0.0, (centre - spread) / scale), 6), round(min(1.0, (centre + spread) / scale), 6)


def paired_difference(
    first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]], groups: Sequence[str]
) -> Difference:
    """The difference of two rates on the same rows, with a bootstrap interval that draws whole groups.

    Args:
        first: per row, what the first model adds to numerator and denominator.
        second: the same for the second model.
        groups: per row, its group; rows of one group are drawn together.
    """
    sums = _sum_by_group(first, second, groups)
    value = _difference(sums)
    if value is None:
        return Difference(None, len(sums))
    chooser = random.Random(SEED)
    draws = (_difference(chooser.choices(sums, k=len(sums))) for _ in range(DRAWS))
    drawn = sorted(draw for draw in draws if draw is not None)
    return Difference(round(value, 6), len(sums), _quantile(drawn, 0.025), _quantile(drawn, 0.975))


def _sum_by_group(
    first: Sequence[tuple[int, int]], second: Sequence[tuple[int, int]], groups: Sequence[str]
) -> list[tuple[int, int, int, int]]:
    sums: dict[str, tuple[int, int, int, int]] = {}
    for a, b, group in zip(first, second, groups, strict=True):
        old = sums.get(group, (0, 0, 0, 0))
        sums[group] = (old[0] + a[0], old[1] + a[1], old[2] + b[0], old[3] + b[1])
    return list(sums.values())


def _difference(sums: Sequence[tuple[int, int, int, int]]) -> float | None:
    hits_a, n_a, hits_b, n_b = (sum(column) for column in zip(*sums, strict=True)) if sums else (0, 0, 0, 0)
    return hits_b / n_b - hits_a / n_a if n_a and n_b else None


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    """Linear interpolation between the two nearest draws."""
    if not ordered:
        return None
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below), 6)
