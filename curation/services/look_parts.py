"""A part of a look: some of its models on some of its rows, and what changed between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from curation.metrics.confusion import Confusion, cell_of, count_confusion, gather
from curation.metrics.contract import Metric, count_if
from curation.metrics.intervals import Difference
from curation.metrics.paired import chance_of_change
from curation.metrics.report import Figures, Report
from curation.metrics.safety import FAILURES_BY_HARM
from curation.metrics.score import METRICS, compare_with_first
from curation.metrics.scored import FAILURES, Scored
from curation.metrics.slices import FIXED, HARD, LENGTH, REASON, TOOL
from curation.metrics.warnings import find_warnings, gather_warnings
from curation.services.evaluation_rows import AnsweredRow
from curation.services.evaluation_views import EvaluationView, ModelResult
from curation.services.look_memory import remember
from curation.services.told_of_parts import narrow_told

ALL = ""
"""The slice of all rows."""
KINDS = (FIXED, "category", TOOL, REASON, HARD, "recovery", LENGTH, "language")
"""In the order in which slices are offered."""
RIGHT = Metric("right", "Right", lambda row: count_if(row.failure is None))
_BY_NAME = {metric.name: metric for metric in METRICS}


class Change(StrEnum):
    """What became of a row from one model to another."""

    FIXED = "fixed"
    BROKEN = "broken"
    STILL_WRONG = "still wrong"
    STILL_RIGHT = "still right"


class SliceChoice(msgspec.Struct, frozen=True):
    """A slice that can be looked at on its own."""

    name: str
    n: int


class Part(msgspec.Struct, frozen=True):
    """Chosen models on the rows of one slice; a model that has not answered is left out."""

    look: EvaluationView
    slice: str
    models: tuple[ModelResult, ...]
    """With figures, repairs and notes of this slice alone; their summaries, costs among them, are of all rows."""
    rows: tuple[AnsweredRow, ...]
    """With the answers of these models, in their order."""
    warnings: dict[str, tuple[str, ...]]
    """What to know of the figures → labels of the models it is about; none where it is about all of them."""

    @property
    def slices(self) -> frozenset[str]:
        """The slices its rows stand in."""
        report = next((one.report for one in self.models if one.report), None)
        return frozenset(report.slices if report else ())

    @property
    def rates(self) -> frozenset[str]:
        """The rates that are counted."""
        return frozenset(_BY_NAME)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(one.label for one in self.models)

    @property
    def whole(self) -> tuple[ModelResult, ...]:
        """The same models with all rows."""
        return tuple(one for one in self.look.models if one.label in self.labels)

    def scored(self, label: str) -> tuple[Scored, ...]:
        """The judged answers of one model, in the order of the rows."""
        return next((one.report.scored for one in self.models if one.label == label and one.report), ())


class RowChange(msgspec.Struct, frozen=True):
    """One row, and what became of it between two models."""

    row: AnsweredRow
    change: Change


class Standing(msgspec.Struct, frozen=True):
    """Wins and losses of one model against another."""

    fixed: int
    broken: int
    p: float
    """How often chance alone would make them differ so much, either way."""


def list_slices(view: EvaluationView) -> tuple[SliceChoice, ...]:
    """All slices of a look with the number of their rows."""
    report = next((one.report for one in view.models if one.report), None)
    if report is None:
        return ()
    order = {kind: at for at, kind in enumerate(KINDS)}
    names = sorted(report.slices, key=lambda name: (order.get(name.partition(":")[0], len(order)), name))
    return tuple(SliceChoice(name, report.slices[name].n.rows) for name in names)


def take_part(view: EvaluationView, labels: Sequence[str], slice_name: str = ALL) -> Part:
    """These models on the rows of this slice."""
    wanted = tuple(labels)
    return remember(view, "part", wanted, slice_name, make=lambda: _take(view, wanted, slice_name))


def _take(view: EvaluationView, labels: tuple[str, ...], slice_name: str) -> Part:
    at = [i for i, one in enumerate(view.models) if one.report is not None and one.label in labels]
    reports = [report for i in at if (report := view.models[i].report) is not None]
    inside = _positions(reports[0], slice_name) if reports else []
    models = tuple(_narrow_model(view, i, report, slice_name, inside) for i, report in zip(at, reports, strict=True))
    rows = tuple(_narrow_row(view.rows[i], at) for i in inside)
    return Part(
        view,
        slice_name,
        models,
        rows,
        gather_warnings({one.label: one.report.warnings for one in models if one.report}),
    )


def _positions(report: Report, slice_name: str) -> list[int]:
    return [i for i, row in enumerate(report.scored) if slice_name in (ALL, *row.slices)]


def _narrow_model(view: EvaluationView, at: int, report: Report, slice_name: str, inside: Sequence[int]) -> ModelResult:
    """One model with figures, repairs and notes of the rows inside alone."""
    if slice_name == ALL:
        return view.models[at]
    given = [answer for i in inside if (answer := view.rows[i].answers[at]) is not None]
    told = narrow_told(view.models[at], slice_name, given)
    mended = _narrow(told.mended, slice_name, inside) if told.mended else None
    return msgspec.structs.replace(told, report=_narrow(report, slice_name, inside), mended=mended)


def _narrow(report: Report, slice_name: str, inside: Sequence[int]) -> Report:
    figures, scored = report.slices[slice_name], tuple(report.scored[i] for i in inside)
    return Report(figures, {}, scored, find_warnings(scored, figures))


def _narrow_row(row: AnsweredRow, at: Sequence[int]) -> AnsweredRow:
    return msgspec.structs.replace(row, answers=tuple(row.answers[i] for i in at))


def compare_part(part: Part) -> dict[str, dict[str, Difference]]:
    """Label of a later model → metric → how it differs from the first one, on the rows of the part."""

    def compare() -> dict[str, dict[str, Difference]]:
        first, *later = [(one.label, one.report) for one in part.models if one.report]
        found = compare_with_first(first[1], [report for _, report in later])
        return {label: one for (label, _), one in zip(later, found, strict=True)}

    if len(part.models) < 2:
        return {}
    return remember(part.look, "differences", part.labels, part.slice, make=compare)


def list_changes(part: Part, before: str, after: str) -> tuple[RowChange, ...]:
    """What became of every row from one model to another."""
    one, other = part.labels.index(before), part.labels.index(after)

    def list_them() -> tuple[RowChange, ...]:
        return tuple(RowChange(row, _change(row, one, other)) for row in part.rows)

    return remember(part.look, "changes", part.labels, part.slice, before, after, make=list_them)


def _change(row: AnsweredRow, before: int, after: int) -> Change:
    was, now = (one is not None and one.failure is None for one in (row.answers[before], row.answers[after]))
    if was == now:
        return Change.STILL_RIGHT if was else Change.STILL_WRONG
    return Change.FIXED if now else Change.BROKEN


def weigh(part: Part, before: str, after: str) -> Standing:
    """How many rows were won and lost, and whether that is more than chance."""

    def weigh_them() -> Standing:
        counted = Counter(one.change for one in list_changes(part, before, after))
        p = chance_of_change(part.scored(before), part.scored(after), RIGHT)
        return Standing(counted[Change.FIXED], counted[Change.BROKEN], p)

    return remember(part.look, "standing", part.labels, part.slice, before, after, make=weigh_them)


def confuse(part: Part, label: str, most: int) -> Confusion:
    """Which tool one model calls instead of which, the names least mistaken put together."""
    return remember(
        part.look,
        "confusion",
        label,
        part.slice,
        most,
        make=lambda: gather(count_confusion(part.scored(label)), most),
    )


def rows_in_cell(part: Part, label: str, shown: Confusion, expected: str, given: str) -> frozenset[int]:
    """Positions of the rows behind one cell of a confusion table."""
    return _positions_where(part, label, lambda row: (expected, given) in cell_of(row, shown))


def rows_against(part: Part, label: str, metric: str, slice_name: str = ALL) -> frozenset[int]:
    """Positions of the rows of a slice that count against a model in one rate."""
    wanted = _BY_NAME[metric]

    def counts_against(row: Scored) -> bool:
        hits, of = wanted.tally(row)
        return slice_name in (ALL, *row.slices) and (hits < of if wanted.higher_is_better else hits > 0)

    return remember(
        part.look,
        "against",
        label,
        part.slice,
        metric,
        slice_name,
        make=lambda: _positions_where(part, label, counts_against),
    )


def _positions_where(part: Part, label: str, holds: Callable[[Scored], bool]) -> frozenset[int]:
    return frozenset(row.position for row, one in zip(part.rows, part.scored(label), strict=True) if holds(one))


__all__ = [
    "ALL",
    "FAILURES",
    "FAILURES_BY_HARM",
    "Change",
    "Confusion",
    "Figures",
    "Part",
    "RowChange",
    "SliceChoice",
    "Standing",
    "compare_part",
    "confuse",
    "list_changes",
    "list_slices",
    "rows_against",
    "rows_in_cell",
    "take_part",
    "weigh",
]
