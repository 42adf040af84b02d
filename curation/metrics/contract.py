"""What every metric is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from curation.metrics.scored import Scored


class Rate(msgspec.Struct, frozen=True):
    """A share with its doubt; `value`, `low` and `high` are None when n is 0."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


class Metric(msgspec.Struct, frozen=True):
    """One metric over one Scored pass. `METRIC(S)` in its module, one line in `curation.metrics.METRICS`."""

    name: str
    title: str
    compute: Callable[[Sequence[Scored]], Rate]
    higher_is_better: bool = True
