"""Where a model does worst: for each rate the slice that pulls it down most."""

from __future__ import annotations

import msgspec

from curation.metrics.contract import Rate
from curation.metrics.report import Report
from curation.metrics.score import METRICS

_IS_HIGHER_BETTER = {metric.name: metric.higher_is_better for metric in METRICS}


class WorstSlice(msgspec.Struct, frozen=True):
    """The slice in which a rate is worst."""

    name: str
    rate: Rate


def find_worst(report: Report, metric: str) -> WorstSlice | None:
    """The slice in which a rate is worst; None where none is worse than all rows together.

    It is the one that would be worst if every slice were as good as its interval lets it be, so that one bad row in a
    slice of two does not hide ten bad ones among twenty.
    """
    overall = report.overall.metrics[metric].value
    is_higher_better = _IS_HIGHER_BETTER[metric]

    def at_best(rate: Rate) -> float:
        bound = rate.high if is_higher_better else rate.low
        found = (bound if bound is not None else rate.value) or 0.0
        return found if is_higher_better else -found

    def is_worse(rate: Rate) -> bool:
        if rate.value is None or overall is None:
            return False
        return rate.value < overall if is_higher_better else rate.value > overall

    worse = [WorstSlice(name, rate) for name, found in report.slices.items() if is_worse(rate := found.metrics[metric])]
    return min(worse, key=lambda one: (at_best(one.rate), -one.rate.n, one.name), default=None)
