"""Every rate of every model of a look as lines of a table: of the chosen rows, and slice by slice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from curation.metrics.contract import Metric, Rate
from curation.metrics.report import Figures
from curation.metrics.score import FAMILIES
from curation.services.evaluation_views import ModelResult
from curation.services.look_parts import ALL, Part, list_slices

_METRICS = tuple(
    (metric, family.__name__.rpartition(".")[2].replace("_", " ")) for family in FAMILIES for metric in family.METRICS
)
"""Each with the word of its family."""


class RateLine(msgspec.Struct, frozen=True):
    """One rate of one model on the rows of one slice."""

    slice: str
    family: str
    """What it is about, in a word."""
    metric: Metric
    label: str
    rate: Rate
    mute: int = 0
    """So many of the answers it counts cannot be read or used that it says little; 0 where it says something."""

    @property
    def doubt(self) -> str:
        """Why it says little."""
        return f"{self.mute:,} answers that it counts cannot be read or used" if self.mute else ""

    @property
    def better(self) -> str:
        """Which way is good."""
        return "higher" if self.metric.higher_is_better else "lower"

    @property
    def is_counted(self) -> bool:
        """Whether any row says something."""
        return self.rate.n > 0 and self.rate.value is not None


def list_titles() -> dict[str, str]:
    """Every rate there is → its title, in the order of the tables."""
    return {metric.name: metric.title for metric, _ in _METRICS}


def list_rates(models: Iterable[ModelResult], slice_name: str = ALL) -> Iterator[RateLine]:
    """Every rate, model by model, those that count nothing included; a model without figures has no line."""
    figures = [(one.label, found) for one in models if (found := _figures_of(one, slice_name))]
    for metric, family in _METRICS:
        for label, found in figures:
            mute = found.vacuous.get(metric.name, 0)
            yield RateLine(slice_name, family, metric, label, found.metrics[metric.name], mute)


def list_slice_rates(part: Part, metric: str = "") -> Iterator[RateLine]:
    """The same in every slice of the look for the models on screen; only what is counted, one rate where it is named.

    The slices are those of all rows, whichever of them are on screen.
    """
    models = [one for one in part.look.models if one.label in part.labels]
    for choice in list_slices(part.look):
        for line in list_rates(models, choice.name):
            if line.is_counted and metric in ("", line.metric.name):
                yield line


def _figures_of(one: ModelResult, slice_name: str) -> Figures | None:
    if one.report is None:
        return None
    return one.report.overall if slice_name == ALL else one.report.slices.get(slice_name)
