"""Many examples as one act: shown all at once when complete, undone as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from curation.errors import NotFoundError, StateError
from curation.model.example import Example
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services.acts import Act, find_done, perform
from curation.services.intake import CHUNK, BatchReport, Intake, chunks
from curation.services.showing import begin_hiding, hide, show, show_again
from curation.services.sweeping import remove_hidden
from curation.services.workspace import Workspace
from db import batches
from db.acts import Deed
from db.arrivals import HIDING

__all__ = ["CHUNK", "BatchReport", "Progress", "UndoReport", "add_examples", "undo_batch"]

UNDO = "undo batch"
Progress = Callable[[int], None]
"""Told how many examples have been handled so far."""


class UndoReport(msgspec.Struct, frozen=True):
    """What an undo took away, and what it left because somebody had worked on it or a version holds it."""

    n_removed: int
    n_kept: int


def add_examples(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    incoming: Iterable[Example],
    *,
    origin: str,
    name: str,
    state: ExampleState = ExampleState.CANDIDATE,
    progress: Progress | None = None,
    nonce: str,
) -> BatchReport:
    """Add many examples as one act, as candidates or drafts."""
    if state not in (ExampleState.CANDIDATE, ExampleState.DRAFT):
        raise StateError(f"New examples cannot begin as {state.value}.", hint="Let them begin as candidates.")
    if done := find_done(ws, actor, "add examples", nonce, BatchReport):
        show(ws, done.batch_id)
        return done
    intake = Intake(ws, actor, project_id, kind=origin, name=name, state=state)
    try:
        handled = 0
        for chunk in chunks(map(intake.judge, incoming)):
            intake.add(chunk)
            handled += len(chunk)
            if progress:
                progress(handled)
        report = perform(ws, actor, "add examples", nonce, BatchReport, intake.finish)
        intake.show()
    except BaseException:
        intake.abandon()
        raise
    if report.batch_id != intake.batch_id:
        intake.abandon()
    return report


def undo_batch(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> UndoReport:
    """Take a batch back: what nobody has worked on and no version holds disappears, all of it or nothing."""
    if done := find_done(ws, actor, UNDO, nonce, UndoReport):
        return done
    _begin_undo(ws, batch_id)
    try:
        n_removed = hide(ws, batch_id)

        def work(act: Act) -> UndoReport:
            record = batches.find_batch(act.connection, batch_id)
            if record is None or record.state != HIDING:
                raise StateError("Nothing was taken back: another Callwright took this one for dead.")
            batches.mark_undone(act.connection, batch_id)
            act.note(Deed(batch_id, "complete", f"undone, {n_removed} removed", record.project_id))
            return UndoReport(n_removed, record.n_added - n_removed)

        report = perform(ws, actor, UNDO, nonce, UndoReport, work)
    except BaseException:
        show_again(ws, batch_id)
        raise
    remove_hidden(ws.unit, batch_id)
    return report


def _begin_undo(ws: Workspace, batch_id: str) -> None:
    if begin_hiding(ws, batch_id):
        return
    with ws.reading() as connection:
        record = batches.find_batch(connection, batch_id)
    if record is None:
        raise NotFoundError("This batch is not here.")
    raise StateError(f"The batch `{record.name}` is {record.state}: there is nothing to undo.")
