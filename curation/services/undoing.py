"""Takes back what happened to an example step by step, and does it again: nothing is ever unwritten.

The audit is read as a story: an undo takes the last act that still stands, a redo the last one taken back, and any new
act ends what could be done again.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import StateError
from curation.model.states import ExampleState
from curation.services.acts import Act
from curation.services.heads import Saved, need_example, place, require_rev, revise
from curation.services.judging import read_body
from db import acts, examples
from db.acts import AuditRecord
from db.examples import ExampleRecord

UNDO = "undo"
REDO = "redo"
LOOK_BACK = 1000


class Mark(msgspec.Struct, frozen=True):
    """Where an example stood: its state and revision, as the audit writes them (`draft@3`)."""

    state: ExampleState
    rev: int


class Change(msgspec.Struct, frozen=True):
    """One act: where the example stood before it, and after."""

    before: Mark
    after: Mark

    @property
    def is_text(self) -> bool:
        return self.before.rev != self.after.rev


def take_back(act: Act, example_id: str, rev: int) -> Saved:
    """Undo the last act that still stands. Undoing a save makes a revision; nothing becomes accepted by an undo."""
    head = need_example(act.connection, example_id)
    require_rev(head, rev)
    done, _ = _story(act, head)
    if not done:
        raise StateError(f"There is nothing to undo on example {head.number}.", hint="Archive it to put it away.")
    return _go_to(act, head, done[-1], done[-1].before, "back to")


def do_again(act: Act, example_id: str, rev: int) -> Saved:
    """Do the last act again that was taken back."""
    head = need_example(act.connection, example_id)
    require_rev(head, rev)
    _, undone = _story(act, head)
    if not undone:
        raise StateError(f"There is nothing to redo on example {head.number}.", hint="Only what was undone comes back.")
    return _go_to(act, head, undone[-1], undone[-1].after, "again as")


def has_undone(connection: Connection, example_id: str) -> bool:
    """Whether something was taken back that may be done again."""
    newest = acts.last_of(connection, example_id)
    if not newest or newest[0].act not in (UNDO, REDO):
        return False
    return bool(read_story(list(reversed(acts.last_of(connection, example_id, LOOK_BACK))))[1])


def _story(act: Act, head: ExampleRecord) -> tuple[list[Change], list[Change]]:
    """The acts that stand, and those taken back, each in the order in which they may be undone and redone."""
    return read_story(list(reversed(acts.last_of(act.connection, head.id, LOOK_BACK))))


def read_story(records: Sequence[AuditRecord]) -> tuple[list[Change], list[Change]]:
    """Replay an example's audit, oldest first."""
    done: list[Change] = []
    undone: list[Change] = []
    for record in records:
        if record.before == record.after:
            continue
        if record.act == UNDO:
            undone += [done.pop()] if done else []
        elif record.act == REDO:
            done += [undone.pop()] if undone else []
        else:
            undone.clear()
            done += _changes(record)
    return done, undone


def _changes(record: AuditRecord) -> list[Change]:
    """What an act changed; a beginning has nothing before it and cannot be taken back."""
    if record.before is None or record.after is None:
        return []
    return [Change(mark_of(record.before), mark_of(record.after))]


def mark_of(text: str) -> Mark:
    """A mark as the audit wrote it."""
    state, _, rev = text.partition("@")
    return Mark(ExampleState(state), int(rev))


def _go_to(act: Act, head: ExampleRecord, change: Change, mark: Mark, why: str) -> Saved:
    if not change.is_text:
        return place(act, head, _without_acceptance(mark.state))
    stored = examples.find_revision(act.connection, head.id, mark.rev)
    if stored is None:
        raise StateError(f"Revision {mark.rev} of example {head.number} is gone.", hint="It was erased.")
    example = read_body(examples.read_body(act.connection, stored.body_hash)).example
    return revise(act, head, head.head_rev, example, f"{why} revision {mark.rev}")


def _without_acceptance(state: ExampleState) -> ExampleState:
    return ExampleState.SUBMITTED if state is ExampleState.ACCEPTED else state
