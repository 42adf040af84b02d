"""The figures of one model on one set of rows: what `--json` prints, what screens show, what a digest pins."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

import msgspec

from curation.metrics.contract import Metric, Rate, rate_of
from curation.metrics.intervals import Tally
from curation.metrics.scored import FAILURES, Scored
from curation.model.values import Json


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


class Report(msgspec.Struct, frozen=True):
    """The figures of all rows and of slices, with the rows they come from."""

    overall: Figures
    slices: dict[str, Figures]
    scored: tuple[Scored, ...]
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The machine shape, plain values in a fixed order."""
        slices = {name: msgspec.to_builtins(figures) for name, figures in self.slices.items()}
        return {**msgspec.to_builtins(self.overall), "slices": slices}


def count_all(rows: Sequence[Scored], metrics: Sequence[Metric]) -> tuple[Figures, dict[str, Figures]]:
    """All rates over all rows, and over each slice; a row is looked at once for each metric, however many it is in."""
    tallies = [[metric.tally(row) for row in rows] for metric in metrics]
    slices = {
        name: _count([rows[at] for at in members], [[tally[at] for at in members] for tally in tallies], metrics)
        for name, members in _slice(rows).items()
    }
    return _count(rows, tallies, metrics), slices


def _count(rows: Sequence[Scored], tallies: Sequence[Sequence[Tally]], metrics: Sequence[Metric]) -> Figures:
    n_call = sum(row.is_call_row for row in rows)
    failures = Counter(row.failure for row in rows)
    rates = {metric.name: rate_of(found, metric.weight) for metric, found in zip(metrics, tallies, strict=True)}
    return Figures(
        n=Counts(len(rows), n_call, len(rows) - n_call, sum(row.is_recovery for row in rows)),
        metrics=rates,
        failures={name: failures[name] for name in FAILURES},
    )


def _slice(rows: Sequence[Scored]) -> dict[str, list[int]]:
    """Places of the rows of each slice, in the order of their names; a row may stand in several."""
    slices: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        for name in row.slices:
            slices.setdefault(name, []).append(at)
    return dict(sorted(slices.items()))


def digest(report: Report) -> str:
    """SHA-256 of a report's machine shape; equal figures have equal digests."""
    text = json.dumps(report.to_json(), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
