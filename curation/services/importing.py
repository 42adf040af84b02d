"""Imports a file: what can be read comes in together, what cannot is kept with its reason and can be mended."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import msgspec

from curation.errors import NotFoundError, StateError, UnreadableError
from curation.formats import Format, detect_format, get_format
from curation.formats.files import FileRow, Rows
from curation.model.people import Actor
from curation.model.reading import Reading, Reject
from curation.model.rule_names import RULE_SLUGS
from curation.model.states import ExampleState
from curation.reading.strict import parse_strict
from curation.services.acts import Act, find_done, perform
from curation.services.batching import CHUNK, Incoming, Intake, UndoReport, undo_batch
from curation.services.deriving import derive, make_title
from curation.services.judging import read_bench
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, open_example
from db import batches, examples
from db.acts import Deed
from db.batches import RejectRecord, SourceRecord
from db.examples import NewExample

PREVIEW_ROWS = 200
READ_BYTES = 1 << 20
Progress = Callable[[int], None]


class RejectView(msgspec.Struct, frozen=True):
    """A row that could not be read: its bytes, where it stood and why; `example_id` once it is mended."""

    id: str
    line: int
    column: int
    code: str
    reason: str
    bytes: bytes
    example_id: str | None = None


class ImportPreview(msgspec.Struct, frozen=True):
    """What the first rows of a file look like; `is_whole` when there are no more."""

    format: str
    n_rows: int
    n_rejected: int
    is_whole: bool
    titles: tuple[str, ...]
    rejects: tuple[RejectView, ...]


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


class SourceView(msgspec.Struct, frozen=True):
    """One imported file; `is_undone` when the import was taken back."""

    id: str
    batch_id: str
    name: str
    format: str
    sha256: str
    n_rows: int
    n_imported: int
    n_duplicates: int
    n_rejected: int
    n_with_errors: int
    at: str
    is_undone: bool


def preview_import(path: Path, format_name: str | None = None) -> ImportPreview:
    """Read the first rows without storing anything."""
    with _open(path) as stream:
        rows = Rows(stream)
        fmt = choose_format(rows, format_name)
        first = list(islice(rows_of(rows, fmt), PREVIEW_ROWS + 1))
    shown = first[:PREVIEW_ROWS]
    rejects = tuple(_preview_reject(row, row.result) for row in shown if isinstance(row.result, Reject))
    titles = tuple(make_title(row.result.example) for row in shown if not isinstance(row.result, Reject))
    return ImportPreview(fmt.name, len(shown), len(rejects), len(first) <= PREVIEW_ROWS, titles[:10], rejects)


def import_file(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    path: Path,
    *,
    format_name: str | None = None,
    name: str | None = None,
    progress: Progress | None = None,
    nonce: str,
) -> ImportReport:
    """Import a file from disk as one act."""
    with _open(path) as stream:
        return import_stream(
            ws,
            actor,
            project_id,
            stream,
            name=name or path.name,
            format_name=format_name,
            progress=progress,
            nonce=nonce,
        )


def import_stream(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    stream: BinaryIO,
    *,
    name: str,
    format_name: str | None = None,
    progress: Progress | None = None,
    nonce: str,
) -> ImportReport:
    """Import a stream (an upload, standard input) as one act; a kill in between leaves nothing."""
    if done := find_done(ws, actor, "import file", nonce, ImportReport):
        return done
    hashed = _Hashed(stream)
    rows = Rows(cast(BinaryIO, hashed))
    fmt = choose_format(rows, format_name)
    intake = Intake(ws, actor, project_id, kind="import", name=name, state=ExampleState.DRAFT)
    try:
        landing = _Landing(intake, name, fmt)
        for row in rows_of(rows, fmt):
            if landing.add(row) and progress:
                progress(landing.n_rows)
        landing.flush()
        report = perform(ws, actor, "import file", nonce, ImportReport, lambda act: landing.finish(act, hashed.sha256))
    except BaseException:
        intake.abandon()
        raise
    if report.batch_id != intake.batch_id:
        intake.abandon()
    return report


class _Hashed:
    """A stream whose digest is known when it has been read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class _Landing:
    """Sorts the rows of one file into examples and rejects, a chunk at a time."""

    def __init__(self, intake: Intake, name: str, fmt: Format) -> None:
        ws = intake.ws
        self.n_rows = 0
        self._intake = intake
        self._n_rejected = 0
        self._incoming: list[Incoming] = []
        self._rejects: list[RejectRecord] = []
        self._source = SourceRecord(
            ws.new_id(), intake.project_id, intake.batch_id, name, fmt.name, "", 0, 0, 0, 0, 0, ws.now()
        )
        with ws.unit() as unit:
            batches.add_source(unit.connection, self._source)
            unit.commit()

    def add(self, row: FileRow) -> bool:
        """Take one row; True when a chunk was stored with it."""
        self.n_rows += 1
        if isinstance(row.result, Reject):
            self._rejects.append(_reject(self._intake.ws.new_id(), self._source.id, row, row.result))
        else:
            self._incoming.append(Incoming(row.result.example, row.line))
        if len(self._incoming) + len(self._rejects) < CHUNK:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Store what has gathered."""
        if self._incoming:
            self._intake.add(self._incoming)
        if self._rejects:
            with self._intake.ws.unit() as unit:
                batches.add_rejects(unit.connection, self._rejects)
                unit.commit()
        self._n_rejected += len(self._rejects)
        self._incoming, self._rejects = [], []

    def finish(self, act: Act, sha256: str) -> ImportReport:
        """Let everything appear, with the counts of the file."""
        done = self._intake.finish(act)
        counts = {
            "n_rows": self.n_rows,
            "n_imported": done.n_added,
            "n_duplicates": done.n_duplicates,
            "n_rejected": self._n_rejected,
            "n_with_errors": done.n_with_errors,
        }
        batches.finish_source(act.connection, msgspec.structs.replace(self._source, sha256=sha256, **counts))
        return ImportReport(done.batch_id, self._source.id, self._source.format, **counts)


def undo_import(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> UndoReport:
    """Take an import back as one act; what people have worked on since stays."""
    return undo_batch(ws, actor, batch_id, nonce=nonce)


def list_sources(ws: Workspace, project_id: str) -> tuple[SourceView, ...]:
    """Imported files, newest first."""
    with ws.reading() as connection:
        found = batches.list_sources(connection, project_id)
    return tuple(
        SourceView(
            **{name: getattr(one, name) for name in SourceView.__struct_fields__ if name != "is_undone"},
            is_undone=state == "undone",
        )
        for one, state in found
    )


def list_rejects(ws: Workspace, source_id: str) -> tuple[RejectView, ...]:
    """What could not be read of a file, in its order."""
    with ws.reading() as connection:
        return tuple(
            RejectView(one.id, one.line, one.column, one.code, one.reason, one.bytes, one.example_id)
            for one in batches.list_rejects(connection, source_id)
        )


def mend_reject(ws: Workspace, actor: Actor, reject_id: str, text: str, *, nonce: str) -> ExampleView:
    """Read a reject's corrected text; when it can be read it comes in as a draft."""

    def work(act: Act) -> str:
        record = batches.find_reject(act.connection, reject_id)
        source = batches.find_source(act.connection, record.source_id) if record else None
        if record is None or source is None:
            raise NotFoundError("This rejected row is not here.")
        if record.example_id:
            raise StateError("This row was mended before.", hint="Open the example that came of it.")
        raw = text.encode("utf-8", "surrogatepass")
        result = keep_whole(raw, get_format(source.format).read(raw))
        if isinstance(result, Reject):
            raise UnreadableError(f"Line {result.line}, column {result.column}: {result.reason}")
        derived = derive(read_bench(act.connection, source.project_id), result.example)
        new = NewExample(ws.new_id(), source.project_id, ExampleState.DRAFT, "import", derived, line=record.line)
        examples.add_examples(act.connection, [new], actor.person_id, act.at, why="mended")
        batches.mark_mended(act.connection, reject_id, new.id)
        act.note(Deed(new.id, after="draft@1", project_id=source.project_id))
        return new.id

    return open_example(ws, perform(ws, actor, "mend reject", nonce, str, work))


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
    fault = next(one for one in parse_strict(raw).faults if one.rule == RULE_SLUGS["J05"])
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


def _preview_reject(row: FileRow, result: Reject) -> RejectView:
    return RejectView("", row.line + result.line - 1, result.column, result.code, result.reason, row.raw)


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        stream = path.open("rb", buffering=READ_BYTES)
    except OSError as error:
        raise UnreadableError(f"The file {path} cannot be read: {error.strerror}.", hint="Check its name.") from error
    with stream:
        yield stream
