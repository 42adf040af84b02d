"""The rows of a file on their way in: examples into a batch, the rest into rejects, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from curation.formats import Format, detect_format, get_format
from curation.formats.containers.mapping import ColumnUse
from curation.formats.files import FileRow, Rows
from curation.model.reading import Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.reading.strict import parse_strict
from curation.services.acts import Act
from curation.services.intake import Arrival, Intake, is_full
from db import batches
from db.batches import RejectRecord, SourceRecord


class ImportReport(msgspec.Struct, frozen=True):
    """What came of a file; the rows are the imported, the duplicate and the rejected ones together."""

    batch_id: str
    source_id: str
    format: str
    n_rows: int
    n_imported: int
    n_duplicates: int
    n_rejected: int
    n_with_errors: int
    columns: tuple[ColumnUse, ...] = ()
    """What became of the columns, where the rows came as a table."""
    n_nulls: int = 0
    """Keys that the table had filled with null, and that were left out."""
    n_mended: int = 0
    """Rows of a table in which a text that was no JSON was read as the JSON it meant."""


class Landing:
    """Sorts the rows of one file into examples and rejects, a chunk at a time."""

    def __init__(self, intake: Intake, name: str, fmt: Format, columns: tuple[ColumnUse, ...] = ()) -> None:
        ws = intake.ws
        self.n_rows = 0
        self._columns = columns
        self._n_nulls = 0
        self._n_mended = 0
        self._intake = intake
        self._n_rejected = 0
        self._arrivals: list[Arrival] = []
        self._rejects: list[RejectRecord] = []
        self._gathered_bytes = 0
        self._source = SourceRecord(
            ws.new_id(), intake.project_id, intake.batch_id, name, fmt.name, "", 0, 0, 0, 0, 0, ws.now()
        )
        with ws.unit() as unit:
            batches.add_source(unit.connection, self._source)
            unit.commit()

    def add(self, row: FileRow) -> bool:
        """Take one row; True when a chunk was stored with it."""
        self.n_rows += 1
        self._n_nulls += row.n_nulls
        self._n_mended += bool(row.note)
        if isinstance(row.result, Reject):
            self._rejects.append(_reject(self._intake.ws.new_id(), self._source.id, row, row.result))
        else:
            self._arrivals.append(self._intake.judge(row.result.example, row.line))
        self._gathered_bytes += len(row.raw)
        if not is_full(len(self._arrivals) + len(self._rejects), self._gathered_bytes):
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Store what has gathered."""
        if self._arrivals:
            self._intake.add(self._arrivals)
        if self._rejects:
            with self._intake.ws.unit() as unit:
                self._intake.require_open(unit.connection)
                batches.add_rejects(unit.connection, self._rejects)
                unit.commit()
        self._n_rejected += len(self._rejects)
        self._arrivals, self._rejects, self._gathered_bytes = [], [], 0

    def finish(self, act: Act, sha256: str) -> ImportReport:
        """Let everything appear, with the counts of the file."""
        done = self._intake.finish(act)
        counts: dict[str, Any] = {
            "n_rows": self.n_rows,
            "n_imported": done.n_added,
            "n_duplicates": done.n_duplicates,
            "n_rejected": self._n_rejected,
            "n_with_errors": done.n_with_errors,
        }
        batches.finish_source(act.connection, msgspec.structs.replace(self._source, sha256=sha256, **counts))
        return ImportReport(
            done.batch_id,
            self._source.id,
            self._source.format,
            **counts,
            columns=self._columns,
            n_nulls=self._n_nulls,
            n_mended=self._n_mended,
        )


def choose_format(rows: Rows, format_name: str | None) -> Format:
    """The format asked for, else the one most of the first rows have."""
    return get_format(format_name) if format_name else detect_format(rows.head.rows)


def rows_of(rows: Rows, fmt: Format) -> Iterator[FileRow]:
    """The rows of a file without the blank lines people leave between them, and without any that would lose text."""
    for row in rows.read(fmt):
        if row.raw.strip() or not isinstance(row.result, Reject) or row.result.code != "J04":
            yield msgspec.structs.replace(row, result=keep_whole(row.raw, row.result))


def keep_whole(raw: bytes, result: Reading | Reject) -> Reading | Reject:
    """A row with a key twice becomes a reject: reading it keeps only the last value, and nothing is lost silently."""
    if isinstance(result, Reject) or all(finding.rule != RULE_SLUGS["J05"] for finding in result.findings):
        return result
    fault = next((one for one in parse_strict(raw).faults if one.code == "J05"), None)
    if fault is None:  # inside a text, which is kept to the letter
        return result
    return Reject(fault.rule, fault.code, fault.message, fault.line, fault.column)


def _reject(reject_id: str, source_id: str, row: FileRow, result: Reject) -> RejectRecord:
    return RejectRecord(
        id=reject_id,
        source_id=source_id,
        line=row.line + result.line - 1,
        column=result.column,
        rule=result.rule,
        code=result.code,
        reason=result.reason,
        bytes=row.raw,
    )
