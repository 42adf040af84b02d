"""Acts over many examples that were decided: they appear in short chunks, go on after a kill, and count when complete.

The decision is one transaction; from then on the act will come about. Each chunk takes changes out of what was made
ready and puts them into effect in the same transaction, so two processes at it at once do nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic

import msgspec
from sqlalchemy import Connection

from curation.errors import CurationError, StateError
from curation.model.states import ExampleState
from curation.processes import own_identity
from curation.services.acts import Act
from curation.services.head_changes import Prepared
from curation.services.second_looks import draw_all
from curation.services.showing import finish_showing
from curation.services.sweeping import is_worked_on
from curation.services.workspace import Workspace
from db import arrivals, batches, bulk, coming, many_heads, people, repairs, reviews
from db.acts import Deed
from db.batches import BatchRecord
from db.coming import APPEARING, RETURNING, UNDONE
from db.examples import ExampleRecord
from db.many_heads import NextHead
from db.repairs import RepairRecord
from db.reviews import CommentRecord

SLICE = 20
"""Changes put into effect before the clock is looked at again."""
LOCK_S = 0.04
"""After so long no further slice is begun under one hold of the write lock; writing it all to the disk comes on top."""
MEANWHILE = "changed by somebody meanwhile"


class Coming(msgspec.Struct, frozen=True):
    """What a decided act does, and what has come of it so far."""

    act: str
    """What the audit calls it."""
    why: str
    """What its revisions say."""
    at: str
    """When it was decided: all it does bears this time."""
    n: int = 0
    """The catalogue it belongs to."""
    tool_ids: tuple[str, ...] = ()
    is_leaving: bool = False
    undoes: str = ""
    """The act it takes back."""
    undone_by: str = ""
    """Who did what it takes back, and when."""
    undone_at: str = ""
    n_done: int = 0
    n_broken: int = 0
    n_passed: int = 0
    n_accepted: int = 0


class StillAppearingError(StateError):
    """Another act over many examples is not over yet."""

    hint = "Try again in a moment."
    retryable = True


def decide(act: Act, batch_id: str, wanted: Coming) -> None:
    """Inside the deciding act: from here on it will come about."""
    if not coming.set_state(act.connection, batch_id, coming.STAGED, APPEARING):
        raise StateError("Nothing was changed: what was made ready was taken away meanwhile.", hint="Do it again.")
    bulk.set_spec(act.connection, batch_id, msgspec.json.encode(wanted).decode())


def read_coming(connection: Connection, batch_id: str) -> Coming:
    """How far an act is."""
    return msgspec.json.decode(coming.read_spec(connection, batch_id), type=Coming)


def appear(ws: Workspace, batch_id: str) -> Coming:
    """Put a decided act into effect, or the rest of it, and tell what came of it."""
    while _put_chunk(ws, batch_id):
        pass
    with ws.reading() as connection:
        return read_coming(connection, batch_id)


def finish_decided(ws: Workspace) -> int:
    """Go on with what a killed process, or an act of this one that failed, had decided; says with how many acts."""
    with ws.reading() as connection:
        decided = [one.id for one in coming.list_appearing(connection) if not _is_elsewhere(one.owner)]
    for batch_id in decided:
        appear(ws, batch_id)
    return len(decided) + finish_showing(ws)


def _is_elsewhere(owner: str) -> bool:
    return owner != str(own_identity()) and is_worked_on(owner)


def require_all_there(connection: Connection, project_id: str) -> None:
    """Refuse what needs all examples of a project to belong together while they are on their way."""
    for one in (*coming.list_appearing(connection, project_id), *arrivals.list_between(connection, project_id)):
        raise StillAppearingError(f"Examples are still on their way (to or from {one.name}), so nothing was done.")


def _put_chunk(ws: Workspace, batch_id: str) -> bool:
    """Put as many changes into effect as fit into one hold of the lock; False when there is nothing left to do."""
    with ws.unit() as unit:
        began = monotonic()
        record = batches.find_batch(unit.connection, batch_id)
        if record is None or record.state != APPEARING:
            return False
        now = read_coming(unit.connection, batch_id)
        act = _resume(ws, unit.connection, record, now)
        while monotonic() - began < LOCK_S:
            ready = coming.next_changes(unit.connection, batch_id, SLICE)
            if not ready:
                _finish(act, record, now)
                unit.commit()
                return False
            now = _put(act, batch_id, now, [msgspec.msgpack.decode(one.change, type=Prepared) for one in ready])
            coming.drop_changes(unit.connection, batch_id, ready[-1].position)
        bulk.set_spec(unit.connection, batch_id, msgspec.json.encode(now).decode())
        unit.commit()
    return True


def _resume(ws: Workspace, connection: Connection, record: BatchRecord, now: Coming) -> Act:
    actor = people.find_person(connection, record.by)
    if actor is None:
        raise CurationError(f"{record.by} decided this and is not here any more.")
    act = Act(ws, connection, actor, now.act)
    act.at = now.at
    return act


def _put(act: Act, batch_id: str, now: Coming, ready: Sequence[Prepared]) -> Coming:
    """Change the examples that are still as they were when they were made ready."""
    heads = many_heads.read_heads_of(act.connection, [one.head.id for one in ready])
    kept = [one for one in ready if _is_unchanged(one.head, heads.get(one.head.id))]
    kept_ids = {one.head.id for one in kept}
    passed = [one.head.id for one in ready if one.head.id not in kept_ids]
    bulk.pass_over(act.connection, batch_id, passed, MEANWHILE)
    if kept:
        _apply(act, kept, now.why)
    if now.undoes:
        repairs.remove_opened(act.connection, list(kept_ids), now.undone_at)
        said = (now.undone_by, now.undone_at)
        reviews.close_said(act.connection, list(kept_ids), *said, act.actor.person_id, act.at)
    return msgspec.structs.replace(
        now,
        n_done=now.n_done + len(kept),
        n_broken=now.n_broken + sum(bool(one.broken_by) for one in kept),
        n_passed=now.n_passed + len(passed),
        n_accepted=now.n_accepted + sum(one.state is ExampleState.ACCEPTED for one in kept),
    )


def _finish(act: Act, record: BatchRecord, now: Coming) -> None:
    """All of it is there: it counts, and what it takes back does not any more."""
    coming.complete(act.connection, record.id, now.n_done)
    bulk.set_spec(act.connection, record.id, msgspec.json.encode(now).decode())
    if now.undoes:
        coming.set_state(act.connection, now.undoes, RETURNING, UNDONE)
        act.note(Deed(now.undoes, RETURNING, f"undone, {now.n_done} restored", record.project_id))
    else:
        act.note(Deed(record.id, APPEARING, _say_moved(now), record.project_id))


def _say_moved(now: Coming) -> str:
    """What the audit tells of a move to a catalogue version."""
    said = f"{now.n_done} examples {'left behind' if now.is_leaving else 'moved to'} catalogue v{now.n}"
    n_accepted = 0 if now.is_leaving else now.n_accepted
    return f"{said}, {n_accepted} of them still accepted" if n_accepted else said


def _apply(act: Act, kept: Sequence[Prepared], why: str) -> None:
    person_id, connection = act.actor.person_id, act.connection
    revised = [NextHead(one.head, one.state, one.derived) for one in kept if one.derived is not None]
    if revised:
        many_heads.add_revisions(connection, revised, person_id, act.at, why)
    placed = [one for one in kept if one.derived is None and one.state is not one.head.state]
    for state in {one.state for one in placed}:
        heads = [one.head for one in placed if one.state is state]
        many_heads.set_states(connection, heads, state, person_id, act.at)
    act.note_all([_deed(one) for one in kept])
    _ask_two(act, kept)
    repairs.put_repairs(connection, list(_repairs(kept, act.at)))
    for one in kept:
        if one.broken_by and not one.is_left:
            _comment(act, connection, one, why)


def _ask_two(act: Act, kept: Sequence[Prepared]) -> None:
    """What waits for a verdict at its new revision is judged by two where it was, or would be."""
    revs = {one.head.id: one.rev for one in kept if one.state is ExampleState.SUBMITTED and not one.is_left}
    if revs:
        draw_all(act, kept[0].head.project_id, revs, is_moved=True)


def _repairs(kept: Iterable[Prepared], at: str) -> Iterable[RepairRecord]:
    for one in kept:
        for tool_id in one.broken_by:
            yield RepairRecord(one.head.id, tool_id, one.head.project_id, one.rev, one.reason, at)


def _comment(act: Act, connection: Connection, one: Prepared, why: str) -> None:
    text = f"{why[:1].upper()}{why[1:]}: {one.reason}"
    record = CommentRecord(act.ws.new_id(), one.head.id, one.rev, one.place, text, act.actor.person_id, act.at)
    reviews.add_comment(connection, record)


def _is_unchanged(seen: ExampleRecord, now: ExampleRecord | None) -> bool:
    return now is not None and (now.head_rev, now.state) == (seen.head_rev, seen.state)


def _deed(one: Prepared) -> Deed:
    return Deed(one.head.id, *one.item, one.head.project_id)
