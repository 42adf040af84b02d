"""Takes a split back as one act: the first half is whole again, the second put away; and the other way round."""

from __future__ import annotations

from curation.errors import StateError
from curation.model.states import ExampleState
from curation.services.acts import Act
from curation.services.heads import Saved, need_example, place
from curation.services.undoing import LOOK_BACK, do_again, read_story, take_back
from db import acts
from db.acts import AuditRecord
from db.examples import ExampleRecord

SPLIT = "split example"


def undo(act: Act, example_id: str, rev: int, seen: int | None = None, only: int | None = None) -> Saved:
    """Undo the last act on an example, or `only` this change; asked for on either half, a split is undone on both."""
    records = acts.last_of(act.connection, example_id, LOOK_BACK)[::-1]
    done, _ = read_story(records)
    if not done and records and records[0].act == SPLIT:
        return _rejoin(act, need_example(act.connection, example_id), records[0])
    last = done[-1].record if done else None
    saved = take_back(act, example_id, rev, seen, only)
    if last is not None:
        _show_second(act, last, ExampleState.DRAFT, ExampleState.ARCHIVED)
    return saved


def redo(act: Act, example_id: str, rev: int, seen: int | None = None) -> Saved:
    """Do the last act again that was taken back; a split brings its second half back."""
    _, undone = read_story(acts.last_of(act.connection, example_id, LOOK_BACK)[::-1])
    saved = do_again(act, example_id, rev, seen)
    if undone:
        _show_second(act, undone[-1].record, ExampleState.ARCHIVED, ExampleState.DRAFT)
    return saved


def _rejoin(act: Act, second: ExampleRecord, began: AuditRecord) -> Saved:
    """Asked for on the second half: the first one's split must be the last thing that happened to it."""
    split = acts.find_audit(act.connection, began.seq + 1)
    if split is None or split.act != SPLIT or not _is_untouched(second, ExampleState.DRAFT):
        raise StateError(f"There is nothing to undo on example {second.number}.", hint="Put the example away instead.")
    first = need_example(act.connection, split.object)
    done, _ = read_story(acts.last_of(act.connection, first.id, LOOK_BACK)[::-1])
    if not done or done[-1].record.seq != split.seq:
        raise StateError(
            f"Example {first.number}, which this one was split from, has changed since: they were not joined.",
            hint="Archive this one, and undo in the other as far as you want.",
        )
    saved = take_back(act, first.id, first.head_rev)
    place(act, second, ExampleState.ARCHIVED)
    return saved


def _show_second(act: Act, split: AuditRecord, at: ExampleState, to: ExampleState) -> None:
    """Put the second half of a split away, or take it back; one that was worked on since stays as it is."""
    began = acts.find_audit(act.connection, split.seq - 1) if split.act == SPLIT else None
    if began is None or began.act != SPLIT or began.object == split.object:
        return
    second = need_example(act.connection, began.object)
    if _is_untouched(second, at):
        place(act, second, to)


def _is_untouched(second: ExampleRecord, state: ExampleState) -> bool:
    return second.head_rev == 1 and second.state is state
