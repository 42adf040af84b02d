"""Brings ordered files in, a chunk at a time, in a thread of the process that keeps the jobs.

Each chunk is one short transaction that stores rows together with how far the file was read. A kill between two of
them costs what had not been stored; the next keeper reads on behind the last stored row.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError
from curation.formats import get_format
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.processes import own_identity
from curation.services.acts import perform
from curation.services.import_orders import (
    ImportSpec,
    drop_orphans,
    drop_upload,
    encode,
    open_stored,
    read_spec,
    upload_folder,
)
from curation.services.intake import Intake
from curation.services.landing import ImportReport, Landed, Landing, rows_of
from curation.services.rechecking import judge_unjudged
from curation.services.reject_files import renew_rejects
from curation.services.row_sources import OpenedRows, Source
from curation.services.search_indexing import index_waiting
from curation.services.showing import finish_showing, show
from curation.services.sweeping import remove_hidden
from curation.services.workspace import Workspace
from db import arrivals, batches, bulk, people
from db.arrivals import ARRIVING, KIND, UNDONE, ArrivingRecord

ACT = "import file"
POLL_S = 0.5
BREATH_S = 0.004
"""Between two chunks, so that whoever waits for the write lock gets it."""
JOIN_S = 30.0
MOST_TROUBLES = 5
"""How often in a row an import may surprise the keeper before it is given up."""
FAULT = "a fault of the program, which the log describes"

log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The keeper ends; what it had not stored is read again by the next one."""


@contextmanager
def bringing_in(ws: Workspace, *, poll_s: float = POLL_S) -> Iterator[None]:
    """Bring in what is ordered, in a thread, while a block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=_go_on, args=(ws, stop, poll_s), name="imports", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(JOIN_S)


def _go_on(ws: Workspace, stop: threading.Event, poll_s: float) -> None:
    troubles: dict[str, int] = {}
    try:
        drop_orphans(ws)
    except OSError:
        log.exception("stored files that nobody needs were left")
    while not stop.is_set():
        try:
            is_busy = bring_in_next(ws, is_stopped=stop.is_set, troubles=troubles)
            if not is_busy:
                index_waiting(ws, is_stopped=lambda: stop.is_set() or _is_waiting(ws))
                judge_unjudged(ws, lambda: stop.is_set() or _is_waiting(ws))
        except Exception:
            # The thread outlives a locked or full database; the next round may succeed.
            log.exception("nothing was brought in in this round")
            is_busy = False
        if not is_busy:
            stop.wait(poll_s)


def _is_waiting(ws: Workspace) -> bool:
    with ws.reading() as connection:
        return bool(arrivals.list_arriving(connection))


def bring_in_next(
    ws: Workspace, *, is_stopped: Callable[[], bool] = lambda: False, troubles: dict[str, int] | None = None
) -> bool:
    """Bring in the oldest ordered file; False where there is none, or where it has to wait."""
    finish_showing(ws)
    with ws.reading() as connection:
        waiting = arrivals.list_arriving(connection)
    if not waiting:
        return False
    record = waiting[0]
    if not _take_over(ws, record):
        return False
    try:
        _Arrival(ws, record, is_stopped).run()
    except StoppedError:
        return False
    except Exception as error:  # noqa: BLE001 - told on the import, and in the log
        return _meet(ws, record, error, {} if troubles is None else troubles)
    return True


def _take_over(ws: Workspace, record: ArrivingRecord) -> bool:
    with ws.unit() as unit:
        is_ours = arrivals.take_over(unit.connection, record, str(own_identity()))
        unit.commit()
    return is_ours


def _meet(ws: Workspace, record: ArrivingRecord, error: Exception, troubles: dict[str, int]) -> bool:
    """What went wrong: a cancelled import is cleared away, an unreadable file ends its import, the rest may pass."""
    with ws.reading() as connection:
        now = arrivals.find_arriving(connection, record.id)
    if now is None or now.state == UNDONE:
        remove_hidden(ws.unit, record.id)
        drop_upload(ws, record.id)
        return True
    if now.state != ARRIVING or now.owner != str(own_identity()):
        # It is all there and only has to be shown, or another keeper has taken it over.
        log.warning("the import %s was left at its end", record.id, exc_info=error)
        return False
    if isinstance(error, CurationError) and not error.retryable:
        _fail(ws, now, str(error))
        return True
    log.error("the import %s met trouble", record.id, exc_info=error)
    troubles[record.id] = troubles.get(record.id, 0) + 1
    if troubles[record.id] >= MOST_TROUBLES:
        _fail(ws, now, FAULT)
    return False


def _fail(ws: Workspace, record: ArrivingRecord, sentence: str) -> None:
    """Nothing came of it, and the reason stays."""
    spec = read_spec(record)
    spec.failed = sentence
    with ws.unit() as unit:
        is_ours = batches.drop_staged(unit.connection, record.id)
        bulk.set_spec(unit.connection, record.id, encode(spec))
        unit.commit()
    if is_ours:
        remove_hidden(ws.unit, record.id)
        drop_upload(ws, record.id)


def _actor(ws: Workspace, record: ArrivingRecord) -> Actor:
    with ws.reading() as connection:
        found = people.find_person(connection, record.by)
    if found is None:
        raise CurationError(f"{record.by} ordered this import and is not here any more.")
    return found


class _Arrival:
    """One file on its way in, from where it is to its end."""

    def __init__(self, ws: Workspace, record: ArrivingRecord, is_stopped: Callable[[], bool]) -> None:
        self._ws = ws
        self._record = record
        self._is_stopped = is_stopped
        self._spec: ImportSpec = read_spec(record)
        self._folder: Path = upload_folder(ws, record.id)
        self._began = monotonic()
        self._worked_s = self._spec.worked_s

    def run(self) -> ImportReport:
        order, landed = self._spec.order, self._spec.landed
        actor = _actor(self._ws, self._record)
        with open_stored(self._folder, order) as source:
            opened = OpenedRows(source, order.name, order.columns, order.sha256)
            intake = Intake(
                self._ws,
                actor,
                self._record.project_id,
                kind=KIND,
                name=order.name,
                state=ExampleState.DRAFT,
                batch_id=self._record.id,
                counts=landed.counts,
            )
            landing = self._start(intake, opened, source)
            for row in rows_of(opened.rows, get_format(order.format), landed.reached):
                if landing.add(row, opened.rows.reached):
                    self._breathe()
            landing.flush()
        report = perform(self._ws, actor, ACT, order.nonce, ImportReport, lambda act: landing.finish(act, order.sha256))
        if report.n_rejected:
            renew_rejects(self._ws, report.source_id)
        drop_upload(self._ws, self._record.id)
        show(self._ws, self._record.id)
        return report

    def _start(self, intake: Intake, opened: OpenedRows, source: Source) -> Landing:
        with self._ws.reading() as connection:
            record = batches.find_source(connection, self._spec.order.source_id)
        if record is None:
            raise CurationError("The import was given up.")

        def sign(connection: Connection, landed: Landed) -> None:
            self._sign(connection, landed, source)

        return Landing(intake, record, opened.rows.head.columns, landed=self._spec.landed, sign=sign)

    def _sign(self, connection: Connection, landed: Landed, source: Source) -> None:
        """How far it is, inside the transaction that stores the rows."""
        n_bytes = landed.reached.offset or _tell(source)
        worked_s = self._worked_s + monotonic() - self._began
        spec = msgspec.structs.replace(self._spec, landed=landed, n_bytes=n_bytes, worked_s=worked_s)
        bulk.set_spec(connection, self._record.id, encode(spec))

    def _breathe(self) -> None:
        """Let others on, and stop when told to."""
        if self._is_stopped():
            raise StoppedError
        sleep(BREATH_S)


def _tell(source: Source) -> int:
    """So much of the file was read; 0 where it cannot be told."""
    tell = getattr(source, "tell", None)
    return int(tell()) if tell is not None else 0
