"""A look at a file before anything is stored: its format with votes, what becomes of its rows, and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from curation.formats import Vote, vote
from curation.formats.files import FileRow, Rows
from curation.model.finding import Finding, Severity
from curation.model.reading import Reading, Reject
from curation.services.deriving import derive_reading, make_title
from curation.services.judging import Bench, check_example, read_bench, reread
from curation.services.landing import choose_format, is_unknown, notes_of, rows_of
from curation.services.row_sources import ColumnUse, OpenedRows, Source, open_file
from curation.services.workspace import Workspace

PREVIEW_ROWS = 200
MOST_TITLES = 10
_NO_BENCH = Bench(None, {}, "")


class RejectView(msgspec.Struct, frozen=True):
    """A row that could not be read: its bytes, where it stood and why; `example_id` once it is mended."""

    id: str
    line: int
    column: int
    code: str
    reason: str
    bytes: bytes
    example_id: str | None = None


class RuleCount(msgspec.Struct, frozen=True):
    """What one rule finds in the first rows, or what reading mended by it."""

    code: str
    rule: str
    severity: Severity
    n_rows: int
    line: int
    """Of the first such row."""
    message: str
    """What it says of that row."""


class ToolSeen(msgspec.Struct, frozen=True):
    """A tool that the first rows bring, and in how many different definitions."""

    name: str
    n_rows: int
    n_definitions: int


class ImportPreview(msgspec.Struct, frozen=True):
    """What the first rows of a file look like; `is_whole` when there are no more."""

    format: str
    """"" where no format recognises the rows and nobody has said which one they have."""
    n_rows: int
    n_rejected: int
    is_whole: bool
    titles: tuple[str, ...]
    rejects: tuple[RejectView, ...]
    columns: tuple[ColumnUse, ...] = ()
    """What becomes of the columns, where the rows come as a table."""
    n_nulls: int = 0
    """Keys that the table had filled with null, and that are left out."""
    notes: tuple[str, ...] = ()
    """What was mended on the way from the table, each sentence once."""
    votes: tuple[Vote, ...] = ()
    """What the first rows look like, the most frequent format first."""
    findings: tuple[RuleCount, ...] = ()
    """What the checks find in what can be read, errors first."""
    repairs: tuple[RuleCount, ...] = ()
    """What reading mends, and what the examples do not show any more."""
    n_mended: int = 0
    """Rows in which it does."""
    tools: tuple[ToolSeen, ...] = ()


def preview_import(
    path: Path,
    format_name: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    answers: Path | None = None,
    ws: Workspace | None = None,
    project_id: str = "",
) -> ImportPreview:
    """Read the first rows without storing anything.

    Args:
        path: a file or a folder.
        format_name: told from the first rows when left out.
        columns: columns of a table that people named, key → column.
        answers: a second file with more keys of the same rows, found by `id`.
        ws: where the project is whose tools and target the rows are checked by; by none when left out.
        project_id: the project.
    """
    with open_file(path, answers) as source:
        return preview_stream(source, path.name, format_name, columns=columns, ws=ws, project_id=project_id)


def _bench(ws: Workspace | None, project_id: str) -> Bench:
    if ws is None or not project_id:
        return _NO_BENCH
    with ws.reading() as connection:
        return read_bench(connection, project_id)


def preview_stream(
    source: Source,
    name: str,
    format_name: str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    ws: Workspace | None = None,
    project_id: str = "",
) -> ImportPreview:
    """The same of a stream; its name tells CSV and stands in sentences about it."""
    rows = OpenedRows(source, name, columns).rows
    votes, columns_used = vote(rows.head.rows), rows.head.columns
    if format_name is None and is_unknown(rows.head.rows):
        return ImportPreview("", 0, 0, is_whole=False, titles=(), rejects=(), columns=columns_used, votes=votes)
    fmt = choose_format(rows, format_name)
    first = list(islice(rows_of(rows, fmt), PREVIEW_ROWS + 1))
    bench = _bench(ws, project_id)
    return _look_at(first[:PREVIEW_ROWS], rows, bench, fmt.name, votes, is_whole=len(first) <= PREVIEW_ROWS)


def _look_at(
    shown: Sequence[FileRow], rows: Rows, bench: Bench, format_name: str, votes: tuple[Vote, ...], *, is_whole: bool
) -> ImportPreview:
    read = [(row.line, row.result) for row in shown if not isinstance(row.result, Reject)]
    looks = [_Look(line, reading, bench) for line, reading in read]
    rejects = tuple(view_reject(row, row.result) for row in shown if isinstance(row.result, Reject))
    return ImportPreview(
        format_name,
        len(shown),
        len(rejects),
        is_whole,
        tuple(make_title(reading.example) for _, reading in read[:MOST_TITLES]),
        rejects,
        columns=rows.head.columns,
        n_nulls=sum(row.n_nulls for row in shown),
        notes=tuple(dict.fromkeys(row.note for row in shown if row.note)),
        votes=votes,
        findings=_count(pair for look in looks for pair in look.judged()),
        repairs=_count(pair for look in looks for pair in look.repaired()),
        n_mended=sum(look.is_mended for look in looks),
        tools=_count_tools(reading for _, reading in read),
    )


class _Look:
    """One row as it would be stored, and what is said of it."""

    def __init__(self, line: int, reading: Reading, bench: Bench) -> None:
        self._line = line
        body, reread_ = reread(reading.example)
        self._judged = check_example(bench, reread_)[1]
        self._notes = notes_of(reading, derive_reading(bench, body, reread_)) if reading.findings else ()

    @property
    def is_mended(self) -> bool:
        return bool(self._notes)

    def judged(self) -> Iterator[tuple[int, Severity, Finding]]:
        return ((self._line, one.severity, one.finding) for one in self._judged)

    def repaired(self) -> Iterator[tuple[int, Severity, Finding]]:
        return ((self._line, Severity.INFO, one) for one in self._notes)


def _count(found: Iterator[tuple[int, Severity, Finding]]) -> tuple[RuleCount, ...]:
    """Each rule once with the number of rows, the worst and the most frequent first."""
    first: dict[str, tuple[int, Severity, Finding]] = {}
    lines: dict[str, set[int]] = {}
    for line, severity, finding in found:
        first.setdefault(finding.code, (line, severity, finding))
        lines.setdefault(finding.code, set()).add(line)
    counted = [
        RuleCount(code, finding.rule, severity, len(lines[code]), line, finding.message)
        for code, (line, severity, finding) in first.items()
    ]
    worst = list(Severity)
    return tuple(sorted(counted, key=lambda one: (worst.index(one.severity), -one.n_rows, one.code)))


def _count_tools(readings: Iterator[Reading]) -> tuple[ToolSeen, ...]:
    n_rows: Counter[str] = Counter()
    hashes: dict[str, set[str]] = {}
    for reading in readings:
        offered = reading.example.tools if isinstance(reading.example.tools, tuple) else ()
        for definition in {one.hash: one for one in offered}.values():
            name = definition.view.name or ""
            n_rows[name] += 1
            hashes.setdefault(name, set()).add(definition.hash)
    return tuple(ToolSeen(name, n, len(hashes[name])) for name, n in n_rows.most_common())


def view_reject(row: FileRow, result: Reject) -> RejectView:
    """A row that cannot be read, at its place in the file."""
    return RejectView("", row.line + result.line - 1, result.column, result.code, result.reason, row.raw)
