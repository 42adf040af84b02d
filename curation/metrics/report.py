"""The figures of one model on one set of rows: what `--json` prints, what screens show, what a digest pins."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from curation.metrics.contract import Metric, Rate, rate_from
from curation.metrics.intervals import Tallies, Tally
from curation.metrics.scored import FAILURES, Scored
from curation.model.values import Json

Mute = npt.NDArray[np.bool_]
"""Rate by row: whether the answer could not have counted against the model."""
_BARE = ("n", "metrics", "failures")


class Counts(msgspec.Struct, frozen=True):
    """How many rows of each kind were scored."""

    rows: int
    call: int
    no_tool: int
    recovery: int


class Figures(msgspec.Struct, frozen=True):
    """Counts, rates and failures of some rows."""

    n: Counts
    metrics: dict[str, Rate]
    failures: dict[str, int]
    vacuous: dict[str, int] = {}
    """Rates that say little: name → answers among those counted that could not have counted against the model."""


class Report(msgspec.Struct, frozen=True):
    """The figures of all rows and of slices, with the rows they come from."""

    overall: Figures
    slices: dict[str, Figures]
    scored: tuple[Scored, ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The machine shape, plain values in a fixed order."""
        slices = {name: msgspec.to_builtins(figures) for name, figures in self.slices.items()}
        return {**msgspec.to_builtins(self.overall), "slices": slices, "warnings": list(self.warnings)}


class TallyBook:
    """What rows add to every rate: each is asked once, as models that say the same share their row."""

    def __init__(self, metrics: Sequence[Metric]) -> None:
        self._metrics = metrics
        self._known: dict[int, tuple[Scored, list[Tally]]] = {}
        """By identity; the row stands beside, so that no other one gets its number meanwhile."""

    def tally(self, rows: Sequence[Scored]) -> Tallies:
        """Every rate of every row; rates of slices are sums over some of the rows."""
        tallies = np.array([self._ask(row) for row in rows], dtype=np.int64)
        return tallies.reshape(len(rows), len(self._metrics), 2).transpose(1, 0, 2)

    def _ask(self, row: Scored) -> list[Tally]:
        found = self._known.get(id(row))
        if found is None:
            found = self._known[id(row)] = row, [metric.tally(row) for metric in self._metrics]
        return found[1]


def find_mute(rows: Sequence[Scored], metrics: Sequence[Metric]) -> Mute:
    """Which rows have an answer that could not count against the model, rate by rate."""
    found = [[metric.is_mute(row) for row in rows] if metric.is_mute else [False] * len(rows) for metric in metrics]
    return np.array(found, dtype=np.bool_).reshape(len(metrics), len(rows))


def count_figures(rows: Sequence[Scored], metrics: Sequence[Metric], tallies: Tallies, mute: Mute) -> Figures:
    """All rates over some rows, from what they add to them."""
    n_call = sum(row.is_call_row for row in rows)
    failures = Counter(row.failure for row in rows)
    sums = tallies.sum(axis=1).tolist()
    return Figures(
        n=Counts(len(rows), n_call, len(rows) - n_call, sum(row.is_recovery for row in rows)),
        metrics={
            metric.name: rate_from(hits, of, metric.weight) for metric, (hits, of) in zip(metrics, sums, strict=True)
        },
        failures={name: failures[name] for name in FAILURES},
        vacuous=_find_vacuous(metrics, tallies, mute),
    )


def _find_vacuous(metrics: Sequence[Metric], tallies: Tallies, mute: Mute) -> dict[str, int]:
    """The rates of which most rows could not have counted against the model, and how many could not."""
    counted = tallies[:, :, 1] > 0
    silent, n = (mute & counted).sum(axis=1).tolist(), counted.sum(axis=1).tolist()
    return {metric.name: some for metric, some, of in zip(metrics, silent, n, strict=True) if 2 * some > of}


def place_slices(rows: Sequence[Scored]) -> dict[str, list[int]]:
    """Which rows stand in each slice, in the order of the slices' names; a row may stand in several."""
    slices: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        for name in row.slices:
            slices.setdefault(name, []).append(at)
    return dict(sorted(slices.items()))


def bare_figures(shape: Mapping[str, Json]) -> dict[str, Json]:
    """The machine shape of a report without what is only said of its figures."""
    slices = {name: {key: part[key] for key in _BARE} for name, part in shape["slices"].items()}
    return {**{key: shape[key] for key in _BARE}, "slices": slices}


def digest(report: Report) -> str:
    """SHA-256 of a report's bare figures; equal figures have equal digests, whatever is said of them beside."""
    text = json.dumps(bare_figures(report.to_json()), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
