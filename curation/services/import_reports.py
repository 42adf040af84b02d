"""What reading mended in the rows of an imported file: beside each example, and as a report that lists every row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import msgspec

from curation.errors import NotFoundError
from curation.services.reject_files import reject_lines
from curation.services.workspace import Workspace
from db import arrivals, batches
from db.arrivals import NoteRecord


class IntakeNote(msgspec.Struct, frozen=True):
    """One thing that was mended or found when a row was read."""

    code: str
    rule: str
    at: str
    message: str


class IntakeNotes(msgspec.Struct, frozen=True):
    """What was mended in the row of one example, and where that row stood."""

    file: str
    line: int | None
    notes: tuple[IntakeNote, ...]


class _Line(msgspec.Struct, frozen=True):
    """One row of the report."""

    file: str
    line: int
    example: int
    notes: tuple[IntakeNote, ...]


def read_notes(ws: Workspace, example_id: str) -> IntakeNotes | None:
    """What was mended in the row an example came from; None where nothing was."""
    with ws.reading() as connection:
        notes = arrivals.list_notes(connection, example_id)
        if not notes:
            return None
        file, line = arrivals.find_origin(connection, example_id)
    return IntakeNotes(file, line, tuple(map(_view, notes)))


def write_report(ws: Workspace, source_id: str) -> bytes:
    """Every imported row of a file in which something was mended, as JSON lines."""
    return b"".join(_report_lines(ws, source_id))


def write_rejects(ws: Workspace, source_id: str) -> bytes:
    """Every row of a file that could not be read and is not mended yet, as JSON lines."""
    return b"".join(reject_lines(ws, source_id))


def _report_lines(ws: Workspace, source_id: str) -> Iterator[bytes]:
    with ws.reading() as connection:
        source = batches.find_source(connection, source_id)
        if source is None:
            raise NotFoundError("This imported file is not here.")
        walk = arrivals.walk_notes(connection, source.batch_id)
        for (line, number), notes in groupby(walk, key=lambda one: one[:2]):
            found = tuple(_view(note) for _, _, note in notes)
            yield msgspec.json.encode(_Line(source.name, line, number, found)) + b"\n"


def _view(record: NoteRecord) -> IntakeNote:
    return IntakeNote(record.code, record.rule, record.place, record.message)
