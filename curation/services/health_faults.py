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
"""So many repeated rows are named one by one; every leak is."""


def find_faults(measured: Health, target: str | None) -> tuple[Judged, ...]:
    """What the figures say is wrong, worst first."""
    return judge(_find(measured), target)


def _find(measured: Health) -> Iterator[Finding]:
    yield from _repeated(measured.duplicates)
    yield from find_near(measured)
    if measured.n_rows:
        for use in measured.uses:
            yield from judge_use(use.tool, use.n_rows, use.splits)
    for tool in measured.coverage:
        yield from (_in_what_was_read(finding, measured) for finding in judge_coverage(tool))
    yield from judge_share(measured.n_decisions, measured.n_no_tool_decisions)
    is_part = measured.n_read < measured.n_rows
    for finding in measured.from_rows:
        yield _said_of(finding, measured.n_read) if is_part else finding


def _repeated(duplicates: tuple[Twins, ...]) -> Iterator[Finding]:
    leaks = [twins for twins in duplicates if len(twins.splits) > 1]
    others = [twins for twins in duplicates if len(twins.splits) < 2]
    for twins in (*leaks, *others[:NAMED]):
        for finding in judge_twins(len(twins.numbers), twins.splits, twins.normal):
            yield name_rows(finding, twins.numbers, len(twins.numbers))
    if n_more := len(others[NAMED:]):
        yield whole_finding("D02", f"{n_more:,} more rows occur more than once; keep one of each.", {"rows": n_more})


def _in_what_was_read(finding: Finding, measured: Health) -> Finding:
    """Coverage reads the newest rows; where there are more that call something, the sentence says so."""
    if measured.n_covered >= measured.n_rows - measured.n_no_tool_rows:
        return finding
    return _in_newest(finding, measured.n_covered, "rows with calls")


def _in_newest(finding: Finding, n_rows: int, what: str) -> Finding:
    message = f"{finding.message.removesuffix('.')} in the newest {n_rows:,} {what}."
    return msgspec.structs.replace(finding, message=message)


def _said_of(finding: Finding, n_rows: int) -> Finding:
    """These sentences have a remedy at their end, so what was read stands behind them."""
    return msgspec.structs.replace(finding, message=f"{finding.message} (The newest {n_rows:,} rows were read.)")
