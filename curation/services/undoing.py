"""Takes back the last thing that happened to an example, by doing its opposite: nothing is ever unwritten."""

from __future__ import annotations

import msgspec

from curation.errors import StateError
from curation.model.states import ExampleState
from curation.services.acts import Act
from curation.services.heads import Saved, need_example, place, require_rev, revise
from curation.services.judging import read_body
from db import acts, examples
from db.acts import AuditRecord
from db.examples import ExampleRecord

LOOK_BACK = 50


class Mark(msgspec.Struct, frozen=True):
    """Where an example stood: its state and revision, as the audit writes them (`draft@3`)."""

    state: ExampleState
    rev: int


def take_back(act: Act, example_id: str, rev: int) -> Saved:
    """Undo the last save or step. Undoing a save makes a revision; nothing becomes accepted by an undo."""
    head = need_example(act.connection, example_id)
    require_rev(head, rev)
    before, after = _last_change(act, head)
    if before.rev != after.rev:
        return _take_back_text(act, head, before.rev)
    return place(act, head, _without_acceptance(before.state))


def _last_change(act: Act, head: ExampleRecord) -> tuple[Mark, Mark]:
    for record in acts.last_of(act.connection, head.id, LOOK_BACK):
        if record.before != record.after:
            return _marks(record, head)
    raise _nothing(head)


def _marks(record: AuditRecord, head: ExampleRecord) -> tuple[Mark, Mark]:
    if record.before is None or record.after is None:
        raise _nothing(head)
    return _mark(record.before), _mark(record.after)


def _mark(text: str) -> Mark:
    state, _, rev = text.partition("@")
    return Mark(ExampleState(state), int(rev))


def _take_back_text(act: Act, head: ExampleRecord, rev: int) -> Saved:
    before = examples.find_revision(act.connection, head.id, rev)
    if before is None:
        raise _nothing(head)
    example = read_body(examples.read_body(act.connection, before.body_hash)).example
    return revise(act, head, head.head_rev, example, f"back to revision {rev}")


def _without_acceptance(state: ExampleState) -> ExampleState:
    return ExampleState.SUBMITTED if state is ExampleState.ACCEPTED else state


def _nothing(head: ExampleRecord) -> StateError:
    return StateError(f"There is nothing to undo on example {head.number}.", hint="Archive it to put it away.")
