"""What a project's figures say is wrong with the whole, by the same rules that judge a file."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.model.finding import Finding, Judged
from curation.rules import judge
from curation.rules.figures import judge_coverage, judge_share, judge_twins, judge_use, whole_finding
from curation.services.health_figures import Health, Twins
from curation.services.health_near import find_near, name_rows

NAMED = 20
"""So many repeated rows are named one by one, after the leaks."""


def find_faults(measured: Health, target: str | None) -> tuple[Judged, ...]:
    """What the figures say is wrong, worst first."""
    return judge(_find(measured), target)


def _find(measured: Health) -> Iterator[Finding]:
    yield from _repeated(measured.duplicates, measured.told.n_duplicates)
    yield from find_near(measured)
    if measured.n_rows:
        for use in measured.uses:
            yield from judge_use(use.tool, use.n_rows, use.splits)
    for tool in measured.coverage:
        yield from judge_coverage(tool)
    yield from judge_share(measured.n_decisions, measured.n_no_tool_decisions)
    is_part = measured.told.n_read < measured.n_rows
    for finding in measured.told.from_rows:
        yield _said_of(finding, measured.told.n_read) if is_part else finding


def _repeated(duplicates: tuple[Twins, ...], n_all: int) -> Iterator[Finding]:
    leaks = [twins for twins in duplicates if len(twins.splits) > 1]
    others = [twins for twins in duplicates if len(twins.splits) < 2]
    named = (*leaks, *others[:NAMED])
    for twins in named:
        for finding in judge_twins(twins.n_rows, twins.splits, twins.normal):
            yield name_rows(finding, twins.numbers, twins.n_rows)
    if n_more := n_all - len(named):
        yield whole_finding("D02", f"{n_more:,} more rows occur more than once; keep one of each.", {"rows": n_more})


def _said_of(finding: Finding, n_rows: int) -> Finding:
    """These sentences have a remedy at their end, so what was read stands behind them."""
    return msgspec.structs.replace(finding, message=f"{finding.message} (The newest {n_rows:,} rows were read.)")
