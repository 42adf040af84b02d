"""Scores answers against gold rows: one pass over the rows, then every metric over the pass."""

from __future__ import annotations

from collections.abc import Sequence

from curation.errors import UnreadableError
from curation.metrics import arguments, lessons, no_tool, recovery, safety, selection, validity
from curation.metrics.answers import Answer
from curation.metrics.contract import Metric
from curation.metrics.effects import Tools
from curation.metrics.expected import called_names, expect, is_router_row
from curation.metrics.given import read_given
from curation.metrics.intervals import Difference, Tally, paired_differences, wilson
from curation.metrics.report import Report, count_all, digest
from curation.metrics.scored import Scored, Setting, score_row
from curation.metrics.slices import slices_of
from curation.metrics.warnings import find_warnings
from curation.model.example import Example
from curation.rules.categories import categories

FAMILIES = (validity, selection, arguments, no_tool, recovery, safety, lessons)
METRICS: tuple[Metric, ...] = tuple(metric for family in FAMILIES for metric in family.METRICS)


def score_answers(
    golds: Sequence[Example], answers: Sequence[Answer], *, router: bool | None = None, tools: Tools | None = None
) -> Report:
    """Score answers against the last assistant turns of gold rows, in order.

    Args:
        golds: one example a row.
        answers: one answer a row.
        router: whether the rows are in router form; None: each row is looked at.
        tools: what a team knows of its tools beyond what a model sees, by name: what they change and bring back.

    Raises:
        UnreadableError: the numbers differ, or a gold row has no assistant turn.
    """
    if len(golds) != len(answers):
        raise UnreadableError(
            f"There are {len(golds)} gold rows but {len(answers)} answers.", hint="Give one answer a row, in order."
        )
    fallback = called_names(golds, is_router=router is not False)
    rows = [
        _score(position, gold, answer, router=router, fallback=fallback, tools=tools or {})
        for position, (gold, answer) in enumerate(zip(golds, answers, strict=True))
    ]
    return make_report(rows)


def make_report(rows: Sequence[Scored]) -> Report:
    """All figures of scored rows."""
    overall, slices = count_all(rows, METRICS)
    return Report(
        overall=overall,
        slices=slices,
        scored=tuple(rows),
        warnings=find_warnings(rows),
    )


def compare_reports(first: Report, second: Report) -> dict[str, Difference]:
    """How the second model differs from the first on the same rows, per metric."""
    groups = [row.group for row in first.scored]
    differences = paired_differences(_tally(first), _tally(second), groups)
    return {metric.name: found for metric, found in zip(METRICS, differences, strict=True)}


def _tally(report: Report) -> list[list[Tally]]:
    return [[metric.tally(row) for row in report.scored] for metric in METRICS]


def _score(
    position: int, gold: Example, answer: Answer, *, router: bool | None, fallback: tuple[str, ...], tools: Tools
) -> Scored:
    is_router = is_router_row(gold) if router is None else router
    expected = expect(gold, is_router=is_router, fallback=fallback)
    if expected is None:
        raise UnreadableError(
            f"Gold row {position + 1} has no assistant turn, so nothing is expected of the answer.",
            hint="End every gold row with the turn that is right.",
        )
    given = read_given(answer, expected.offer, is_router=is_router)
    kinds = categories(gold)
    return score_row(expected, given, position, Setting(gold, tools, kinds, slices_of(gold, expected, kinds)))


__all__ = ["FAMILIES", "METRICS", "compare_reports", "digest", "make_report", "score_answers", "wilson"]
