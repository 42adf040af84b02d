"""Imports a file: what can be read comes in together, what cannot is kept with its reason and can be mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path

import msgspec

from curation.errors import NotFoundError, StateError, UnreadableError
from curation.formats import Format, get_format, vote
from curation.formats.files import FileRow
from curation.model.people import Actor
from curation.model.reading import Reject
from curation.model.states import ExampleState
from curation.services.acts import Act, find_done, perform
from curation.services.batching import UndoReport, undo_batch
from curation.services.deriving import derive
from curation.services.import_preview import (
    PREVIEW_ROWS,
    ImportPreview,
    RejectView,
    RuleCount,
    preview_import,
    preview_stream,
    view_reject,
)
from curation.services.intake import Intake
from curation.services.judging import read_bench
from curation.services.landing import (
    ImportReport,
    Landing,
    choose_format,
    keep_whole,
    new_source,
    note_records,
    notes_of,
    rows_of,
)
from curation.services.projects import ProjectView, create_project, give_up_project
from curation.services.reject_files import rejects_path, renew_rejects
from curation.services.row_sources import OpenedRows, Source, open_file
from curation.services.showing import show
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView, open_example
from db import arrivals, batches, examples
from db.acts import Deed
from db.examples import NewExample

__all__ = [
    "ImportPreview",
    "ImportReport",
    "RejectView",
    "RuleCount",
    "SourceView",
    "import_as_project",
    "import_file",
    "import_stream",
    "list_rejects",
    "list_sources",
    "mend_reject",
    "open_file",
    "preview_import",
    "preview_stream",
    "rejects_path",
    "undo_import",
]

ACT = "import file"
Progress = Callable[[int], None]


class SourceView(msgspec.Struct, frozen=True):
    """One imported file; `is_undone` when the import was taken back."""

    id: str
    project_id: str
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
    n_mended: int
    is_undone: bool


class Mended(msgspec.Struct, frozen=True):
    """The example a reject became, and the file it came from."""

    example_id: str
    source_id: str


def import_file(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    path: Path,
    *,
    format_name: str | None = None,
    name: str | None = None,
    columns: Mapping[str, str] | None = None,
    answers: Path | None = None,
    progress: Progress | None = None,
    nonce: str,
) -> ImportReport:
    """Import a file or a folder from disk as one act; the arguments are those of `preview_import`."""
    with open_file(path, answers) as source:
        return import_stream(
            ws,
            actor,
            project_id,
            source,
            name=name or path.name,
            format_name=format_name,
            columns=columns,
            progress=progress,
            nonce=nonce,
        )


def import_stream(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    stream: Source,
    *,
    name: str,
    format_name: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    nonce: str,
) -> ImportReport:
    """Import a stream (an upload, standard input) as one act; a kill in between leaves nothing.

    `columns` names columns of a table, key → column; its name tells CSV.
    """
    if done := find_done(ws, actor, ACT, nonce, ImportReport):
        show(ws, done.batch_id)
        return done
    opened = OpenedRows(stream, name, columns)
    fmt = choose_format(opened.rows, format_name, name)
    intake = Intake(ws, actor, project_id, kind="import", name=name, state=ExampleState.DRAFT)
    return _land(
        intake,
        fmt,
        rows_of(opened.rows, fmt),
        opened,
        name=name,
        is_named=bool(format_name),
        progress=progress,
        nonce=nonce,
    )


def import_as_project(
    ws: Workspace,
    actor: Actor,
    project_name: str,
    stream: Source,
    *,
    name: str,
    format_name: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    nonce: str,
) -> tuple[ProjectView, ImportReport]:
    """Make a project for a stream and import it; a stream that cannot be read, or not to its end, makes none."""

    def make_project() -> ProjectView:
        return create_project(ws, actor, project_name, nonce=f"{nonce}.project")

    if done := find_done(ws, actor, ACT, nonce, ImportReport):
        show(ws, done.batch_id)
        return make_project(), done
    opened = OpenedRows(stream, name, columns)
    fmt = choose_format(opened.rows, format_name, name)
    found = rows_of(opened.rows, fmt)
    first = _until_readable(found, name)
    project = make_project()
    try:
        intake = Intake(ws, actor, project.id, kind="import", name=name, state=ExampleState.DRAFT)
        landed = _land(
            intake,
            fmt,
            chain(first, found),
            opened,
            name=name,
            is_named=bool(format_name),
            progress=progress,
            nonce=nonce,
        )
    except BaseException:
        give_up_project(ws, actor, project.id, nonce=f"{nonce}.project")
        raise
    return project, landed


def _until_readable(rows: Iterator[FileRow], name: str) -> list[FileRow]:
    """The first rows up to one that can be read; a sentence when there is none among those a preview would show."""
    seen: list[FileRow] = []
    for row in islice(rows, PREVIEW_ROWS):
        seen.append(row)
        if not isinstance(row.result, Reject):
            return seen
    if not seen or not isinstance(seen[0].result, Reject):
        raise UnreadableError(f"{name} holds no rows.", hint="Choose a file of examples.")
    reject = view_reject(seen[0], seen[0].result)
    raise UnreadableError(
        f"No row of {name} can be read. Line {reject.line}, column {reject.column}: {reject.reason}",
        hint="Mend the file, or name its format.",
    )


def _land(
    intake: Intake,
    fmt: Format,
    rows: Iterable[FileRow],
    opened: OpenedRows,
    *,
    name: str,
    is_named: bool,
    progress: Progress | None,
    nonce: str,
) -> ImportReport:
    """Bring the rows in as one act; whatever goes wrong leaves nothing of them."""
    ws = intake.ws
    try:
        source = new_source(ws.new_id(), intake.batch_id, intake.project_id, name, fmt.name, ws.now())
        with ws.unit() as unit:
            batches.add_source(unit.connection, source)
            unit.commit()
        votes = () if is_named else vote(opened.rows.head.rows)
        landing = Landing(intake, source, opened.rows.head.columns)
        for row in rows:
            if landing.add(row) and progress:
                progress(landing.landed.n_rows)
        landing.flush()
        report = perform(
            ws, intake.actor, ACT, nonce, ImportReport, lambda act: landing.finish(act, opened.sha256, votes)
        )
        intake.show()
    except BaseException:
        intake.abandon()
        raise
    if report.batch_id != intake.batch_id:
        intake.abandon()
    if report.n_rejected:
        renew_rejects(ws, report.source_id)
    return report


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

    def work(act: Act) -> Mended:
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
        arrivals.add_notes(act.connection, note_records(new.id, notes_of(result, derived)))
        batches.mark_mended(act.connection, reject_id, new.id)
        act.note(Deed(new.id, after="draft@1", project_id=source.project_id))
        return Mended(new.id, source.id)

    mended = perform(ws, actor, "mend reject", nonce, Mended, work)
    renew_rejects(ws, mended.source_id)
    return open_example(ws, mended.example_id)
