"""Imports that go on without the screen: the file is stored, a row says what to bring in, and the keeper does it.

The order is written in one transaction after the file lies in the workspace. From then on it comes in, also after a
kill, until it is complete, cancelled or found to be unreadable.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from curation.errors import NotFoundError, StateError, UnwritableError
from curation.files import PRIVATE_MODE, write_whole
from curation.model.people import Actor
from curation.services.acts import Act, find_done, perform
from curation.services.landing import Landed, choose_format, new_source
from curation.services.projects import need_project
from curation.services.row_sources import OpenedRows, Second, Source, complete_rows
from curation.services.workspace import Workspace
from db import arrivals, batches, bulk
from db.acts import Deed
from db.arrivals import ARRIVING, COMPLETE, KIND, SHOWING, ArrivingRecord
from db.batches import BatchRecord

BEGIN, CANCEL = "begin import", "cancel import"
FOLDER = "uploads"
COPY_BYTES = 1 << 20
LEAST_SHARE = 0.02
"""Before so much is read nobody can say how long the rest takes."""
ORPHAN_S = 3600.0
"""A stored file that no order names is left alone for so long: its order may be about to be written."""


class ImportOrder(msgspec.Struct, frozen=True):
    """What is to be brought in, and as what."""

    name: str
    format: str
    source_id: str
    nonce: str
    sha256: str
    size_bytes: int
    columns: dict[str, str] = {}
    answers: str = ""
    """The name of a second file with more keys of the same rows; "" where there is none."""


class ImportSpec(msgspec.Struct):
    """An order and how far it is; written down with every chunk."""

    order: ImportOrder
    landed: Landed = msgspec.field(default_factory=Landed)
    n_bytes: int = 0
    """So much of the file was read."""
    worked_s: float = 0.0
    failed: str = ""
    """Why nothing came of it, in a sentence."""


class ImportView(msgspec.Struct, frozen=True):
    """An import as screens see it."""

    id: str
    source_id: str
    project_id: str
    name: str
    format: str
    is_over: bool
    n_rows: int
    n_rejected: int
    share: float
    """How much of the file was read, from 0 to 1."""
    eta_s: float | None
    error: str = ""


def begin_import(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    stream: BinaryIO,
    *,
    name: str,
    format_name: str | None = None,
    columns: Mapping[str, str] | None = None,
    answers: Second | None = None,
    nonce: str,
) -> ImportView:
    """Store a file and order its import; it is on its way when this returns. The same nonce orders it once.

    Raises:
        UnreadableError: it holds no rows, or no format recognises them and none is named.
    """
    asked = f"{nonce}.asked"
    if done := find_done(ws, actor, BEGIN, asked, str):
        return view_import(ws, done)
    batch_id = ws.new_id()
    folder = upload_folder(ws, batch_id)
    try:
        sha256, size = _store(stream, folder / "rows")
        if answers is not None:
            _store(answers.stream, folder / "answers")
        second = answers.name if answers else ""
        order = ImportOrder(name, "", ws.new_id(), nonce, sha256, size, dict(columns or {}), second)
        with open_stored(folder, order) as source:
            rows = OpenedRows(source, name, order.columns, sha256).rows
            order = msgspec.structs.replace(order, format=choose_format(rows, format_name, name).name)
        given = perform(ws, actor, BEGIN, asked, str, lambda act: _write(act, project_id, batch_id, order))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    if given != batch_id:
        shutil.rmtree(folder, ignore_errors=True)
    return view_import(ws, given)


def _store(stream: BinaryIO, path: Path) -> tuple[str, int]:
    """Copy a stream into the workspace; its digest and its size."""
    digest = hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_whole(path, PRIVATE_MODE) as out:
            while chunk := stream.read(COPY_BYTES):
                digest.update(chunk)
                out.write(chunk)
        return digest.hexdigest(), path.stat().st_size
    except OSError as error:
        raise UnwritableError(
            f"The file cannot be kept in the workspace: {error.strerror}.", hint="Make room, then import it again."
        ) from error


def _write(act: Act, project_id: str, batch_id: str, order: ImportOrder) -> str:
    project = need_project(act.connection, project_id)
    record = BatchRecord(batch_id, project.id, KIND, order.name, ARRIVING, 0, "", act.actor.person_id, act.at)
    arrivals.add_arriving(act.connection, record, encode(ImportSpec(order)))
    source = new_source(order.source_id, batch_id, project.id, order.name, order.format, act.at)
    batches.add_source(act.connection, msgspec.structs.replace(source, sha256=order.sha256))
    act.note(Deed(batch_id, after=f"import of {order.name}", project_id=project.id))
    return batch_id


def cancel_import(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> None:
    """Give an import up: nothing of it stays."""

    def work(act: Act) -> str:
        record = arrivals.find_arriving(act.connection, batch_id)
        if record is None:
            raise NotFoundError("This import is not here.")
        if not batches.drop_staged(act.connection, batch_id):
            raise StateError("It was all there already.", hint="Take it back with Undo in the list of files.")
        act.note(Deed(batch_id, record.state, "cancelled", record.project_id))
        return batch_id

    perform(ws, actor, CANCEL, nonce, str, work)
    drop_upload(ws, batch_id)


def dismiss_import(ws: Workspace, batch_id: str) -> None:
    """Forget why nothing came of an import: somebody has read it."""
    with ws.unit() as unit:
        record = arrivals.find_arriving(unit.connection, batch_id)
        if record is not None and record.state != ARRIVING:
            spec = read_spec(record)
            spec.failed = ""
            bulk.set_spec(unit.connection, batch_id, encode(spec))
            unit.commit()


def list_imports(ws: Workspace, project_id: str) -> tuple[ImportView, ...]:
    """What is on its way, the oldest first; and the newest one before if nothing came of it."""
    with ws.reading() as connection:
        under_way = arrivals.list_arriving(connection, project_id)
        ended = arrivals.newest_ended(connection, project_id, 1)
    failed = [one for one in ended if read_spec(one).failed]
    return tuple(_view(one) for one in (*failed, *under_way))


def is_under_way(ws: Workspace, source_id: str) -> bool:
    """Whether the file with this id is still on its way."""
    with ws.reading() as connection:
        source = batches.find_source(connection, source_id)
        record = arrivals.find_arriving(connection, source.batch_id) if source else None
    return record is not None and record.state == ARRIVING


def view_import(ws: Workspace, batch_id: str) -> ImportView:
    """How far an import is."""
    with ws.reading() as connection:
        record = arrivals.find_arriving(connection, batch_id)
    if record is None:
        raise NotFoundError("This import is not here.")
    return _view(record)


def _view(record: ArrivingRecord) -> ImportView:
    spec = read_spec(record)
    share = min(1.0, spec.n_bytes / spec.order.size_bytes) if spec.order.size_bytes else 0.0
    is_over = record.state != ARRIVING
    return ImportView(
        record.id,
        spec.order.source_id,
        record.project_id,
        record.name,
        spec.order.format,
        is_over,
        spec.landed.n_rows,
        spec.landed.n_rejected,
        1.0 if record.state in (SHOWING, COMPLETE) else share,
        None if is_over or share < LEAST_SHARE else spec.worked_s * (1 - share) / share,
        spec.failed,
    )


def upload_folder(ws: Workspace, batch_id: str) -> Path:
    """Where the file of an import lies while it comes in."""
    return ws.home / FOLDER / batch_id


def drop_upload(ws: Workspace, batch_id: str) -> None:
    """The file is not needed any more."""
    shutil.rmtree(upload_folder(ws, batch_id), ignore_errors=True)


def drop_orphans(ws: Workspace) -> None:
    """Remove stored files that no import under way needs."""
    with ws.reading() as connection:
        wanted = {one.id for one in arrivals.list_arriving(connection)}
    for folder in (ws.home / FOLDER).glob("*"):
        if folder.name not in wanted and time.time() - folder.stat().st_mtime > ORPHAN_S:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_stored(folder: Path, order: ImportOrder) -> Iterator[Source]:
    """The stored file, completed from the second one where there is one."""
    with ExitStack() as stack:
        stream = stack.enter_context((folder / "rows").open("rb", buffering=COPY_BYTES))
        second = None
        if order.answers:
            second = Second(stack.enter_context((folder / "answers").open("rb")), order.answers)
        yield complete_rows(stream, order.name, second)


def encode(spec: ImportSpec) -> str:
    return msgspec.json.encode(spec).decode()


def read_spec(record: ArrivingRecord) -> ImportSpec:
    """What was ordered, and how far it is."""
    return msgspec.json.decode(record.spec, type=ImportSpec)
