"""The rows of a file on their way in: examples into a batch, the rest into rejects, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from curation.errors import UnreadableError
from curation.formats import Format, Vote, detect_format, get_format, vote
from curation.formats.containers.mapping import ColumnUse
from curation.formats.files import START, FileRow, Reached, Rows
from curation.model.finding import Finding
from curation.model.reading import Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.reading.rows import read_row
from curation.reading.strict import parse_strict
from curation.services.acts import Act
from curation.services.intake import Arrival, Counts, Intake, in_short_holds, is_full
from db import arrivals, batches
from db.arrivals import NoteRecord
from db.batches import RejectRecord, SourceRecord
from db.derived import Derived

AT_ONCE = 100
"""So many rows of a file get their warnings with their errors: a short file is judged when it is there."""
MOST_NOTES = 20
"""Of one row; a sentence says how many more there are."""


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
    """Imported rows in which reading mended or found what the example does not show any more."""
    votes: tuple[Vote, ...] = ()
    """What the first rows look like, where nobody had said which format they have."""


class Landed(msgspec.Struct):
    """How far a file has come in: what is stored, and where reading goes on."""

    n_rows: int = 0
    n_rejected: int = 0
    n_nulls: int = 0
    n_mended: int = 0
    counts: Counts = msgspec.field(default_factory=Counts)
    reached: Reached = START


class _Waiting(msgspec.Struct, frozen=True, gc=False):
    """One row about to be stored, and how far the file was read with it."""

    reached: Reached
    n_nulls: int = 0
    arrival: Arrival | None = None
    reject: RejectRecord | None = None
    notes: tuple[Finding, ...] = ()


def _sign_nothing(_connection: Connection, _landed: Landed) -> None:
    """Nobody goes on with these rows, so nothing is to be written down."""


class Landing:
    """Sorts the rows of one file into examples and rejects, a chunk at a time.

    Args:
        landed: what came in before.
        sign: writes down how far it is, inside each transaction that stores rows.
    """

    def __init__(
        self,
        intake: Intake,
        source: SourceRecord,
        columns: tuple[ColumnUse, ...] = (),
        *,
        landed: Landed | None = None,
        sign: Callable[[Connection, Landed], None] = _sign_nothing,
    ) -> None:
        self.landed = landed or Landed()
        self.landed.counts = intake.counts
        self._columns = columns
        self._intake = intake
        self._source = source
        self._sign = sign
        # A row in the shape of a body that reading had nothing to say of reads the same as the body made from it.
        self._has_bodies = get_format(source.format).read is read_row
        self._waiting: list[_Waiting] = []
        self._gathered_bytes = 0

    def add(self, row: FileRow, reached: Reached = START) -> bool:
        """Take one row; True when a chunk was stored with it."""
        self._waiting.append(self._sort(row, reached))
        self._gathered_bytes += len(row.raw)
        if not is_full(len(self._waiting), self._gathered_bytes):
            return False
        self.flush()
        return True

    def _sort(self, row: FileRow, reached: Reached) -> _Waiting:
        if isinstance(row.result, Reject):
            record = _reject(self._intake.ws.new_id(), self._source.id, row, row.result)
            return _Waiting(reached, row.n_nulls, reject=record)
        if self._may_follow(row.result):
            known = row.result if self._has_bodies else None
            return _Waiting(reached, row.n_nulls, self._intake.judge_errors(row.result.example, row.line, known))
        arrival = self._intake.judge(row.result.example, row.line)
        return _Waiting(reached, row.n_nulls, arrival, notes=notes_of(row.result, arrival.derived))

    def _may_follow(self, reading: Reading) -> bool:
        """Whether warnings are left to the background: in a long file, for a row that reading had nothing to say of."""
        return not reading.findings and self.landed.n_rows + len(self._waiting) >= AT_ONCE

    def flush(self) -> None:
        """Store what has gathered."""
        ws, waiting = self._intake.ws, self._waiting

        def put(connection: Connection, at: int, to: int) -> None:
            self._put(connection, waiting[at:to])

        def sign(connection: Connection) -> None:
            self._sign(connection, self.landed)

        in_short_holds(ws, len(waiting), put, begin=self._intake.require_open, sign=sign)
        self._waiting, self._gathered_bytes = [], 0

    def _put(self, connection: Connection, some: list[_Waiting]) -> None:
        coming = [(one.arrival, one.notes) for one in some if one.arrival is not None]
        new = self._intake.put(connection, [arrival for arrival, _ in coming])
        noted = {example_id: coming[at][1] for at, example_id in new.items() if coming[at][1]}
        arrivals.add_notes(connection, (note for one in noted.items() for note in note_records(*one)))
        rejects = [one.reject for one in some if one.reject is not None]
        batches.add_rejects(connection, rejects)
        self.landed.n_rows += len(some)
        self.landed.n_rejected += len(rejects)
        self.landed.n_nulls += sum(one.n_nulls for one in some)
        self.landed.n_mended += len(noted)
        self.landed.reached = some[-1].reached

    def finish(self, act: Act, sha256: str, votes: tuple[Vote, ...] = ()) -> ImportReport:
        """Decide that everything appears, with the counts of the file."""
        done = self._intake.finish(act)
        counts: dict[str, Any] = {
            "n_rows": self.landed.n_rows,
            "n_imported": done.n_added,
            "n_duplicates": done.n_duplicates,
            "n_rejected": self.landed.n_rejected,
            "n_with_errors": done.n_with_errors,
            "n_mended": self.landed.n_mended,
        }
        batches.finish_source(act.connection, msgspec.structs.replace(self._source, sha256=sha256, **counts))
        return ImportReport(
            done.batch_id,
            self._source.id,
            self._source.format,
            **counts,
            columns=self._columns,
            n_nulls=self.landed.n_nulls,
            votes=votes,
        )


def new_source(source_id: str, batch_id: str, project_id: str, name: str, format_name: str, at: str) -> SourceRecord:
    """A file of which nothing has come in yet."""
    return SourceRecord(source_id, project_id, batch_id, name, format_name, "", 0, 0, 0, 0, 0, at)


def notes_of(reading: Reading, derived: Derived) -> tuple[Finding, ...]:
    """What reading a row mended or found, and what checking the example of it does not find again."""
    if not reading.findings:
        return ()
    seen = {(one.finding.rule, one.finding.at) for one in derived.found}
    notes = tuple(one for one in reading.findings if (one.rule, one.at) not in seen)
    if len(notes) <= MOST_NOTES:
        return notes
    more = msgspec.structs.replace(notes[MOST_NOTES], at="", message=f"{len(notes) - MOST_NOTES:,} more like these.")
    return (*notes[:MOST_NOTES], more)


def note_records(example_id: str, notes: tuple[Finding, ...]) -> Iterator[NoteRecord]:
    """The notes of one row, as they are stored."""
    for position, one in enumerate(notes):
        yield NoteRecord(example_id, position, one.rule, one.code, one.at, one.message)


def choose_format(rows: Rows, format_name: str | None, name: str = "the file") -> Format:
    """The format asked for, else the one most of the first rows have.

    Raises:
        UnreadableError: no format recognises any of the rows, so a person has to say which one they have.
    """
    if format_name:
        return get_format(format_name)
    first = rows.head.rows
    if is_unknown(first):
        raise UnreadableError(f"No format recognises the rows of {name}.", hint="Say which format they have.")
    return detect_format(first)


def is_unknown(first: Sequence[bytes]) -> bool:
    """Whether there are JSON rows, and no format recognises any of them."""
    votes = vote(first)
    return bool(votes) and not votes[0].format


def rows_of(rows: Rows, fmt: Format, after: Reached = START) -> Iterator[FileRow]:
    """The rows of a file without the blank lines people leave between them, and without any that would lose text."""
    for row in rows.read(fmt, after):
        if row.raw.strip() or not isinstance(row.result, Reject) or row.result.code != "J04":
            result = keep_whole(row.raw, row.result)
            yield row if result is row.result else msgspec.structs.replace(row, result=result)


def keep_whole(raw: bytes, result: Reading | Reject) -> Reading | Reject:
    """A row with a key twice becomes a reject: reading it keeps only the last value, and nothing is lost silently."""
    if (
        isinstance(result, Reject)
        or not result.findings
        or all(finding.rule != RULE_SLUGS["J05"] for finding in result.findings)
    ):
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
