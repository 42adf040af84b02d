"""Checks of many rows together: duplicates, leakage, drift, balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import msgspec

from curation.model.definition import Definition
from curation.model.example import Example
from curation.model.finding import Finding, Severity
from curation.model.values import Json
from curation.rules.balance import BalanceCount, judge_family
from curation.rules.columns import ColumnTypes
from curation.rules.conventions import NoToolForms
from curation.rules.coverage import CoverageCount
from curation.rules.digest import Digest, digest, split_choice
from curation.rules.figures import judge_coverage, judge_leak, judge_share, judge_twins, judge_use, whole_finding
from curation.rules.near import find_families
from curation.rules.origins import Origins
from curation.rules.overlap import find_overlaps, judge_overlap
from curation.rules.registry import rule
from curation.rules.splits import judge_splits, own_split
from curation.rules.spread import SpreadCount
from curation.targets import Target

_FEWEST_ROWS = 10


class DatasetFinding(msgspec.Struct, frozen=True):
    """A finding about several examples at once."""

    finding: Finding
    examples: tuple[str, ...] = ()
    """The ids of the examples concerned, the first one named first."""


class Counter(Protocol):
    """Counts something over all rows, one at a time, and says at the end what it found."""

    def add(self, identifier: str, example: Example) -> None: ...

    def finish(self) -> Iterator[tuple[Finding, tuple[str, ...]]]: ...


def check_dataset(
    readings: Iterable[tuple[str, Example]], *, splits: Mapping[str, str] | None = None
) -> tuple[DatasetFinding, ...]:
    """Every finding about the rows as a whole, in the order of the rule list.

    Args:
        readings: id and example of each row.
        splits: id → split, where splits were drawn.
    """
    where, calls = splits or {}, CoverageCount()
    counters = (BalanceCount(), SpreadCount(), ColumnTypes(), NoToolForms(), Origins())
    digests = [
        _take(calls, counters, identifier, example, where.get(identifier) or own_split(example))
        for identifier, example in readings
    ]
    checks = (_drift, _share, _few, _duplicates, _near_duplicates, _conflicts, _rare_tools, _overlaps, _split_record)
    counted = (DatasetFinding(finding, rows) for counter in counters for finding, rows in counter.finish())
    return (*(finding for check in checks for finding in check(digests)), *_unused(digests, calls), *counted)


def _take(calls: CoverageCount, counters: Iterable[Counter], identifier: str, example: Example, split: str) -> Digest:
    calls.add(example)
    for counter in counters:
        counter.add(identifier, example)
    return digest(identifier, example, split)


def _finding(code: str, message: str, values: dict[str, Json], examples: Iterable[str]) -> DatasetFinding:
    return DatasetFinding(whole_finding(code, message, values), tuple(examples))


def _about(rows: Iterable[Digest], findings: Iterable[Finding]) -> Iterator[DatasetFinding]:
    ids = tuple(one.id for one in rows)
    return (DatasetFinding(finding, ids) for finding in findings)


@rule("T19", scope="dataset", severity=Severity.WARNING)
def tool_version_drift() -> None:
    """One tool name stands for different schemas in different rows.

    The model learns a mixture of both versions. Bring the older rows to the current definition.

    Bad: `track_order(order_id)` in half of the rows, `track_order(id)` in the others

    Good: one definition in all rows
    """


def _drift(digests: list[Digest]) -> Iterator[DatasetFinding]:
    seen: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in digests:
        for name, text in one.tools:
            if name:
                seen[name][text].append(one.id)
    for name, versions in sorted(seen.items()):
        if len(versions) > 1:
            rarest = min(versions.values(), key=len)
            is_one_row = len({one for ids in versions.values() for one in ids}) == 1
            remedy = " in one row; keep one." if is_one_row else "; bring all rows to one, beginning with the rarest."
            message = f"`{name}` has {len(versions)} different definitions{remedy}"
            yield _finding("T19", message, {"tool": name, "versions": len(versions)}, rarest)


@rule("N07", scope="dataset", severity=Severity.INFO)
def no_tool_share() -> None:
    """The share of decisions that call nothing is outside 10 to 20 per cent.

    An answer that only reports a result decides nothing and is not counted. With too few, the model calls a tool
    whatever is said; with too many, it stops calling. The range is a recommendation.

    Bad: 2 %

    Good: 15 %
    """


def _share(digests: list[Digest]) -> Iterator[DatasetFinding]:
    n_decisions, n_without = sum(one.n_decisions for one in digests), sum(one.n_without for one in digests)
    return _about((), judge_share(n_decisions, n_without))


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


def _few(digests: list[Digest]) -> Iterator[DatasetFinding]:
    if len(digests) < _FEWEST_ROWS:
        yield _finding(
            "D01", f"{_there_are(len(digests))}; hosted services want at least 10.", {"rows": len(digests)}, ()
        )


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


def _duplicates(digests: list[Digest]) -> Iterator[DatasetFinding]:
    by_hash: dict[str, list[Digest]] = defaultdict(list)
    for one in digests:
        by_hash[one.normal].append(one)
    for normal, same in by_hash.items():
        if len(same) > 1:
            yield from _about(same, judge_twins(len(same), _splits(same), normal))


def _splits(rows: Iterable[Digest]) -> set[str]:
    return {one.split for one in rows if one.split}


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


def _near_duplicates(digests: list[Digest]) -> Iterator[DatasetFinding]:
    for positions in find_families([one.sketch for one in digests]):
        family = [digests[position] for position in positions]
        normals = sorted({one.normal for one in family})
        if len(normals) == 1:
            continue  # duplicate-row says it
        if (mould := judge_family(len(family), len(digests))) is not None:
            yield DatasetFinding(mould, tuple(one.id for one in family))
        if len({one.group for one in family}) > 1 or family[0].group is None:
            message = f"{len(family)} rows are nearly the same; put them into one group or reword them."
            yield _finding("D03", message, {"rows": normals}, [one.id for one in family])
        yield from _about(family, judge_leak(_splits(family), normals, "Nearly the same conversation"))
    yield from _group_leaks(digests)


def _group_leaks(digests: list[Digest]) -> Iterator[DatasetFinding]:
    by_group: dict[str, list[Digest]] = defaultdict(list)
    for one in digests:
        if one.group is not None and one.split:
            by_group[one.group].append(one)
    for group, members in sorted(by_group.items()):
        splits = sorted({one.split for one in members})
        if len(splits) > 1:
            message = f"The group `{group}` stands in {' and '.join(splits)}; a group must share a split."
            yield _finding("D04", message, {"group": group, "splits": splits}, [one.id for one in members])


def _overlaps(digests: list[Digest]) -> Iterator[DatasetFinding]:
    names = find_overlaps((one.id, one.sketch) for one in digests)
    return (DatasetFinding(finding, rows) for finding, rows in judge_overlap(names))


def _split_record(digests: list[Digest]) -> Iterator[DatasetFinding]:
    drawn = [one for one in digests if one.split]
    ungrouped = [one for one in drawn if one.group is None]
    return _about(ungrouped, judge_splits(len(drawn), len(_splits(drawn)), len(ungrouped)))


@rule("D05", scope="dataset", severity=Severity.WARNING)
def conflicting_labels() -> None:
    """The same request with the same tools has different calls.

    No model can learn both. Decide which is right, or say in the request what makes the difference.

    Bad: "Cancel it" → `cancel_order` in one row, no call in another

    Good: the same answer in both
    """


def _conflicts(digests: list[Digest]) -> Iterator[DatasetFinding]:
    # By what the model sees before each turn: the rows of one conversation agree in every turn they share.
    by_sight: dict[bytes, list[tuple[str, bytes]]] = defaultdict(list)
    for one in digests:
        for choice in one.choices:
            seen, called = split_choice(choice)
            by_sight[seen].append((one.id, called))
    for seen, same in by_sight.items():
        if len({called for _, called in same}) > 1:
            message = f"{len(same)} rows ask the same and call differently; decide which is right."
            yield _finding("D05", message, {"request": seen.hex()}, [identifier for identifier, _ in same])


@rule("D06", scope="dataset", severity=Severity.WARNING)
def tool_rarely_called() -> None:
    """A tool is never called, called in one row only, or only in the test.

    A tool that training never calls is not learned; one row is not enough. Write more rows for it, or say that it
    is a distractor.

    Bad: `escalate` offered in 200 rows and never called

    Good: each tool called in ten rows and more
    """


def _rare_tools(digests: list[Digest]) -> Iterator[DatasetFinding]:
    offered = {name for one in digests for name, _ in one.tools if name}
    calling: dict[str, list[Digest]] = defaultdict(list)
    for one in digests:
        for name in one.called:
            calling[name].append(one)
    for name in sorted(offered):
        rows = calling.get(name, [])
        yield from _about(rows, judge_use(name, len(rows), _splits(rows)))


@rule("D07", scope="dataset", severity=Severity.WARNING)
def value_never_used() -> None:
    """A parameter, or a value of its fixed list, occurs in no call of its tool.

    What training never shows is not learned: the model leaves the parameter out, or picks one of the values it has
    seen. Write a row for each, or take the value out of the definition.

    Bad: `unit` may be `km` or `miles`, and every call says `km`

    Good: both values in several rows
    """


def _unused(digests: list[Digest], calls: CoverageCount) -> Iterator[DatasetFinding]:
    newest = {name: text for one in digests for name, text in one.tools if name}
    schemas = {name: Definition(text).view.parameters for name, text in newest.items()}
    for tool in calls.finish(schemas):
        yield from _about((), judge_coverage(tool))
