"""One act over many examples: planned, done in short chunks, gone on with after a kill, taken back as one.

A plan notes where each example stands. Each chunk changes what still stands there and writes so in the same
transaction, so that an act cut short knows what is left to do. An example that somebody touched meanwhile is left
alone. Taking back goes the same way backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, NotFoundError, StateError
from curation.model.people import Actor
from curation.processes import own_identity
from curation.services.acts import Act, perform
from curation.services.browsing import to_match
from curation.services.bulk_changes import (
    IN_BULK,
    PERMISSIONS,
    SOUND_ONLY,
    UNDO_OF,
    BulkAct,
    BulkChange,
    require_possible,
    states_before,
)
from curation.services.bulk_steps import Ready, change_one, get_ready, take_back_one
from curation.services.bulk_views import (
    APPLYING,
    COMPLETE,
    FAILED,
    PLANNED,
    RETURNING,
    UNDER_WAY,
    UNDONE,
    BulkView,
    Selection,
    encode,
    read_spec,
    spec_for,
    spec_of,
    view_of,
)
from curation.services.heads import mark
from curation.services.projects import need_project
from curation.services.roles import require
from curation.services.workspace import Workspace
from db import bulk, examples, filtering, people
from db.acts import Deed
from db.batches import BatchRecord
from db.bulk import BulkRecord, ItemRecord
from db.examples import ExampleRecord

CHUNK = 500
"""Examples planned under one hold of the write lock."""
HOLD = 100
"""The most that are changed under one hold; what does not fit into `LOCK_S` waits for the next."""
CHECKED_HOLD = 40
"""The same where every example is checked or edited first."""
LOCK_S = 0.1


def begin(ws: Workspace, actor: Actor, project_id: str, selection: Selection, change: BulkChange, *, nonce: str) -> str:
    """Note what is to be done, once; `run` does it. Says the id of the act."""
    wanted = require_possible(actor, change)
    return perform(ws, actor, "change many", nonce, str, lambda act: plan(act, project_id, selection, wanted))


def plan(act: Act, project_id: str, selection: Selection, change: BulkChange) -> str:
    """Inside another act: note what is to be done."""
    project = need_project(act.connection, project_id)
    batch_id = act.ws.new_id()
    owner = str(own_identity())
    record = BatchRecord(batch_id, project.id, bulk.KIND, change.act, PLANNED, 0, owner, act.actor.person_id, act.at)
    bulk.add_bulk(act.connection, record, encode(spec_for(selection, change)))
    act.note(Deed(batch_id, after=change.act, project_id=project.id))
    return batch_id


def run(ws: Workspace, batch_id: str) -> BulkView:
    """Do what an act still has to do, chunk by chunk; an act that is over is only told.

    An act that meets an error stays as far as it came; a database that is only busy ends the run, not the act.
    """
    try:
        _go_on(ws, batch_id)
    except Exception as error:
        if not (isinstance(error, CurationError) and error.retryable):
            _fail(ws, batch_id, error)
        raise
    return view(ws, batch_id)


def _go_on(ws: Workspace, batch_id: str) -> None:
    place = ""
    while (record := _need(ws, batch_id)).state in UNDER_WAY:
        if record.state == PLANNED:
            _plan(ws, record)
            place = ""
        else:
            place = _advance(ws, record, place)


def _fail(ws: Workspace, batch_id: str, error: Exception) -> None:
    why = error.message if isinstance(error, CurationError) else "a fault of the program, which the log describes"
    with ws.unit() as unit:
        _stop(unit.connection, batch_id, why)
        unit.commit()


def _stop(connection: Connection, batch_id: str, why: str) -> None:
    record = bulk.find_bulk(connection, batch_id)
    if record is not None and bulk.set_state(connection, batch_id, FAILED, before=UNDER_WAY, owner=""):
        bulk.set_spec(connection, batch_id, encode(msgspec.structs.replace(spec_of(record), failed=why)))
        bulk.count_changed(connection, batch_id)


def view(ws: Workspace, batch_id: str) -> BulkView:
    """How far an act is."""
    record = _need(ws, batch_id)
    with ws.reading() as connection:
        words = bulk.count_words(connection, batch_id)
    return view_of(record, words)


def last_of(ws: Workspace, person_id: str, project_id: str) -> BulkView | None:
    """The last bulk act of a person in a project."""
    with ws.reading() as connection:
        record = bulk.newest_bulk(connection, project_id, person_id)
        return view_of(record, bulk.count_words(connection, record.id)) if record else None


def take_back(ws: Workspace, actor: Actor, batch_id: str, *, nonce: str) -> str:
    """Ask for an act to be taken back, or cancelled while it runs; `run` does it."""

    def work(act: Act) -> str:
        record = bulk.find_bulk(act.connection, batch_id)
        if record is None:
            raise NotFoundError("This act is not here.")
        spec = spec_of(record)
        if record.by != actor.person_id:
            require(actor, PERMISSIONS[BulkAct(spec.act)])
        if record.state == PLANNED:
            bulk.set_state(act.connection, batch_id, UNDONE, before=[PLANNED], owner="")
        elif not bulk.set_state(
            act.connection, batch_id, RETURNING, before=[APPLYING, COMPLETE, FAILED], owner=str(own_identity())
        ):
            raise StateError("There is nothing to take back: this was taken back already.")
        asked = msgspec.structs.replace(spec, back_by=actor.person_id, failed="")
        bulk.set_spec(act.connection, batch_id, encode(asked))
        act.note(Deed(batch_id, record.state, RETURNING, record.project_id))
        return batch_id

    return perform(ws, actor, "undo batch", nonce, str, work)


def list_unfinished(ws: Workspace) -> list[BulkRecord]:
    """Acts under way, here or in a process that is gone."""
    with ws.reading() as connection:
        return bulk.list_bulks(connection, UNDER_WAY)


def select_heads(ws: Workspace, project_id: str, selection: Selection) -> Iterator[list[ExampleRecord]]:
    """The chosen examples, in chunks."""
    if selection.ids:
        with ws.reading() as connection:
            found = examples.find_examples(connection, selection.ids)
        yield [one for one in found.values() if one.project_id == project_id]
        return
    after: int | None = None
    while True:
        with ws.reading() as connection:
            words = to_match(selection.filter.search)
            heads = filtering.page(connection, project_id, selection.filter, words, after=after, limit=CHUNK)
        if not heads:
            return
        yield [one for one in heads if _is_meant(one, selection)]
        after = heads[-1].number


def _is_meant(head: ExampleRecord, selection: Selection) -> bool:
    if selection.untouched_since and head.updated_at > selection.untouched_since:
        return False
    return selection.up_to is None or head.number <= selection.up_to


def _plan(ws: Workspace, record: BulkRecord) -> None:
    change, selection = read_spec(record)
    open_in = states_before(change.act)
    n = 0
    for heads in select_heads(ws, record.project_id, selection):
        n += len(heads)
        if selection.most is not None and n > selection.most:
            _refuse_more(ws, record, selection.most)
            return
        marks = [(head.id, mark(head)) for head in heads if head.state in open_in]
        with ws.unit() as unit:
            if _state_now(unit.connection, record.id) != PLANNED:
                return
            bulk.add_items(unit.connection, record.id, marks)
            unit.commit()
    with ws.unit() as unit:
        bulk.set_state(unit.connection, record.id, APPLYING, before=[PLANNED])
        unit.commit()


def _refuse_more(ws: Workspace, record: BulkRecord, most: int) -> None:
    """More fit now than the person was told: nothing was changed yet, and nothing will be."""
    with ws.unit() as unit:
        _stop(unit.connection, record.id, f"more fit now than the {most:,} that were counted; look again")
        unit.commit()


def _state_now(connection: Connection, batch_id: str) -> str:
    found = bulk.find_bulk(connection, batch_id)
    return found.state if found else UNDONE


def _advance(ws: Workspace, record: BulkRecord, place: str) -> str:
    """One chunk; says where the next one begins."""
    change, _ = read_spec(record)
    actor = _actor(ws, record)
    is_back = record.state == RETURNING
    limit = HOLD if is_back or (change.act not in SOUND_ONLY and not _saves(change)) else min(HOLD, CHECKED_HOLD)
    with ws.reading() as connection:
        items = bulk.list_items(connection, record.id, after_id=place, limit=limit, is_done=is_back)
    if not items:
        return _end(ws, record, actor, place)
    ready = {} if is_back else get_ready(ws, record.project_id, change, items)
    return _store(ws, record, actor, change, items, ready)


def _saves(change: BulkChange) -> bool:
    return change.act in (BulkAct.ADD_TAG, BulkAct.REMOVE_TAG, BulkAct.SET_GROUP, BulkAct.FIX, BulkAct.RECHECK)


def _store(
    ws: Workspace,
    record: BulkRecord,
    actor: Actor,
    change: BulkChange,
    items: list[ItemRecord],
    ready: dict[str, Ready],
) -> str:
    """Change as many items as fit into one hold of the lock; says the last one."""
    place, began, is_back = "", monotonic(), record.state == RETURNING
    with ws.unit() as unit:
        if _state_now(unit.connection, record.id) != record.state:
            return ""
        act = Act(ws, unit.connection, actor, f"{UNDO_OF if is_back else ''}{change.act}{IN_BULK}")
        heads = examples.find_examples(unit.connection, [item.example_id for item in items])
        for item in items:
            if place and monotonic() - began > LOCK_S:
                break
            place = item.example_id
            if is_back:
                after = take_back_one(act, item, heads[item.example_id], change)
            else:
                after = change_one(act, item, heads[item.example_id], change, ready[item.example_id])
            bulk.finish_item(unit.connection, item, after)
        unit.commit()
    return place


def _end(ws: Workspace, record: BulkRecord, actor: Actor, place: str) -> str:
    """Close the act, once everything behind the first id is done as well."""
    if place:
        return ""
    over = UNDONE if record.state == RETURNING else COMPLETE
    with ws.unit() as unit:
        if bulk.set_state(unit.connection, record.id, over, before=[record.state], owner=""):
            changed = bulk.count_changed(unit.connection, record.id) if over == COMPLETE else 0
            act = Act(ws, unit.connection, actor, "change many" if over == COMPLETE else "undo batch")
            act.note(Deed(record.id, record.state, f"{over}, {changed} changed", record.project_id))
        unit.commit()
    return ""


def _need(ws: Workspace, batch_id: str) -> BulkRecord:
    with ws.reading() as connection:
        record = bulk.find_bulk(connection, batch_id)
    if record is None:
        raise NotFoundError("This act is not here.")
    return record


def _actor(ws: Workspace, record: BulkRecord) -> Actor:
    """Who began it, or who asked for it to be taken back."""
    back_by = spec_of(record).back_by if record.state == RETURNING else ""
    with ws.reading() as connection:
        actor = people.find_person(connection, back_by or record.by)
    if actor is None:
        raise CurationError(f"{back_by or record.by} asked for this and is not here any more.")
    require(actor, "undo batch" if back_by else "change many")
    return actor
