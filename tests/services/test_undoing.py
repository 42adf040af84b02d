"""Undo takes back what was seen, by somebody who may do it as well, with what was said along with it."""

from __future__ import annotations

import pytest

from curation.errors import NotAllowedError, StateError
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import auditing, cataloguing, impact, migrating, people, repairs, reviewing, writing
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.bulk_views import Selection
from curation.services.writing import ExampleView
from tests.services import paying
from tests.services.bulk_acts import change_all, take_all_back
from tests.shop_rows import Desk, make_example, make_tool


def add(desk: Desk, name: str, role: str) -> Actor:
    return people.add_person(desk.ws, desk.actor, name, [role], nonce=desk.nonce())


def hand_in(desk: Desk, order: str = "A-77") -> ExampleView:
    return writing.submit(desk.ws, desk.actor, desk.write(make_example(order)).id, 1, nonce=desk.nonce())


def undo(desk: Desk, actor: Actor, view: ExampleView, *, seen: int | None = None) -> ExampleView:
    return writing.undo_last(desk.ws, actor, view.id, view.head_rev, seen=seen, nonce=desk.nonce())


def redo(desk: Desk, actor: Actor, view: ExampleView, *, seen: int | None = None) -> ExampleView:
    return writing.redo_last(desk.ws, actor, view.id, view.head_rev, seen=seen, nonce=desk.nonce())


def again(desk: Desk, view: ExampleView) -> ExampleView:
    return writing.open_example(desk.ws, view.id)


def test_undo_leaves_alone_what_somebody_else_did_to_the_same_revision(desk: Desk):
    ana = add(desk, "Ana", "expert")
    view = hand_in(desk)
    shown = reviewing.accept(desk.ws, ana, view.id, 1, nonce=desk.nonce())
    writing.archive_example(desk.ws, desk.actor, view.id, nonce=desk.nonce())
    for seen in (None, shown.seq):
        with pytest.raises(StateError, match="Somebody else has worked on example 1"):
            undo(desk, ana, view, seen=seen)
    assert again(desk, view).state is ExampleState.ARCHIVED
    assert undo(desk, ana, view, seen=again(desk, view).seq).state is ExampleState.SUBMITTED


def test_undo_and_redo_ask_for_the_permission_of_the_act_itself(desk: Desk):
    writer = add(desk, "Anno", "annotator")
    view = hand_in(desk)
    asked = reviewing.request_changes(desk.ws, desk.actor, view.id, 1, "No.", nonce=desk.nonce())
    with pytest.raises(NotAllowedError, match="request changes"):
        undo(desk, writer, view, seen=asked.seq)
    undone = undo(desk, desk.actor, view)
    with pytest.raises(NotAllowedError, match="request changes"):
        redo(desk, writer, view, seen=undone.seq)
    assert redo(desk, desk.actor, view).state is ExampleState.CHANGES_REQUESTED


def test_what_was_said_with_an_act_goes_and_comes_with_it(desk: Desk):
    view = hand_in(desk)
    reviewing.request_changes(desk.ws, desk.actor, view.id, 1, "Say the town.", nonce=desk.nonce())
    undo(desk, desk.actor, view)
    assert said(desk, view) == ([], ("withdrawn",))
    redo(desk, desk.actor, view)
    assert said(desk, view) == ([True], ("withdrawn", "changes requested"))


def test_comment_that_was_dealt_with_is_still_shown_as_done(desk: Desk):
    view = hand_in(desk)
    asked = reviewing.request_changes(desk.ws, desk.actor, view.id, 1, "Say the town.", nonce=desk.nonce())
    (remark,) = reviewing.list_comments(desk.ws, view.id)
    reviewing.close_comment(desk.ws, desk.actor, remark.id, nonce=desk.nonce())
    assert said(desk, asked) == ([False], ("changes requested",))


def said(desk: Desk, view: ExampleView) -> tuple[list[bool], tuple[str, ...]]:
    remarks = reviewing.list_comments(desk.ws, view.id)
    return [one.is_open for one in remarks], reviewing.list_revisions(desk.ws, view.id)[0].verdicts


def edit_and_accept(desk: Desk, actor: Actor, *orders: str) -> tuple[ExampleView, ExampleView]:
    """What was handed in and what a reviewer made of it, typed in several places."""
    before = hand_in(desk)
    after = before
    for order in orders:
        changed = make_example(order)
        after = writing.save_example(desk.ws, actor, before.id, after.head_rev, changed, nonce=desk.nonce())
    return before, reviewing.accept_edited(desk.ws, actor, before.id, after.head_rev, nonce=desk.nonce())


def test_edit_and_accept_is_taken_back_to_what_was_handed_in(desk: Desk):
    ana = add(desk, "Ana", "expert")
    before, after = edit_and_accept(desk, ana, "B-1", "B-2")
    undone = writing.undo_since(desk.ws, ana, before.id, after.head_rev, before.seq, nonce=desk.nonce())
    assert (undone.state, undone.example) == (ExampleState.SUBMITTED, before.example)
    assert undo(desk, desk.actor, undone, seen=undone.seq).state is ExampleState.DRAFT, "the submission is next"


def test_edit_and_accept_is_left_alone_where_somebody_else_worked_on(desk: Desk):
    ana = add(desk, "Ana", "expert")
    before, after = edit_and_accept(desk, ana, "B-1")
    writing.archive_example(desk.ws, desk.actor, before.id, nonce=desk.nonce())
    with pytest.raises(StateError, match="Somebody else has worked on example 1"):
        writing.undo_since(desk.ws, ana, before.id, after.head_rev, before.seq, nonce=desk.nonce())
    assert again(desk, before).state is ExampleState.ARCHIVED


def test_undo_of_an_edit_brings_the_state_back_with_the_text(desk: Desk):
    view = hand_in(desk)
    saved = writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("B-1"), nonce=desk.nonce())
    assert saved.state is ExampleState.DRAFT
    undone = undo(desk, desk.actor, saved)
    assert (undone.state, undone.example) == (ExampleState.SUBMITTED, view.example)
    first = undo(desk, desk.actor, undone)
    assert first.state is ExampleState.DRAFT
    with pytest.raises(StateError, match="nothing to undo"):
        undo(desk, desk.actor, first)


def test_bulk_act_taken_back_is_an_undo_of_each_example(desk: Desk):
    view = hand_in(desk)
    change = BulkChange(BulkAct.REQUEST_CHANGES, "Say the town.")
    done = change_all(desk.ws, desk.actor, desk.project_id, Selection(), change, nonce=desk.nonce())
    assert said(desk, view) == ([True], ("changes requested",))
    take_all_back(desk.ws, desk.actor, done.id, nonce=desk.nonce())
    assert said(desk, view) == ([], ("withdrawn",))
    assert undo(desk, desk.actor, view).state is ExampleState.DRAFT, "the act before it, not the request again"
    assert redo(desk, desk.actor, view).state is ExampleState.SUBMITTED
    assert redo(desk, desk.actor, view).state is ExampleState.CHANGES_REQUESTED


def test_text_and_state_brought_back_by_a_bulk_undo_are_one_step(desk: Desk):
    view = hand_in(desk)
    tag = BulkChange(BulkAct.ADD_TAG, "late")
    done = change_all(desk.ws, desk.actor, desk.project_id, Selection(), tag, nonce=desk.nonce())
    take_all_back(desk.ws, desk.actor, done.id, nonce=desk.nonce())
    back = again(desk, view)
    assert (back.state, back.head_rev, back.example.tags) == (ExampleState.SUBMITTED, 3, ())
    assert undo(desk, desk.actor, back).state is ExampleState.DRAFT


def test_bulk_act_is_taken_back_by_its_author_or_by_who_may_do_it(desk: Desk):
    writer, expert = add(desk, "Anno", "annotator"), add(desk, "Ana", "expert")
    view = hand_in(desk)
    change = BulkChange(BulkAct.REQUEST_CHANGES, "No.")
    done = change_all(desk.ws, desk.actor, desk.project_id, Selection(), change, nonce=desk.nonce())
    with pytest.raises(NotAllowedError, match="request changes"):
        take_all_back(desk.ws, writer, done.id, nonce=desk.nonce())
    take_all_back(desk.ws, expert, done.id, nonce=desk.nonce())
    line = auditing.list_audit(desk.ws, view.id)[0]
    assert (line.act, line.by, line.after) == ("undo of request changes in bulk", "Ana", "submitted@1")
    assert auditing.list_audit(desk.ws, done.id)[0].by == "Ana"


def test_bulk_undo_leaves_alone_what_was_put_the_same_way_by_hand(desk: Desk):
    view = hand_in(desk)
    archive = BulkChange(BulkAct.ARCHIVE)
    done = change_all(desk.ws, desk.actor, desk.project_id, Selection(), archive, nonce=desk.nonce())
    undo(desk, desk.actor, view)
    writing.archive_example(desk.ws, desk.actor, view.id, nonce=desk.nonce())
    assert take_all_back(desk.ws, desk.actor, done.id, nonce=desk.nonce()).left == {"touched since": 1}
    assert again(desk, view).state is ExampleState.ARCHIVED


def test_move_taken_back_closes_its_comment_and_is_not_undone_twice(desk: Desk):
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    view = desk.write()
    (known,) = cataloguing.list_tools(desk.ws, desk.project_id)
    number = make_tool(parameters='{"type":"object","properties":{"order_id":{"type":"integer"}}}')
    cataloguing.save_tool(
        desk.ws, desk.actor, desk.project_id, number, tool_id=known.id, base_revision=1, nonce=desk.nonce()
    )
    seen = impact.measure(desk.ws, desk.project_id)
    moved = migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=seen.steps, digest=seen.digest, nonce=desk.nonce()
    )
    assert moved.n_quarantined == 1
    migrating.undo_move(desk.ws, desk.actor, moved.batch_id, nonce=desk.nonce())
    assert [one.is_open for one in reviewing.list_comments(desk.ws, view.id)] == [False]
    with pytest.raises(StateError, match="nothing to undo"):
        undo(desk, desk.actor, again(desk, view))


def test_undo_walks_on_past_an_acceptance_that_an_edit_ended(desk: Desk):
    view = hand_in(desk)
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    saved = writing.save_example(desk.ws, desk.actor, view.id, 1, make_example("B-1"), nonce=desk.nonce())
    undone = undo(desk, desk.actor, saved)
    assert (undone.state, undone.example) == (ExampleState.SUBMITTED, view.example)
    first = undo(desk, desk.actor, undone)
    assert (first.state, first.example) == (ExampleState.DRAFT, view.example), "the submission is next"
    with pytest.raises(StateError, match="nothing to undo"):
        undo(desk, desk.actor, first)
    assert redo(desk, desk.actor, first).state is ExampleState.SUBMITTED
    again_edited = redo(desk, desk.actor, again(desk, view))
    assert (again_edited.state, again_edited.example) == (saved.state, saved.example)
    assert not writing.can_redo(desk.ws, view.id)


def test_undo_of_a_request_ends_the_acceptance_before_it_and_its_verdict(desk: Desk):
    view = hand_in(desk)
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    reviewing.request_changes(desk.ws, desk.actor, view.id, 1, "Say the town.", nonce=desk.nonce())
    assert undo(desk, desk.actor, view).state is ExampleState.SUBMITTED
    assert said(desk, view) == ([], ("withdrawn", "withdrawn"))
    assert undo(desk, desk.actor, view).state is ExampleState.DRAFT
    assert redo(desk, desk.actor, view).state is ExampleState.SUBMITTED
    assert redo(desk, desk.actor, view).state is ExampleState.CHANGES_REQUESTED


def test_taken_back_acceptance_leaves_nothing_to_do_again(desk: Desk):
    view = hand_in(desk)
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    undo(desk, desk.actor, view)
    assert not writing.can_redo(desk.ws, view.id)


def test_one_example_is_not_taken_out_of_a_move(desk: Desk):
    pay = paying.save(desk, paying.pay_tool())
    paying.publish(desk)
    view = desk.write(paying.pay_example('{"amount":"10"}'))
    paying.accept(desk, view)
    paying.add_currency(desk, pay)
    paying.move(desk)
    moved = again(desk, view)
    assert moved.state is ExampleState.CHANGES_REQUESTED
    with pytest.raises(StateError, match="moved to other definitions") as refused:
        undo(desk, desk.actor, moved, seen=moved.seq)
    assert "Versions" in refused.value.hint
    assert again(desk, view).state is ExampleState.CHANGES_REQUESTED
    assert repairs.count_repairs(desk.ws, desk.project_id) == 1
    saved = writing.save_example(desk.ws, desk.actor, view.id, 2, make_example(), nonce=desk.nonce())
    assert undo(desk, desk.actor, saved).example == moved.example, "what came after the move is taken back as ever"


def test_undo_that_means_one_change_leaves_a_later_one_alone(desk: Desk):
    view = hand_in(desk)
    asked = reviewing.request_changes(desk.ws, desk.actor, view.id, 1, "No.", nonce=desk.nonce())
    writing.archive_example(desk.ws, desk.actor, view.id, nonce=desk.nonce())
    with pytest.raises(StateError, match="Something else was done to example 1 since"):
        writing.undo_last(desk.ws, desk.actor, view.id, 1, only=asked.seq, nonce=desk.nonce())
    assert again(desk, view).state is ExampleState.ARCHIVED
    undo(desk, desk.actor, view)
    back = writing.undo_last(desk.ws, desk.actor, view.id, 1, only=asked.seq, nonce=desk.nonce())
    assert back.state is ExampleState.SUBMITTED


def test_edit_and_accept_is_left_alone_where_one_did_something_else_since(desk: Desk):
    before, after = edit_and_accept(desk, desk.actor, "B-1")
    writing.archive_example(desk.ws, desk.actor, before.id, nonce=desk.nonce())
    with pytest.raises(StateError, match="Something else was done"):
        writing.undo_since(
            desk.ws, desk.actor, before.id, after.head_rev, before.seq, only=after.seq, nonce=desk.nonce()
        )
    assert again(desk, before).state is ExampleState.ARCHIVED


def test_words_and_hands_are_told_apart_by_person_not_by_name(desk: Desk):
    ana = add(desk, "Ana", "expert")
    example = desk.write()
    writing.submit(desk.ws, ana, example.id, 1, nonce=desk.nonce())
    reviewing.add_comment(desk.ws, ana, example.id, 1, "Nice.", nonce=desk.nonce())
    assert [one.person_id for one in reviewing.list_comments(desk.ws, example.id)] == [ana.person_id]
    people.rename_person(desk.ws, ana, desk.actor.name, nonce=desk.nonce())
    assert reviewing.name_submitter(desk.ws, example.id) == desk.actor.name
    own = hand_in(desk, "B-1")
    assert reviewing.name_submitter(desk.ws, own.id) == ""
