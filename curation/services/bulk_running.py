"""Bulk acts in the background of the server: a closed tab does not stop one, and a killed server goes on with it."""

from __future__ import annotations

import logging
import threading

from curation.processes import is_alive, own_identity, parse_identity
from curation.services import bulk
from curation.services.workspace import Workspace
from db import bulk as rows
from db.bulk import BulkRecord

_log = logging.getLogger("callwright.bulk")
_running: dict[str, threading.Thread] = {}
_guard = threading.Lock()


def start(ws: Workspace, batch_id: str) -> threading.Thread:
    """Run an act in a thread of its own; one that runs already goes on."""
    with _guard:
        known = _running.get(batch_id)
        if known is not None and known.is_alive():
            return known
        thread = threading.Thread(target=_run, args=(ws, batch_id), name=f"bulk {batch_id}", daemon=True)
        _running[batch_id] = thread
        thread.start()
        return thread


def go_on(ws: Workspace) -> list[threading.Thread]:
    """Go on with acts that nobody works on: those of a process that is gone, and those of ours that stopped."""
    return [start(ws, record.id) for record in bulk.list_unfinished(ws) if _is_ours_now(ws, record)]


def _is_ours_now(ws: Workspace, record: BulkRecord) -> bool:
    owner = parse_identity(record.owner)
    if owner == own_identity():
        return True
    if owner is not None and is_alive(owner):
        return False
    with ws.unit() as unit:
        is_ours = rows.take_over(unit.connection, record, str(own_identity()))
        unit.commit()
    return is_ours


def _run(ws: Workspace, batch_id: str) -> None:
    try:
        bulk.run(ws, batch_id)
    except Exception:  # noqa: BLE001 - a thread has nobody to tell but the log
        # What was done stays done and is written down; the next start goes on.
        _log.exception("The bulk act %s stopped", batch_id)
    finally:
        with _guard:
            _running.pop(batch_id, None)
