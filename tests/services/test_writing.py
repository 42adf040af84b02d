"""Writing and review: revisions, states, waivers, undo, drafts."""

from __future__ import annotations

import threading

import msgspec
import pytest

from curation.errors import BlockedError, CurationError, NotFoundError, StaleRevisionError, StateError, TooLongError
from curation.model.states import ExampleState
from curation.services import drafting, reviewing, writing
from curation.services.browsing import list_examples
from tests.shop_rows import Desk, make_broken_example, make_example


def test_new_example_opens_as_it_was_written(desk: Desk):
    view = desk.write(make_example("A-77"))
    assert writing.open_example(desk.ws, view.id).example == make_example("A-77")
    assert (view.title, view.state, view.rev, view.categories) == (
        "Where is my order A-77?",
        ExampleState.DRAFT,
        1,
        ("single",),
    )


@pytest.mark.parametrize(
    "state", [one for one in ExampleState if one not in (ExampleState.DRAFT, ExampleState.CANDIDATE)]
)
def test_nothing_begins_reviewed(desk: Desk, state: ExampleState):
    with pytest.raises(StateError):
        desk.write(state=state)


def test_save_keeps_every_revision(desk: Desk):
    view = desk.write(make_example("A-77"))
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    assert writing.open_example(desk.ws, view.id, 1).example == make_example("A-77")
    assert writing.open_example(desk.ws, view.id).example == make_example("A-78")
    assert [one.rev for one in reviewing.list_revisions(desk.ws, view.id)] == [2, 1]
    with pytest.raises(NotFoundError):
        writing.open_example(desk.ws, view.id, 3)


def test_save_of_the_same_text_makes_no_revision(desk: Desk):
    view = desk.write()
    assert writing.save_example(desk.ws, desk.actor, view.id, 1, make_example(), nonce=desk.nonce()).head_rev == 1


def test_second_of_two_saves_from_one_revision_is_told(desk: Desk):
    view = desk.write()
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    with pytest.raises(StaleRevisionError, match=r"revision 2.*began from 1"):
        writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-79"), nonce=desk.nonce())
    assert writing.open_example(desk.ws, view.id).example == make_example("A-78")


def test_no_update_is_lost_between_many_writers(desk: Desk):
    view, saved, told = desk.write(), [], []

    def write(name: str) -> None:
        for i in range(6):
            base = writing.open_example(desk.ws, view.id).head_rev
            try:
                example = make_example(f"{name}-{i}0")
                writing.save_example(desk.ws, desk.actor, view.id, base, example, nonce=f"{name} {i}")
                saved.append(example)
            except StaleRevisionError as error:
                told.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    head = writing.open_example(desk.ws, view.id).head_rev
    stored = [writing.open_example(desk.ws, view.id, rev).example for rev in range(2, head + 1)]
    assert len(saved) + len(told) == 24
    assert sorted(map(repr, stored)) == sorted(map(repr, saved))


def test_example_with_errors_is_not_submitted(desk: Desk):
    view = desk.write(make_broken_example())
    with pytest.raises(BlockedError, match="find_parcel"):
        writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    assert writing.open_example(desk.ws, view.id).state is ExampleState.DRAFT


def test_candidate_with_errors_is_not_accepted(desk: Desk):
    view = desk.write(make_broken_example(), state=ExampleState.CANDIDATE)
    with pytest.raises(BlockedError, match=r"find_parcel.* \(turn 2 · call 1"):
        reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())


def accept(desk: Desk) -> str:
    view = desk.write()
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    return view.id


def test_editing_accepted_work_clears_acceptance(desk: Desk):
    example_id = accept(desk)
    view = writing.save_example(desk.ws, desk.actor, example_id, 1, make_example("A-78"), nonce=desk.nonce())
    assert (view.state, view.head_rev) == (ExampleState.DRAFT, 2)
    assert reviewing.list_revisions(desk.ws, example_id)[1].verdicts == ("accepted",)


def test_accepting_an_older_revision_is_told(desk: Desk):
    view = desk.write()
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    writing.submit(desk.ws, desk.actor, view.id, 2, nonce=desk.nonce())
    with pytest.raises(StaleRevisionError):
        reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())


def test_changes_are_requested_with_a_comment(desk: Desk):
    view = desk.write()
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    with pytest.raises(CurationError, match="few words"):
        reviewing.request_changes(desk.ws, desk.actor, view.id, 1, "  ", nonce=desk.nonce())
    back = reviewing.request_changes(desk.ws, desk.actor, view.id, 1, "Name the carrier.", nonce=desk.nonce())
    assert back.state is ExampleState.CHANGES_REQUESTED
    assert [one.text for one in reviewing.list_comments(desk.ws, view.id)] == ["Name the carrier."]
    edited = writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    assert edited.state is ExampleState.CHANGES_REQUESTED
    assert writing.submit(desk.ws, desk.actor, view.id, 2, nonce=desk.nonce()).state is ExampleState.SUBMITTED


def test_rejected_work_may_be_written_anew_and_archived_work_restored(desk: Desk):
    view = desk.write()
    assert reviewing.reject(desk.ws, desk.actor, view.id, 1, "", nonce=desk.nonce()).state is ExampleState.REJECTED
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    writing.archive_example(desk.ws, desk.actor, view.id, nonce=desk.nonce())
    assert list_examples(desk.ws, desk.project_id).rows == ()
    with pytest.raises(StateError, match="archived"):
        writing.save_example(desk.ws, desk.actor, view.id, 2, make_example("A-79"), nonce=desk.nonce())
    assert writing.restore_example(desk.ws, desk.actor, view.id, nonce=desk.nonce()).state is ExampleState.DRAFT


def test_undo_takes_back_a_save_as_a_new_revision(desk: Desk):
    view = desk.write()
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    undone = writing.undo_last(desk.ws, desk.actor, view.id, 2, nonce=desk.nonce())
    assert (undone.head_rev, undone.example) == (3, make_example())


def test_undo_takes_back_a_step_but_never_makes_accepted(desk: Desk):
    example_id = accept(desk)
    reviewing.request_changes(desk.ws, desk.actor, example_id, 1, "No.", nonce=desk.nonce())
    undone = writing.undo_last(desk.ws, desk.actor, example_id, 1, nonce=desk.nonce())
    assert (undone.state, undone.head_rev) == (ExampleState.SUBMITTED, 1)


def test_undo_does_not_take_back_what_somebody_else_saved_unseen(desk: Desk):
    view = desk.write()
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    with pytest.raises(StaleRevisionError):
        writing.undo_last(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    assert writing.open_example(desk.ws, view.id).example == make_example("A-78")


def test_undo_of_nothing_says_so(desk: Desk):
    with pytest.raises(StateError, match="nothing to undo"):
        writing.undo_last(desk.ws, desk.actor, desk.write().id, 1, nonce=desk.nonce())


def test_waiver_needs_a_rule_that_may_be_kept_and_a_reason(desk: Desk):
    view = desk.write(make_broken_example())
    finding = view.judged[0].finding
    with pytest.raises(BlockedError, match="cannot be kept"):
        writing.waive(desk.ws, desk.actor, view.id, 1, finding, "because", nonce=desk.nonce())


def test_kept_finding_no_longer_stands_in_the_way_until_its_value_changes(desk: Desk):
    view = desk.write(make_example("A"))
    finding = next(one.finding for one in view.judged if one.finding.rule == "argument-bounds")
    with pytest.raises(BlockedError, match="reason"):
        writing.waive(desk.ws, desk.actor, view.id, 1, finding, " ", nonce=desk.nonce())
    kept = writing.waive(desk.ws, desk.actor, view.id, 1, finding, "An old number.", nonce=desk.nonce())
    assert kept.example.waivers[0].reason == "An old number."
    assert writing.submit(desk.ws, desk.actor, view.id, 2, nonce=desk.nonce()).state is ExampleState.SUBMITTED
    shorter = msgspec.structs.replace(make_example("B"), waivers=kept.example.waivers)
    writing.save_example(desk.ws, desk.actor, view.id, 2, shorter, nonce=desk.nonce())
    with pytest.raises(BlockedError):
        writing.submit(desk.ws, desk.actor, view.id, 3, nonce=desk.nonce())


def test_compare_names_what_changed(desk: Desk):
    view = desk.write()
    writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("A-78"), nonce=desk.nonce())
    changes = reviewing.compare_revisions(desk.ws, view.id, 1, 2)
    assert [(one.place, one.kind) for one in changes] == [
        ("/messages/0/content", "changed"),
        ("/messages/1/tool_calls/0/function/arguments/order_id", "changed"),
        ("/messages/3/content", "changed"),
    ]
    assert (changes[0].before, changes[0].after) == ("Where is my order A-77?", "Where is my order A-78?")


def test_accept_batch_leaves_out_what_has_errors(desk: Desk):
    desk.write(state=ExampleState.CANDIDATE)
    broken = desk.write(make_broken_example(), state=ExampleState.CANDIDATE)
    n = reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["candidate"], nonce="batch")
    assert n == 1
    assert reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["candidate"], nonce="batch") == 1
    assert writing.open_example(desk.ws, broken.id).state is ExampleState.CANDIDATE


def test_drafts_belong_to_a_person_and_a_field(desk: Desk):
    drafting.save_draft(desk.ws, "ana", "example", "e1", "content.0", 3, "Hal")
    drafting.save_draft(desk.ws, "ana", "example", "e1", "content.0", 3, "Hallo")
    drafting.save_draft(desk.ws, "ana", "example", "e1", "content.1", 3, "half a pair \ud83d")
    drafting.save_draft(desk.ws, "jon", "example", "e1", "content.0", 2, "Moin")
    mine = drafting.read_drafts(desk.ws, "ana", "example", "e1")
    assert {field: (one.text, one.base_rev) for field, one in mine.items()} == {
        "content.0": ("Hallo", 3),
        "content.1": ("half a pair ?", 3),
    }
    drafting.drop_drafts(desk.ws, "ana", "example", "e1", "content.0")
    assert list(drafting.read_drafts(desk.ws, "ana", "example", "e1")) == ["content.1"]
    drafting.drop_drafts(desk.ws, "ana", "example", "e1")
    assert drafting.list_drafts(desk.ws, "ana") == ()
    assert [one.text for one in drafting.list_drafts(desk.ws, "jon")] == ["Moin"]


def test_endless_draft_is_refused(desk: Desk):
    with pytest.raises(TooLongError, match="1 MB"):
        drafting.save_draft(desk.ws, "ana", "example", "e1", "content", 1, "x" * 1_100_000)
