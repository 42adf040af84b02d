"""A move of examples taken back: what it gives back, what it leaves alone, and what is accepted again."""

from __future__ import annotations

import msgspec
import pytest

from curation.errors import CurationError
from curation.model.states import ExampleState
from curation.services import (
    auditing,
    freezing,
    migrating,
    repairs,
    reviewing,
    writing,
)
from curation.services.cataloguing import ToolView
from curation.services.head_changes import HeadChange
from curation.services.impact import measure
from tests.services.paying import (
    PAY,
    accept,
    add_currency,
    arguments_of,
    leave,
    move,
    pay_example,
    pay_tool,
    read,
    save,
    with_value,
)
from tests.shop_rows import Desk


def test_value_for_the_new_argument_mends_all_and_one_undo_gives_the_same_bodies_back(desk: Desk, pay: ToolView):
    views = [desk.write(pay_example(f'{{"amount": "{n}00" }}')) for n in range(1, 4)]
    accept(desk, views[0])
    add_currency(desk, pay)
    seen = measure(desk.ws, desk.project_id)
    steps = with_value(seen, '"SEK"')
    assert measure(desk.ws, desk.project_id, steps=steps).n_left == 0
    report = move(desk, steps)
    assert (report.catalogue_n, report.n_moved, report.n_quarantined) == (2, 3, 0)
    moved = read(desk, views[0])
    assert (arguments_of(moved), moved.state) == ('{"amount": "100","currency":"SEK" }', ExampleState.SUBMITTED)
    assert reviewing.list_revisions(desk.ws, moved.id)[0].why == "moved to catalogue v2"
    assert measure(desk.ws, desk.project_id).n_affected == 0
    undone = migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert (undone.n_restored, undone.n_kept) == (3, 0)
    assert [read(desk, view).body for view in views] == [view.body for view in views]
    assert [read(desk, view).state for view in views] == ["accepted", "draft", "draft"]
    with pytest.raises(CurationError, match="undone"):
        migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())


def test_undo_of_a_move_gives_what_was_accepted_its_acceptance_back_for_the_same_text(desk: Desk, pay: ToolView):
    sound, broken = (desk.write(pay_example(f'{{"amount":"{words}"}}')) for words in ("100", "a lot"))
    for view in (sound, broken):
        accept(desk, view)
    save(desk, pay_tool({**PAY, "amount": {"type": "number", "description": "How much, in euros."}}), pay)
    report = move(desk)
    assert [read(desk, view).state for view in (sound, broken)] == ["submitted", "changes_requested"]
    migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert [read(desk, view).state for view in (sound, broken)] == ["accepted", "accepted"]
    assert [read(desk, view).body for view in (sound, broken)] == [sound.body, broken.body]
    assert sum(freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce()).counts.values()) == 2


def test_move_that_was_taken_back_is_still_told_with_who_did_it(desk: Desk, pay: ToolView):
    desk.write(pay_example('{"amount":"100"}'))
    add_currency(desk, pay)
    report = move(desk)
    assert migrating.list_undone_moves(desk.ws, desk.project_id) == ()
    migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    (undone,) = migrating.list_undone_moves(desk.ws, desk.project_id)
    assert (undone.batch_id, undone.n_examples, undone.name) == (report.batch_id, 1, "catalogue v2")
    assert undone.undone_by
    assert undone.undone_at >= undone.at


def test_undo_leaves_what_somebody_worked_on_since_and_closes_its_repairs(desk: Desk, pay: ToolView):
    touched, left = (desk.write(pay_example(f'{{"amount":"{n}00"}}')) for n in (1, 2))
    add_currency(desk, pay)
    report = move(desk)
    assert report.n_quarantined == 2
    now = read(desk, touched).example
    writing.save_example(
        desk.ws, desk.actor, touched.id, 2, msgspec.structs.replace(now, tags=("missing_value",)), nonce=desk.nonce()
    )
    undone = migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert (undone.n_restored, undone.n_kept) == (1, 1)
    assert read(desk, left).body == left.body
    assert [one.example_id for one in repairs.open_repairs(desk.ws, desk.project_id)] == [touched.id]


def test_examples_left_as_they_are_wait_for_repair_and_one_undo_ends_that(desk: Desk, pay: ToolView):
    broken, fitting = (
        desk.write(pay_example('{"amount":"1"}')),
        desk.write(pay_example('{"amount":"2","speed":"slow"}')),
    )
    for view in (broken, fitting):
        accept(desk, view)
    save(desk, pay_tool(PAY, ("amount", "speed")), pay)
    seen = measure(desk.ws, desk.project_id)
    report = migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=(), digest=seen.digest, is_leaving=True, nonce=desk.nonce()
    )
    assert (report.n_moved, report.n_quarantined) == (0, 1)
    assert [read(desk, view).body for view in (broken, fitting)] == [broken.body, fitting.body]
    assert read(desk, broken).state is ExampleState.ACCEPTED
    assert [one.example_id for one in repairs.open_repairs(desk.ws, desk.project_id)] == [broken.id]
    frozen = freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    assert sum(frozen.counts.values()) == 1
    migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert repairs.count_repairs(desk.ws, desk.project_id) == 0
    assert read(desk, broken).state is ExampleState.ACCEPTED


def test_undo_of_one_move_keeps_the_repairs_an_earlier_one_opened(desk: Desk, pay: ToolView):
    view = desk.write(pay_example('{"amount":"1"}'))
    tool = save(desk, pay_tool(PAY, ("amount", "speed")), pay)
    first = leave(desk)
    save(desk, pay_tool(PAY, ("amount", "speed", "account")), tool)
    second = leave(desk)
    migrating.undo_move(desk.ws, desk.actor, second.batch_id, nonce=desk.nonce())
    assert [one.example_id for one in repairs.open_repairs(desk.ws, desk.project_id)] == [view.id]
    migrating.undo_move(desk.ws, desk.actor, first.batch_id, nonce=desk.nonce())
    assert repairs.count_repairs(desk.ws, desk.project_id) == 0


def test_undo_keeps_the_repair_of_an_example_that_somebody_changed_while_it_ran(
    desk: Desk, pay: ToolView, monkeypatch: pytest.MonkeyPatch
):
    view = desk.write(pay_example('{"amount":"1"}'))
    save(desk, pay_tool(PAY, ("amount", "speed")), pay)
    report = leave(desk)
    made_ready = HeadChange.flush

    def flush_and_change(change: HeadChange) -> None:
        made_ready(change)
        now = msgspec.structs.replace(read(desk, view).example, tags=("missing_value",))
        writing.save_example(desk.ws, desk.actor, view.id, 1, now, nonce="meanwhile")

    monkeypatch.setattr(HeadChange, "flush", flush_and_change)
    undone = migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert (undone.n_restored, undone.n_kept) == (0, 1)
    assert repairs.count_repairs(desk.ws, desk.project_id) == 1


def test_lead_accepts_again_what_was_accepted_and_is_clean_and_nothing_else(desk: Desk, pay: ToolView):
    clean, broken, touched = (desk.write(pay_example(f'{{"amount":"{n}"}}')) for n in ("10", "a lot", "30"))
    draft = desk.write(pay_example('{"amount":"40"}'))
    for view in (clean, broken, touched):
        accept(desk, view)
    save(desk, pay_tool({**PAY, "amount": {"type": "number", "description": "How much, in euros."}}), pay)
    report = move(desk)
    now = msgspec.structs.replace(read(desk, touched).example, tags=("missing_value",))
    writing.save_example(desk.ws, desk.actor, touched.id, 2, now, nonce=desk.nonce())
    assert [one.id for one in migrating.list_acceptable_again(desk.ws, report.batch_id)] == [clean.id]
    assert migrating.accept_again(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce()) == 1
    states = [read(desk, view).state.value for view in (clean, broken, touched, draft)]
    assert states == ["accepted", "changes_requested", "draft", "draft"]
    with pytest.raises(CurationError, match="nothing to accept again"):
        migrating.accept_again(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())


def test_chain_of_the_audit_holds_over_a_move_and_its_undo(desk: Desk, pay: ToolView):
    views = [desk.write(pay_example(f'{{"amount":"{n}00"}}')) for n in range(1, 4)]
    add_currency(desk, pay)
    report = move(desk)
    migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert auditing.find_tampering(desk.ws) is None
    lines = auditing.list_audit(desk.ws, views[0].id)
    assert [(one.before, one.after) for one in lines[:2]] == [
        ("changes_requested@2", "draft@3"),
        ("draft@1", "changes_requested@2"),
    ]
