"""Whether one model is really worse than another, told for many rates and slices at once.

Both answered the same rows. If they were equally good, each group of similar rows could as well have turned out the
other way round; so signs are drawn for the groups, the same for all rates and slices, and the largest difference of
each draw is kept. What is larger than all but 5 % of those is no chance, however many rates were looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from curation.metrics.contract import Metric
from curation.metrics.scored import Scored

Matrix = npt.NDArray[np.float32]
DRAWS = 4_000
_AT_ONCE = 250
SEED = 20_260_102


class Compared(msgspec.Struct, frozen=True):
    """One rate in one slice, of two models on the same rows."""

    slice: str
    """Empty: all rows."""
    metric: str
    n: int
    first: float
    second: float
    p: float
    """How often chance alone makes some rate in some slice of the second one so much worse; small: it is worse."""

    @property
    def change(self) -> float:
        """By how much the rate moved, in the direction of the rate itself."""
        return self.second - self.first


def compare_all(
    first: Sequence[Scored],
    second: Sequence[Scored],
    metrics: Sequence[Metric],
    slices: Mapping[str, Callable[[Scored], bool]],
) -> list[Compared]:
    """Every rate in every slice, with the doubt of all of them together.

    Args:
        first: the rows of the model that is held against.
        second: the same rows in the same order, as the other one answered them.
        metrics: rates whose denominator the answer does not change.
        slices: name → which rows stand in it.
    """
    members = {name: np.array([holds(row) for row in first], dtype=bool) for name, holds in slices.items()}
    cells, worse = [], []
    for metric in metrics:
        before, of = _tallies(first, metric)
        after, _ = _tallies(second, metric)
        loss = (before - after if metric.higher_is_better else after - before).astype(np.float32)
        for name, inside in members.items():
            n = float(of[inside].sum())
            if n:
                cells.append(
                    (
                        name,
                        metric.name,
                        int(n) // metric.weight,
                        float(before[inside].sum()) / n,
                        float(after[inside].sum()) / n,
                    )
                )
                worse.append(np.where(inside, loss, 0).astype(np.float32))
    if not worse:
        return []
    chances = _chances(np.stack(worse, axis=1), [row.group for row in first])
    return [
        Compared(name, metric, n, one, other, float(p))
        for (name, metric, n, one, other), p in zip(cells, chances, strict=True)
    ]


def _tallies(rows: Sequence[Scored], metric: Metric) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    tallies = np.array([metric.tally(row) for row in rows], dtype=np.int64).reshape(-1, 2)
    return tallies[:, 0], tallies[:, 1]


def _chances(losses: Matrix, groups: Sequence[str]) -> npt.NDArray[np.float64]:
    """Per column, how often the largest of all columns is at least as large by chance."""
    summed = _sum_groups(losses, groups)
    spread = np.sqrt((summed**2).sum(axis=0))
    known = spread > 0
    scaled = np.divide(summed, spread, out=np.zeros_like(summed), where=known)
    seen = scaled.sum(axis=0)
    rng = np.random.default_rng(SEED)
    beaten = np.ones(losses.shape[1])
    for _ in range(0, DRAWS, _AT_ONCE):
        signs = rng.choice(np.array([-1, 1], dtype=np.float32), size=(_AT_ONCE, len(scaled)))
        largest = (signs @ scaled).max(axis=1) if len(scaled) else np.zeros(_AT_ONCE)
        # Sums of the same numbers in another order differ in the last digit.
        beaten += (largest[:, None] >= seen[None, :] - 1e-4).sum(axis=0)
    return np.where(known, beaten / (DRAWS + 1), 1.0)


def _sum_groups(losses: Matrix, groups: Sequence[str]) -> Matrix:
    """The losses of each group; groups without any say nothing and are left out."""
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    summed = np.zeros((len(numbers), losses.shape[1]), dtype=np.float32)
    np.add.at(summed, [numbers[group] for group in groups], losses)
    return summed[np.any(summed != 0, axis=1)]


def chance_of_change(first: Sequence[Scored], second: Sequence[Scored], metric: Metric) -> float:
    """How often chance alone would move one rate of two equal models by as much, either way."""
    before, _ = _tallies(first, metric)
    after, _ = _tallies(second, metric)
    loss = (before - after).astype(np.float32)
    return float(_chances(np.stack([loss, -loss], axis=1), [row.group for row in first]).min())
