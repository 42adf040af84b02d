"""The rejects of an import as a file in `rejects/`, for people and programs; the database holds the same rows."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec

from curation.files import write_whole
from curation.services.workspace import Workspace
from db import batches
from db.batches import RejectRecord

log = logging.getLogger(__name__)


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rejected row: where it stood, what is wrong, and the row itself (as Base64 when it is no text)."""

    file: str
    line: int
    column: int
    code: str
    reason: str
    row: str | None = None
    base64: str | None = None


def rejects_path(ws: Workspace, source_id: str) -> Path:
    """Where the rejects of an imported file lie as long as there are any."""
    return ws.rejects / f"{source_id}.jsonl"


def renew_rejects(ws: Workspace, source_id: str) -> None:
    """Write the file anew from what is not mended yet. It only mirrors the database, so a failure is noted."""
    path = rejects_path(ws, source_id)
    try:
        with write_whole(path) as file:
            n_rows = sum(file.write(line) > 0 for line in reject_lines(ws, source_id))
        if not n_rows:
            path.unlink()
    except OSError as error:
        log.warning("The file %s of rejects was not written: %s", path, error)


def reject_lines(ws: Workspace, source_id: str) -> Iterator[bytes]:
    """What is not mended yet, one JSON line a row."""
    with ws.reading() as connection:
        source = batches.find_source(connection, source_id)
        for one in batches.walk_rejects(connection, source_id):
            if source and not one.example_id:
                yield msgspec.json.encode(_line(source.name, one)) + b"\n"


def _line(name: str, one: RejectRecord) -> _Line:
    line = _Line(name, one.line, one.column, one.code, one.reason)
    try:
        return msgspec.structs.replace(line, row=one.bytes.decode())
    except UnicodeDecodeError:
        return msgspec.structs.replace(line, base64=base64.b64encode(one.bytes).decode())
