"""Many examples changed by one act: made ready in short chunks, hidden, and shown all at once by one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection

from curation.model.finding import Finding
from curation.model.marks import Mark
from curation.model.states import ExampleState
from curation.processes import own_identity
from curation.services.acts import Act
from curation.services.heads import mark
from curation.services.second_looks import draw_all
from curation.services.spooling import Spool
from curation.services.workspace import Workspace
from db import batches, bulk, many_heads, repairs, reviews
from db.acts import Deed
from db.batches import BatchRecord
from db.bulk import ItemRecord
from db.derived import Derived, Found, put_bodies
from db.examples import ExampleRecord
from db.many_heads import NextHead
from db.repairs import RepairRecord
from db.reviews import CommentRecord

CHUNK = 200
"""The most examples made ready under one hold of the write lock."""


class Prepared(msgspec.Struct, frozen=True):
    """One example ready to be changed: its next revision, or only its next state (`derived` None)."""

    head: ExampleRecord
    state: ExampleState
    derived: Derived | None
    broken_by: tuple[str, ...] = ()
    """Tools whose change it has to be mended for."""
    reason: str = ""
    place: str = ""

    @property
    def is_left(self) -> bool:
        """Whether the example itself stays as it is."""
        return self.derived is None and self.state is self.head.state

    @property
    def rev(self) -> int:
        return self.head.head_rev + (self.derived is not None)


class HeadChange:
    """One act over many examples on its way; nothing of it shows before `finish`."""

    def __init__(self, ws: Workspace, person_id: str, project_id: str, kind: str, name: str) -> None:
        self.ws = ws
        self.project_id = project_id
        self.batch_id = ws.new_id()
        self.changed_ids: list[str] = []
        """The examples that `finish` changed."""
        self._spool = Spool(Prepared)
        self._waiting: list[Prepared] = []
        record = BatchRecord(
            self.batch_id, project_id, kind, name, "staged", 0, str(own_identity()), person_id, ws.now()
        )
        with ws.unit() as unit:
            batches.add_batch(unit.connection, record)
            unit.commit()

    def add(self, prepared: Prepared) -> None:
        """Take one example; its body is stored with the chunk it is in."""
        self._waiting.append(prepared)
        self._spool.add(_slim(prepared))
        if len(self._waiting) >= CHUNK:
            self.flush()

    def flush(self) -> None:
        """Store the bodies that have gathered, and what will have happened to their examples."""
        if not self._waiting:
            return
        with self.ws.unit() as unit:
            bodies = [one.derived for one in self._waiting if one.derived is not None]
            if bodies:
                put_bodies(unit.connection, bodies)
            bulk.note_items(unit.connection, [_item(self.batch_id, one) for one in self._waiting])
            unit.commit()
        self._waiting = []

    def finish(self, act: Act, why: str) -> tuple[int, int, int]:
        """Change every example that is still as it was; (changed, of these to be mended, passed over)."""
        broken = passed = 0
        for chunk in self._spool.chunks(many_heads.MOST):
            now = many_heads.read_heads_of(act.connection, [one.head.id for one in chunk])
            kept = [one for one in chunk if _is_unchanged(one.head, now.get(one.head.id))]
            kept_ids = {one.head.id for one in kept}
            bulk.drop_items(
                act.connection, self.batch_id, [one.head.id for one in chunk if one.head.id not in kept_ids]
            )
            _apply(act, kept, why)
            self.changed_ids += [one.head.id for one in kept]
            broken += sum(bool(one.broken_by) for one in kept)
            passed += len(chunk) - len(kept)
        many_heads.complete_move(act.connection, self.batch_id, len(self.changed_ids))
        return len(self.changed_ids), broken, passed

    def close(self) -> None:
        """Give back what was only needed on the way."""
        self._spool.__exit__(None, None, None)

    def abandon(self) -> None:
        """Forget an act that did not come about; the bodies it stored belong to nobody and do no harm."""
        with self.ws.unit() as unit:
            batches.drop_staged(unit.connection, self.batch_id)
            unit.commit()


def _apply(act: Act, kept: Sequence[Prepared], why: str) -> None:
    person_id, connection = act.actor.person_id, act.connection
    revised = [NextHead(one.head, one.state, one.derived) for one in kept if one.derived is not None]
    if revised:
        many_heads.add_revisions(connection, revised, person_id, act.at, why)
    placed = [one for one in kept if one.derived is None and one.state is not one.head.state]
    for state in {one.state for one in placed}:
        heads = [one.head for one in placed if one.state is state]
        many_heads.set_states(connection, heads, state, person_id, act.at)
    many_heads.add_audits(connection, act.kind, person_id, act.at, [_deed(one) for one in kept])
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
    item = _item("", one)
    return Deed(one.head.id, item.before, item.after, one.head.project_id)


def _item(batch_id: str, one: Prepared) -> ItemRecord:
    return ItemRecord(batch_id, one.head.id, mark(one.head), str(Mark(one.state, one.rev)))


def _slim(prepared: Prepared) -> Prepared:
    """Without the values behind the findings, which nothing stores."""
    derived = prepared.derived
    if derived is None:
        return prepared
    found = tuple(Found(_bare(one), one.fingerprint, one.waived) for one in derived.found)
    return msgspec.structs.replace(prepared, derived=msgspec.structs.replace(derived, found=found))


def _bare(found: Found) -> Finding:
    return msgspec.structs.replace(found.finding, values={}, fix=None)
