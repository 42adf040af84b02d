"""Takes a move of examples back as one: bodies and states as they were, where nobody has worked on them since."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import NotFoundError, StateError
from curation.model.marks import Mark, mark_of
from curation.model.people import Actor
from curation.services.acts import Act, find_done, perform
from curation.services.appearing import Coming, appear, decide, finish_decided, require_all_there
from curation.services.deriving import derive
from curation.services.head_changes import HeadChange, Prepared, make_ready
from curation.services.judging import Bench, read_bench, read_body
from curation.services.moves import KIND
from curation.services.roles import require
from curation.services.undoing import UNDO_MOVE
from curation.services.workspace import Workspace
from db import acts, batches, bulk, coming, many_heads
from db.acts import Deed
from db.batches import BatchRecord
from db.bulk import ItemRecord
from db.coming import COMPLETE, RETURNING
from db.examples import ExampleRecord


class MoveUndone(msgspec.Struct, frozen=True):
    """What taking a move back did, and what it left because somebody has worked on it since."""

    n_restored: int
    n_kept: int


def undo_move(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> MoveUndone:
    """Give every example of a move its body and its state back, in one act; the catalogue stays published.

    What was accepted before the move is accepted again, at a revision that says exactly what was accepted.
    """
    require(actor, "publish catalogue")
    if done := find_done(ws, actor, UNDO_MOVE, nonce, str):
        return _undone(ws, batch_id, appear(ws, done))
    finish_decided(ws)
    with ws.reading() as connection:
        record = _need_complete(batches.find_batch(connection, batch_id))
        items = bulk.list_changed(connection, batch_id)
        bench = read_bench(connection, record.project_id)
    change = HeadChange(ws, actor.person_id, record.project_id, f"undo of {KIND}", record.name)

    def work(act: Act) -> str:
        require_all_there(act.connection, record.project_id)
        (moved,) = acts.last_of(act.connection, batch_id)
        if not coming.set_state(act.connection, batch_id, COMPLETE, RETURNING):
            raise StateError(f"The move to {record.name} was undone already.")
        back = Coming(act.kind, f"back from {record.name}", act.at, undoes=batch_id)
        decide(act, change.batch_id, msgspec.structs.replace(back, undone_by=moved.person_id, undone_at=moved.at))
        act.note(Deed(batch_id, COMPLETE, RETURNING, record.project_id))
        return change.batch_id

    def fill() -> None:
        for at in range(0, len(items), many_heads.MOST):
            for prepared in _restore(ws, bench, items[at : at + many_heads.MOST]):
                change.add(prepared)

    make_ready(change, fill, lambda: perform(ws, actor, UNDO_MOVE, nonce, str, work))
    return _undone(ws, batch_id, appear(ws, change.batch_id))


def _need_complete(record: BatchRecord | None) -> BatchRecord:
    if record is None or record.kind != KIND:
        raise NotFoundError("This move of examples is not here.")
    if record.state != COMPLETE:
        raise StateError(f"The move to {record.name} is {record.state}: there is nothing to undo.")
    return record


def _undone(ws: Workspace, batch_id: str, back: Coming) -> MoveUndone:
    with ws.reading() as connection:
        n_moved = len(bulk.list_changed(connection, batch_id))
    return MoveUndone(back.n_done, n_moved - back.n_done)


def _restore(ws: Workspace, bench: Bench, items: Sequence[ItemRecord]) -> list[Prepared]:
    """The examples that are still as the move left them, as they were before it."""
    ids = [one.example_id for one in items]
    with ws.reading() as connection:
        heads = many_heads.read_heads_of(connection, ids)
        bodies = many_heads.read_bodies_at(connection, [(one.example_id, mark_of(one.before).rev) for one in items])
    found = []
    for one in items:
        before, after, head = mark_of(one.before), mark_of(one.after), heads[one.example_id]
        if (head.state, head.head_rev) == (after.state, after.rev):
            found.append(_before(bench, head, before, after, bodies[one.example_id]))
    return found


def _before(bench: Bench, head: ExampleRecord, before: Mark, after: Mark, body: bytes) -> Prepared:
    if before == after:
        return Prepared(head, head.state, None)
    derived = derive(bench, read_body(body).example) if before.rev != after.rev else None
    return Prepared(head, before.state, derived)
