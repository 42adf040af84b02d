"""Moves of examples that were made, who took them back, and what of them may be accepted again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError
from curation.model.marks import Mark, mark_of
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services.acts import Act, perform
from curation.services.rechecking import recheck_stale, require_fresh
from curation.services.reviewing import accept_in_batch
from curation.services.workspace import Workspace
from db import acts, batches, bulk, many_heads, people
from db.batches import BatchRecord
from db.coming import COMPLETE, UNDONE
from db.examples import ExampleRecord

KIND = "migration"


class MoveView(msgspec.Struct, frozen=True):
    """A move of examples, and who took it back."""

    batch_id: str
    name: str
    n_examples: int
    by: str
    at: str
    undone_by: str = ""
    undone_at: str = ""


def last_move(ws: Workspace, project_id: str) -> MoveView | None:
    """The newest move that was not taken back."""
    with ws.reading() as connection:
        found = many_heads.list_last(connection, project_id, KIND, states=(COMPLETE,), limit=1)
        names = people.name_people(connection)
    return next((_view(one, names) for one in found), None)


def list_undone_moves(ws: Workspace, project_id: str, *, limit: int = 5) -> tuple[MoveView, ...]:
    """The moves that were taken back, newest first, with who took them back."""
    views = []
    with ws.reading() as connection:
        names = people.name_people(connection)
        for one in many_heads.list_last(connection, project_id, KIND, states=(UNDONE,), limit=limit):
            undone = acts.last_of(connection, one.id)[0]
            by = names.get(undone.person_id, undone.person_id)
            views.append(msgspec.structs.replace(_view(one, names), undone_by=by, undone_at=undone.at))
    return tuple(views)


def _view(record: BatchRecord, names: Mapping[str, str]) -> MoveView:
    return MoveView(record.id, record.name, record.n_added, names.get(record.by, record.by), record.at)


def accept_again(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> int:
    """Accept what was accepted before a move, is free of errors and was not touched since; says how many. For leads."""

    def work(act: Act) -> int:
        record = batches.find_batch(act.connection, batch_id)
        if record is None or record.state != COMPLETE:
            raise NotFoundError("This move of examples is not here, or was undone.")
        require_fresh(act.connection, record.project_id)
        n_accepted = accept_in_batch(act, _acceptable_again(act.connection, batch_id))
        if not n_accepted:
            raise StateError("There is nothing to accept again.", hint="Review what is left one by one.")
        return n_accepted

    recheck_stale(ws, _project_of(ws, batch_id))
    return perform(ws, actor, "accept batch", nonce, int, work)


def list_acceptable_again(ws: Workspace, batch_id: str) -> tuple[ExampleRecord, ...]:
    """What `accept_again` would accept, in no order of its own: the first ones are a fair sample."""
    with ws.reading() as connection:
        found = _acceptable_again(connection, batch_id)
    return tuple(sorted(found, key=lambda head: hashlib.sha256(f"{batch_id}{head.id}".encode()).digest()))


def _acceptable_again(connection: Connection, batch_id: str) -> list[ExampleRecord]:
    items = {one.example_id: one for one in bulk.list_changed(connection, batch_id)}
    were = [one for one in items if mark_of(items[one].before).state is ExampleState.ACCEPTED]
    heads = many_heads.read_heads_of(connection, were).values()
    return [
        head
        for head in heads
        if not head.n_error
        and head.state is ExampleState.SUBMITTED
        and mark_of(items[head.id].after) == Mark(head.state, head.head_rev)
    ]


def _project_of(ws: Workspace, batch_id: str) -> str:
    with ws.reading() as connection:
        record = batches.find_batch(connection, batch_id)
    if record is None:
        raise NotFoundError("This move of examples is not here.")
    return record.project_id
