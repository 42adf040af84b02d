"""Takes back what happened to an example step by step, and does it again: nothing is ever unwritten.

The audit is read as a story: an undo takes the last act that still stands, a redo the last one taken back, and any new
act ends what could be done again. Text comes back with the state it was in. Only what the person saw is taken back, and
only by somebody who may do it as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import StateError
from curation.model.marks import Mark, mark_of
from curation.model.states import ExampleState
from curation.services.acts import Act
from curation.services.bulk_changes import IN_BULK, PERMISSIONS, UNDO_OF, BulkAct
from curation.services.heads import Saved, need_example, place, require_rev, revise
from curation.services.judging import read_body
from curation.services.roles import require
from db import acts, examples, reviews
from db.acts import AuditRecord
from db.examples import ExampleRecord
from db.reviews import ReviewRecord

UNDO = "undo"
REDO = "redo"
MOVE = "move examples"
UNDO_MOVE = "undo move of examples"
LOOK_BACK = 1000
VERDICTS = {ExampleState.CHANGES_REQUESTED: "changes requested", ExampleState.REJECTED: "rejected"}
"""What was said by an act that left an example so; acceptance is never done again."""


class Change(msgspec.Struct, frozen=True):
    """One act: where the example stood before it, and after."""

    before: Mark
    after: Mark
    record: AuditRecord

    @property
    def is_text(self) -> bool:
        return self.before.rev != self.after.rev


def take_back(act: Act, example_id: str, rev: int, seen: int | None = None, only: int | None = None) -> Saved:
    """Undo the last act that still stands. Undoing a save makes a revision; nothing becomes accepted by an undo.

    Args:
        act: the act under way.
        example_id: which example.
        rev: the newest revision the person saw.
        seen: the number of the newest change the person saw; without it only one's own newest act is taken back.
        only: the number of the one change that is meant; another one that came after it is left alone.
    """
    head = need_example(act.connection, example_id)
    require_rev(head, rev)
    records = _records(act.connection, head.id)
    done, _ = read_story(records)
    if not done:
        raise StateError(f"There is nothing to undo on example {head.number}.", hint="Put the example away instead.")
    _require_seen(act, head, records, done[-1], seen)
    _require_single(head, done[-1])
    _require_meant(head, done[-1], only)
    require(act.actor, permission_of(done[-1].record.act))
    change = done.pop()
    if not change.is_text:
        for fallen in _take_fallen(done, _without_acceptance(change.before.state)):
            withdraw_words(act, head.id, fallen.record)
    return _go_to(act, head, change, change.before, "back to")


def take_back_since(act: Act, example_id: str, rev: int, since: int, only: int | None = None) -> Saved:
    """Undo all that stands since one change, the newest first: it ends in the state and the text of before.

    Args:
        act: the act under way.
        example_id: which example.
        rev: the newest revision the person saw.
        since: the number of the last change that stays; all later ones must be one's own.
        only: the number of the change that is meant to be the last of them.
    """
    head = need_example(act.connection, example_id)
    require_rev(head, rev)
    records = _records(act.connection, head.id)
    later = [change for change in read_story(records)[0] if change.record.seq > since]
    if not later:
        raise StateError(f"There is nothing to undo on example {head.number}.")
    _require_seen(act, head, records, None, since)
    _require_meant(head, later[-1], only)
    saved = Saved(head.id, rev)
    for change in reversed(later):
        _require_single(head, change)
        require(act.actor, permission_of(change.record.act))
        saved = _go_to(act, need_example(act.connection, example_id), change, change.before, "back to")
    return saved


def do_again(act: Act, example_id: str, rev: int, seen: int | None = None) -> Saved:
    """Do the last act again that was taken back."""
    head = need_example(act.connection, example_id)
    require_rev(head, rev)
    records = _records(act.connection, head.id)
    _, undone = read_story(records)
    if not undone:
        raise StateError(f"There is nothing to redo on example {head.number}.", hint="Only what was undone comes back.")
    _require_seen(act, head, records, None, seen)
    _require_single(head, undone[-1])
    require(act.actor, permission_of(undone[-1].record.act))
    return _go_to(act, head, undone[-1], undone[-1].after, "again as")


def has_undone(connection: Connection, example_id: str) -> bool:
    """Whether something was taken back that may be done again."""
    newest = acts.last_of(connection, example_id)
    if not newest or not (newest[0].act in (UNDO, REDO) or newest[0].act.startswith(UNDO_OF)):
        return False
    return bool(read_story(_records(connection, example_id))[1])


def permission_of(kind: str) -> str:
    """What one must be allowed to do to take back an act, or to do it again."""
    if kind.endswith(IN_BULK):
        return PERMISSIONS[BulkAct(kind.removesuffix(IN_BULK))]
    return kind


def _records(connection: Connection, example_id: str) -> list[AuditRecord]:
    return acts.last_of(connection, example_id, LOOK_BACK)[::-1]


def _require_seen(
    act: Act, head: ExampleRecord, records: Sequence[AuditRecord], undone: Change | None, seen: int | None
) -> None:
    """Refuse where somebody else has done something since; steps of the state make no revision."""
    changes = [one for one in records if one.before != one.after]
    mine = act.actor.person_id
    if seen is None:
        is_seen = changes[-1].person_id == mine and (undone is None or undone.record.person_id == mine)
    else:
        # One's own typing is saved in the same run as the undo of it, so it may be newer than what was shown.
        is_seen = all(one.person_id == mine for one in changes if one.seq > seen)
    if not is_seen:
        raise StateError(
            f"Somebody else has worked on example {head.number} since: nothing was taken back.",
            hint="Look at it as it is now, then undo that if you still want to.",
        )


def _require_single(head: ExampleRecord, change: Change) -> None:
    """A move of examples belongs to a published version: alone, an example would be as before and still be broken."""
    if change.record.act == MOVE:
        raise StateError(
            f"Example {head.number} was moved to other definitions along with a published version: not undone alone.",
            hint="Take the whole move back under Versions in the Catalogue, or put the example right.",
        )


def _require_meant(head: ExampleRecord, change: Change, only: int | None) -> None:
    if only is not None and change.record.seq != only:
        raise StateError(
            f"Something else was done to example {head.number} since: nothing was taken back.",
            hint="Open the example to see it as it is now.",
        )


def read_story(records: Sequence[AuditRecord]) -> tuple[list[Change], list[Change]]:
    """Replay an example's audit, oldest first: the acts that stand, and those that may be done again."""
    done: list[Change] = []
    undone: list[Change] = []
    for record in records:
        if record.before == record.after:
            continue
        if record.act in (UNDO, REDO):
            _drop_fallen(done, undone, record.before)
        if record.act == UNDO:
            undone += [done.pop()] if done else []
        elif record.act == REDO:
            done += [undone.pop()] if undone else []
        elif record.act == UNDO_MOVE or record.act.startswith(UNDO_OF):
            _undo_with_others(record, done, undone)
        else:
            undone.clear()
            done += _changes(record)
    _drop_fallen(done, undone, records[-1].after if records else None)
    return done, undone


def _drop_fallen(done: list[Change], undone: list[Change], now: str | None) -> None:
    """Forget the acceptances that would change nothing: an undo ended them, and nothing becomes accepted by one."""
    if now is None:
        return
    state = mark_of(now).state
    _take_fallen(done, state)
    while undone and _is_acceptance(undone[-1]) and state is ExampleState.SUBMITTED:
        undone.pop()


def _take_fallen(done: list[Change], state: ExampleState) -> list[Change]:
    """The acceptances on top that are over already in this state."""
    fallen = []
    while done and _is_acceptance(done[-1]) and _without_acceptance(done[-1].before.state) is state:
        fallen.append(done.pop())
    return fallen


def _is_acceptance(change: Change) -> bool:
    return not change.is_text and change.after.state is ExampleState.ACCEPTED


def _undo_with_others(record: AuditRecord, done: list[Change], undone: list[Change]) -> None:
    """An act over many was taken back; bringing back text and state is two lines, and only the first is an undo."""
    if not done or str(done[-1].after) != record.before:
        return
    change = done.pop()
    if record.act == UNDO_MOVE:
        # A move is done again for all its examples or not at all.
        undone.clear()
    else:
        undone.append(change)


def _changes(record: AuditRecord) -> list[Change]:
    """What an act changed; a beginning has nothing before it and cannot be taken back."""
    if record.before is None or record.after is None:
        return []
    return [Change(mark_of(record.before), mark_of(record.after), record)]


def _go_to(act: Act, head: ExampleRecord, change: Change, mark: Mark, why: str) -> Saved:
    if not change.is_text:
        if mark == change.before:
            withdraw_words(act, head.id, change.record)
        else:
            _say_again(act, head.id, change)
        return place(act, head, _without_acceptance(mark.state))
    stored = examples.find_revision(act.connection, head.id, mark.rev)
    if stored is None:
        raise StateError(f"Revision {mark.rev} of example {head.number} is gone.", hint="It was erased.")
    example = read_body(examples.read_body(act.connection, stored.body_hash)).example
    state = _without_acceptance(mark.state)
    return revise(act, head, head.head_rev, example, f"{why} revision {mark.rev}", state=state)


def withdraw_words(act: Act, example_id: str, record: AuditRecord) -> None:
    """What was said with an act goes when the act is taken back: its verdict counts no more, its comment is closed."""
    said = (record.person_id, record.at)
    reviews.withdraw_said(act.connection, example_id, *said)
    reviews.close_said(act.connection, [example_id], *said, act.actor.person_id, act.at)


def _say_again(act: Act, example_id: str, change: Change) -> None:
    """With an act that is done again its words stand again, the verdict now as the word of who did it again."""
    reviews.reopen_said(act.connection, example_id, change.record.person_id, change.record.at)
    verdict = VERDICTS.get(change.after.state)
    if verdict:
        person_id = act.actor.person_id
        reviews.add_review(
            act.connection, ReviewRecord(act.ws.new_id(), example_id, change.after.rev, person_id, verdict, act.at)
        )


def _without_acceptance(state: ExampleState) -> ExampleState:
    return ExampleState.SUBMITTED if state is ExampleState.ACCEPTED else state
