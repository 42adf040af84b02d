"""One format to another without a database: rows out, and a report of every row with anything lost or refused."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from curation.errors import UnwritableError
from curation.formats import Format, Written, detect_format, get_format
from curation.formats.files import FileRow, Rows
from curation.model.reading import Reading, Reject
from curation.services.row_sources import Source

_LOSING_CODES = frozenset({"J05"})
"""What reading saw that means a part of the row does not come through."""


class ReportedLoss(msgspec.Struct, frozen=True):
    """One thing a row lost, at its place in the row as given."""

    at: str
    what: str


class ConvertedRow(msgspec.Struct, frozen=True):
    """One row of the source with what became of it."""

    line: int
    rows: tuple[bytes, ...]
    losses: tuple[ReportedLoss, ...] = ()
    refused: str | None = None
    n_nulls: int = 0
    """Keys that a table had filled with null, and that are left out."""

    @property
    def is_whole(self) -> bool:
        return not self.losses and self.refused is None


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the report."""

    file: str
    line: int
    rows: int
    losses: tuple[ReportedLoss, ...] = ()
    refused: str | None = None


def convert_stream(stream: Source, source: str | None, target: str, name: str = "the file") -> Iterator[ConvertedRow]:
    """Every row of a file in another format, in order."""
    goal = get_format(target)
    if goal.write is None:
        raise UnwritableError(f"The format `{target}` can only be read.")
    rows = Rows(stream, name)
    origin = get_format(source) if source else detect_format(rows.head.rows)
    read = ((row, _convert_row(row, goal)) for row in rows.read(origin))
    return (msgspec.structs.replace(done, n_nulls=row.n_nulls) for row, done in read)


def report_line(name: str, row: ConvertedRow) -> bytes:
    """One row of the report as JSON."""
    return msgspec.json.encode(Report(name, row.line, len(row.rows), row.losses, row.refused))


def _convert_row(row: FileRow, goal: Format) -> ConvertedRow:
    if isinstance(row.result, Reject):
        place = f"Line {row.result.line}, column {row.result.column} of the row: "
        return ConvertedRow(row.line, (), refused=place + row.result.reason)
    assert goal.write is not None  # noqa: S101
    written = goal.write(row.result.example)
    return ConvertedRow(row.line, written.rows, _list_losses(row.result, written), written.refused)


def _list_losses(reading: Reading, written: Written) -> tuple[ReportedLoss, ...]:
    seen = [
        ReportedLoss(reading.places.outer(finding.at).at, finding.message)
        for finding in reading.findings
        if finding.code in _LOSING_CODES
    ]
    lost = [ReportedLoss(reading.places.outer(loss.at).at, loss.what) for loss in written.losses]
    return (*seen, *lost)
