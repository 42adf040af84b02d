"""One example of a bulk act: made ready outside the write lock, changed or taken back inside it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from curation.errors import CurationError
from curation.model.example import Example
from curation.model.marks import Mark, mark_of
from curation.model.states import ExampleState
from curation.model.transitions import TRANSITIONS
from curation.services.acts import Act
from curation.services.bulk_changes import IN_BULK, SOUND_ONLY, STEPS, BulkAct, BulkChange, edit_of, require_sound
from curation.services.claiming import require_desk
from curation.services.deriving import derive, derive_reading
from curation.services.heads import mark, move, need_example, place, revise
from curation.services.judging import read_bench, read_body
from curation.services.regrouping import KeptSplitError
from curation.services.second_looks import require_settled
from curation.services.undoing import withdraw_words
from curation.services.workspace import Workspace
from db import acts, examples, reviews
from db.bulk import ItemRecord
from db.derived import Derived
from db.examples import ExampleRecord
from db.reviews import CommentRecord, ReviewRecord

MOVED = "changed by somebody meanwhile"
TOUCHED = "touched since"
SAME = "already so"
TAKEN_BACK = "taken back"
VERDICTS = {BulkAct.ACCEPT: "accepted in a batch", BulkAct.REQUEST_CHANGES: "changes requested"}


class Ready(msgspec.Struct, frozen=True):
    """What an act will store for one example; `why_not` is why it leaves it alone."""

    head_hash: str = ""
    example: Example | None = None
    derived: Derived | None = None
    why_not: str = ""


def get_ready(ws: Workspace, project_id: str, change: BulkChange, items: Sequence[ItemRecord]) -> dict[str, Ready]:
    """Check and edit outside the lock: a schema that is slow to judge holds nobody up."""
    with ws.reading() as connection:
        bench = read_bench(connection, project_id)
        heads = examples.find_examples(connection, [item.example_id for item in items])
        needs_body = change.act not in STEPS or change.act in SOUND_ONLY
        bodies = {
            one: examples.read_body(connection, head.head_hash) if needs_body else b"" for one, head in heads.items()
        }
    edit = edit_of(change, bench)
    ready = {}
    for one, head in heads.items():
        try:
            if change.act in SOUND_ONLY:
                require_sound(bench, bodies[one])
            if change.act is BulkAct.RECHECK:
                derived = derive_reading(bench, bodies[one], read_body(bodies[one]))
                ready[one] = Ready(head.head_hash, derived=derived)
            elif edit is None:
                ready[one] = Ready(head.head_hash)
            else:
                edited = edit(read_body(bodies[one]).example)
                derived = derive(bench, edited)
                same = SAME if change.act is not BulkAct.FIX else "no repair is known"
                why_not = same if derived.body_hash == head.head_hash else ""
                ready[one] = Ready(head.head_hash, edited, derived, why_not)
        except CurationError as error:
            ready[one] = Ready(why_not=error.message)
    return ready


def change_one(act: Act, item: ItemRecord, head: ExampleRecord, change: BulkChange, ready: Ready) -> str:
    """Change an example that still stands where it was planned; says where it stands then, or why it was left."""
    if ready.why_not:
        return ready.why_not
    if mark(head) != item.before or head.head_hash != ready.head_hash:
        return MOVED
    try:
        if change.act is BulkAct.RECHECK and ready.derived is not None:
            examples.replace_verdicts(act.connection, [(head.id, ready.derived)])
        elif ready.example is not None:
            revise(act, head, head.head_rev, ready.example, _why(change), ready.derived)
        else:
            _step(act, head, change)
            return str(Mark(TRANSITIONS[STEPS[change.act]][head.state], head.head_rev))
    except CurationError as error:
        return _kind(error)
    return mark(need_example(act.connection, item.example_id))


def take_back_one(act: Act, item: ItemRecord, head: ExampleRecord, change: BulkChange) -> str:
    """Put an example back where it stood, unless somebody has touched it since; its later history stays."""
    if mark(head) != item.after:
        return TOUCHED
    if item.before == item.after:
        return TAKEN_BACK
    record = acts.last_change(act.connection, head.id)
    if record is None or record.act != f"{change.act}{IN_BULK}":
        return TOUCHED
    before = mark_of(item.before)
    if before.rev == head.head_rev:
        withdraw_words(act, head.id, record)
        # The verdict on this very revision still stands, so what was accepted is accepted again.
        place(act, head, before.state)
        return TAKEN_BACK
    try:
        return _take_text_back(act, head, before)
    except KeptSplitError as error:
        return _kind(error)


def _take_text_back(act: Act, head: ExampleRecord, before: Mark) -> str:
    stored = examples.find_revision(act.connection, head.id, before.rev)
    if stored is None:
        return TOUCHED
    example = read_body(examples.read_body(act.connection, stored.body_hash)).example
    revise(act, head, head.head_rev, example, f"back to revision {before.rev}")
    back = need_example(act.connection, head.id)
    wanted = ExampleState.SUBMITTED if before.state is ExampleState.ACCEPTED else before.state
    if back.state is not wanted:
        place(act, back, wanted)
    return TAKEN_BACK


def _step(act: Act, head: ExampleRecord, change: BulkChange) -> None:
    verdict = VERDICTS.get(change.act)
    if verdict:
        require_desk(act, head.id)
        require_settled(act, head, is_accepting=change.act is BulkAct.ACCEPT)
    move(act, head, head.head_rev, STEPS[change.act])
    if verdict:
        review = ReviewRecord(act.ws.new_id(), head.id, head.head_rev, act.actor.person_id, verdict, act.at)
        reviews.add_review(act.connection, review)
    if change.act is BulkAct.REQUEST_CHANGES:
        said = CommentRecord(act.ws.new_id(), head.id, head.head_rev, "", change.value, act.actor.person_id, act.at)
        reviews.add_comment(act.connection, said)


def _why(change: BulkChange) -> str:
    words = {
        BulkAct.ADD_TAG: f"tag {change.value} added",
        BulkAct.REMOVE_TAG: f"tag {change.value} removed",
        BulkAct.SET_GROUP: f"group {change.value} set",
        BulkAct.FIX: f"{change.value} mended",
    }
    return f"{words[change.act]}, with others"


def _kind(error: CurationError) -> str:
    """A reason many examples may share: the sentence without its number would be different for each."""
    names = {
        "ClaimedError": "on somebody's desk",
        "BlockedError": "judged by two people, not settled",
        "KeptSplitError": "would go to another split, which a lead does under Versions",
        "StaleRevisionError": MOVED,
    }
    return names.get(type(error).__name__, "not open for it")
