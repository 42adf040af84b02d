"""Scores answers against gold rows: one pass over the rows, then every metric over the pass."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import UnreadableError
from curation.metrics import arguments, lessons, no_tool, recovery, safety, selection, validity
from curation.metrics.annotations import find_annotation_fault
from curation.metrics.answers import Answer
from curation.metrics.contract import Metric
from curation.metrics.effects import Tools
from curation.metrics.expected import Expected, called_names, expect, is_router_row
from curation.metrics.given import read_given
from curation.metrics.intervals import Difference, number_groups, paired_by_group, sum_groups, wilson
from curation.metrics.report import Report, TallyBook, count_figures, digest, find_mute, place_slices
from curation.metrics.scored import Scored, Setting, score_row
from curation.metrics.slices import slices_of
from curation.metrics.warnings import find_warnings, warn_of_faults
from curation.model.example import Example
from curation.rules.categories import categories

FAMILIES = (validity, selection, arguments, no_tool, recovery, safety, lessons)
METRICS: tuple[Metric, ...] = tuple(metric for family in FAMILIES for metric in family.METRICS)


class Gold(msgspec.Struct, frozen=True):
    """One gold row, read once for however many models answered it."""

    example: Example
    expected: Expected
    is_router: bool
    categories: tuple[str, ...]
    slices: tuple[str, ...]
    fault: str | None = None
    """The first thing a person wrote about what counts as right here that cannot count."""


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
    _require_pairs(len(golds), len(answers))
    return score_golds(read_golds(golds, router=router), answers, tools=tools)


def read_golds(golds: Sequence[Example], *, router: bool | None = None) -> tuple[Gold, ...]:
    """What each row expects and where it stands; no answer is looked at."""
    fallback = called_names(golds, is_router=router is not False)
    return tuple(_read_gold(at, one, router=router, fallback=fallback) for at, one in enumerate(golds))


class Known:
    """What was worked out for other models that answered the same rows with the same tools."""

    def __init__(self) -> None:
        self.scored: dict[tuple[int, str], Scored] = {}
        """What was said to a row → how it was scored."""
        self.book = TallyBook(METRICS)


def score_golds(
    golds: Sequence[Gold], answers: Sequence[Answer], *, tools: Tools | None = None, known: Known | None = None
) -> Report:
    """Score answers against rows that were read before, one answer a row.

    `known` takes up what is new: good models mostly say the same.
    """
    _require_pairs(len(golds), len(answers))
    known = known or Known()
    pairs = enumerate(zip(golds, answers, strict=True))
    rows = [_score_once(position, gold, answer, tools or {}, known.scored) for position, (gold, answer) in pairs]
    report = _report(rows, known.book)
    warning = warn_of_faults([(one.example, one.fault) for one in golds if one.fault])
    return msgspec.structs.replace(report, warnings=(*report.warnings, warning)) if warning else report


def make_report(rows: Sequence[Scored]) -> Report:
    """All figures of scored rows."""
    return _report(rows, TallyBook(METRICS))


def _report(rows: Sequence[Scored], book: TallyBook) -> Report:
    tallies, mute = book.tally(rows), find_mute(rows, METRICS)
    slices = {
        name: count_figures([rows[at] for at in places], METRICS, tallies[:, places], mute[:, places])
        for name, places in place_slices(rows).items()
    }
    overall = count_figures(rows, METRICS, tallies, mute)
    return Report(overall=overall, slices=slices, scored=tuple(rows), warnings=find_warnings(rows, overall))


def compare_with_first(first: Report, others: Sequence[Report]) -> list[dict[str, Difference]]:
    """How each of the others differs from the first on the same rows, per metric."""
    book, groups = TallyBook(METRICS), number_groups([row.group for row in first.scored])
    before = sum_groups(book.tally(first.scored), groups)
    compared = (paired_by_group(before, sum_groups(book.tally(one.scored), groups)) for one in others)
    return [{metric.name: one for metric, one in zip(METRICS, found, strict=True)} for found in compared]


def _require_pairs(n_golds: int, n_answers: int) -> None:
    if n_golds != n_answers:
        raise UnreadableError(
            f"There are {n_golds} gold rows but {n_answers} answers.", hint="Give one answer a row, in order."
        )


def _read_gold(position: int, example: Example, *, router: bool | None, fallback: tuple[str, ...]) -> Gold:
    is_router = is_router_row(example) if router is None else router
    expected = expect(example, is_router=is_router, fallback=fallback)
    if expected is None:
        raise UnreadableError(
            f"Gold row {position + 1} has no assistant turn, so nothing is expected of the answer.",
            hint="End every gold row with the turn that is right.",
        )
    kinds = categories(example)
    fault = find_annotation_fault(example, expected)
    return Gold(example, expected, is_router, kinds, slices_of(example, expected, kinds), fault)


def _score_once(
    position: int, gold: Gold, answer: Answer, tools: Tools, known: dict[tuple[int, str], Scored]
) -> Scored:
    if answer.text is None or answer.message is not None or answer.is_empty:
        return _score(position, gold, answer, tools)
    key = (position, answer.text)
    if key not in known:
        known[key] = _score(position, gold, answer, tools)
    return known[key]


def _score(position: int, gold: Gold, answer: Answer, tools: Tools) -> Scored:
    given = read_given(answer, gold.expected.offer, is_router=gold.is_router)
    return score_row(gold.expected, given, position, Setting(gold.example, tools, gold.categories, gold.slices))


__all__ = [
    "FAMILIES",
    "METRICS",
    "Gold",
    "Known",
    "compare_with_first",
    "digest",
    "make_report",
    "read_golds",
    "score_answers",
    "score_golds",
    "wilson",
]
