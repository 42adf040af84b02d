"""Checks of many rows together: duplicates, leakage, drift, balance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import msgspec

from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.values import Json
from curation.rules.balance import BalanceCount, judge_family
from curation.rules.columns import ColumnTypes
from curation.rules.conventions import NoToolForms
from curation.rules.coverage import CoverageCount
from curation.rules.digest import digest
from curation.rules.figures import (
    judge_conflict,
    judge_coverage,
    judge_leak,
    judge_near,
    judge_share,
    judge_twins,
    judge_use,
    whole_finding,
)
from curation.rules.origins import Origins
from curation.rules.overlap import Overlaps
from curation.rules.registry import rule
from curation.rules.row_names import NO_ROWS, RowNames
from curation.rules.splits import judge_splits, own_split
from curation.rules.spread import SpreadCount
from curation.rules.tallies import Tallies
from curation.targets import Target

if TYPE_CHECKING:
    from curation.rules.spooled_rows import SpooledRows

_FEWEST_ROWS = 10


class DatasetFinding(msgspec.Struct, frozen=True):
    """A finding about several examples at once."""

    finding: Finding
    examples: tuple[str, ...] = ()
    """The ids of the examples concerned, the first one named first; of very many, only the first ones."""
    n_examples: int = 0
    """How many examples are concerned."""


class Counter(Protocol):
    """Counts something over all rows, one at a time, and says at the end what it found."""

    def add(self, identifier: str, example: Example) -> None: ...

    def finish(self) -> Iterator[tuple[Finding, RowNames]]: ...


def check_dataset(
    readings: Iterable[tuple[str, Example]], *, splits: Mapping[str, str] | None = None
) -> tuple[DatasetFinding, ...]:
    """Every finding about the rows as a whole, in the order of the rule list.

    Args:
        readings: id and example of each row.
        splits: id → split, where splits were drawn.
    """
    return tuple(walk_dataset(readings, splits=splits))


def walk_dataset(
    readings: Iterable[tuple[str, Example]], *, splits: Mapping[str, str] | None = None
) -> Iterator[DatasetFinding]:
    """The findings of `check_dataset` one by one: there can be half as many as there are rows."""
    from curation.rules.spooled_rows import SpooledRows

    # Also an empty one: it may be filled while the rows are read.
    where = {} if splits is None else splits
    calls, tallies, overlaps = CoverageCount(), Tallies(), Overlaps()
    counters: tuple[Counter, ...] = (BalanceCount(), SpreadCount(), ColumnTypes(), NoToolForms(), Origins())
    with ExitStack() as stack:
        rows = SpooledRows(stack, overlaps)
        for identifier, example in readings:
            calls.add(example)
            for counter in counters:
                counter.add(identifier, example)
            one = digest(identifier, example, where.get(identifier) or own_split(example))
            tallies.add(one)
            rows.add(one)
        rows.finish()
        for counted in (_drift, _share, _few):
            yield from counted(tallies)
        for spooled in (_duplicates, _near_duplicates, _conflicts):
            yield from spooled(rows)
        yield from _rare_tools(tallies)
        yield from _name_all(overlaps.finish())
        yield from _about(tallies.ungrouped, judge_splits(tallies.n_drawn, len(tallies.splits), tallies.ungrouped.n))
        for tool in calls.finish(tallies.schemas()):
            yield from _about(NO_ROWS, judge_coverage(tool))
        for counter in counters:
            yield from _name_all(counter.finish())


def _finding(code: str, message: str, values: dict[str, Json], rows: RowNames) -> DatasetFinding:
    return _name(whole_finding(code, message, values), rows)


def _name(finding: Finding, rows: RowNames) -> DatasetFinding:
    return DatasetFinding(finding, tuple(rows.first), rows.n)


def _about(rows: RowNames, findings: Iterable[Finding]) -> Iterator[DatasetFinding]:
    return (_name(finding, rows) for finding in findings)


def _name_all(found: Iterable[tuple[Finding, RowNames]]) -> Iterator[DatasetFinding]:
    return (_name(finding, rows) for finding, rows in found)


@rule("T19", scope="dataset", severity=Severity.WARNING)
def tool_version_drift() -> None:
    """One tool name stands for different schemas in different rows.

    The model learns a mixture of both versions. Bring the older rows to the current definition.

    Bad: `track_order(order_id)` in half of the rows, `track_order(id)` in the others

    Good: one definition in all rows
    """


def _drift(tallies: Tallies) -> Iterator[DatasetFinding]:
    for name, versions in sorted(tallies.versions.items()):
        n = len(versions.by_text)
        if n > 1:
            remedy = " in one row; keep one."
            if not versions.is_in_one_row:
                remedy = "; bring all rows to one, beginning with the rarest."
            message = f"`{name}` has {n} different definitions{remedy}"
            yield _finding("T19", message, {"tool": name, "versions": n}, versions.rarest)


@rule("N07", scope="dataset", severity=Severity.INFO)
def no_tool_share() -> None:
    """The share of decisions that call nothing is outside 10 to 20 per cent.

    An answer that only reports a result decides nothing and is not counted. With too few, the model calls a tool
    whatever is said; with too many, it stops calling. The range is a recommendation.

    Bad: 2 %

    Good: 15 %
    """


def _share(tallies: Tallies) -> Iterator[DatasetFinding]:
    return _about(NO_ROWS, judge_share(tallies.n_decisions, tallies.n_without))


def _few_grade(finding: Finding, target: Target | None) -> Severity | None:
    fewest = target.rows_fewest.value if target is not None and target.rows_fewest is not None else None
    if target is None or fewest is None:
        return Severity.INFO
    rows = finding.values.get("rows")
    return Severity.ERROR if isinstance(rows, int) and rows < fewest else None


@rule("D01", scope="dataset", grade=_few_grade)
def too_few_rows() -> None:
    """There are fewer rows than the target wants.

    The service refuses the file. Fifty to a hundred rows are the least that change a model.

    Bad: 9 rows

    Good: 100 rows
    """


def _few(tallies: Tallies) -> Iterator[DatasetFinding]:
    n = tallies.n_rows
    if n < _FEWEST_ROWS:
        yield _finding("D01", f"{_there_are(n)}; hosted services want at least 10.", {"rows": n}, NO_ROWS)


def _there_are(n_rows: int) -> str:
    if n_rows == 1:
        return "There is 1 row"
    return f"There are {n_rows or 'no'} rows"


@rule("D02", scope="dataset", severity=Severity.WARNING)
def duplicate_row() -> None:
    """Two rows are the same but for ids, spacing and the order of keys.

    The second teaches nothing and counts double; across splits it makes the test easier than life. Remove it.

    Bad: the same conversation twice, with other call ids

    Good: each conversation once
    """


def _duplicates(rows: SpooledRows) -> Iterator[DatasetFinding]:
    for same in rows.twins():
        yield from _about(same.rows, judge_twins(same.rows.n, same.splits, same.normals[0]))


@rule("D03", scope="dataset", severity=Severity.WARNING)
def near_duplicate() -> None:
    """Two rows are nearly the same.

    They differ by a number or a name. A few such families are fine inside one split when they share a group; too
    many make the data look larger than it is.

    Bad: "Track A-1001" and "Track A-1002" as independent rows

    Good: other wordings, or one group for both
    """


@rule("D04", scope="dataset")
def split_leakage() -> None:
    """The same conversation, or nearly the same, stands in training and in the test.

    The test then measures memory instead of skill. Put both into one group, so that they share a split.

    Bad: one row in train, its twin in test

    Good: both in one group
    """


def _near_duplicates(rows: SpooledRows) -> Iterator[DatasetFinding]:
    for family in rows.families():
        if len(family.normals) == 1:
            continue  # duplicate-row says it
        if (mould := judge_family(family.rows.n, len(rows))) is not None:
            yield _name(mould, family.rows)
        yield from _about(family.rows, judge_near(family.rows.n, family.normals, is_grouped=family.is_grouped))
        yield from _about(family.rows, judge_leak(family.splits, family.normals, "Nearly the same conversation"))
    for group, torn in rows.torn_groups():
        splits = sorted(torn.splits)
        message = f"The group `{group}` stands in {' and '.join(splits)}; a group must share a split."
        yield _finding("D04", message, {"group": group, "splits": [*splits]}, torn.rows)


@rule("D05", scope="dataset", severity=Severity.WARNING)
def conflicting_labels() -> None:
    """The same request with the same tools has different calls.

    No model can learn both. Decide which is right, or say in the request what makes the difference.

    Bad: "Cancel it" → `cancel_order` in one row, no call in another

    Good: the same answer in both
    """


def _conflicts(rows: SpooledRows) -> Iterator[DatasetFinding]:
    # By what the model sees before each turn: the rows of one conversation agree in every turn they share.
    for seen, same in rows.conflicts():
        yield _name(judge_conflict(same.n, seen), same)


@rule("D06", scope="dataset", severity=Severity.WARNING)
def tool_rarely_called() -> None:
    """A tool is never called, called in one row only, or only in the test.

    A tool that training never calls is not learned; one row is not enough. Write more rows for it, or say that it
    is a distractor.

    Bad: `escalate` offered in 200 rows and never called

    Good: each tool called in ten rows and more
    """


def _rare_tools(tallies: Tallies) -> Iterator[DatasetFinding]:
    for name, rows, splits in tallies.callers():
        yield from _about(rows, judge_use(name, rows.n, splits))


@rule("D07", scope="dataset", severity=Severity.WARNING)
def value_never_used() -> None:
    """A parameter, or a value of its fixed list, occurs in no call of its tool.

    What training never shows is not learned: the model leaves the parameter out, or picks one of the values it has
    seen. Write a row for each, or take the value out of the definition.

    Bad: `unit` may be `km` or `miles`, and every call says `km`

    Good: both values in several rows
    """
