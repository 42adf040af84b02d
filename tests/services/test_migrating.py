"""What a change of a tool breaks, seen before it is published, and moving examples in one act."""

from __future__ import annotations

import json

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import CurationError
from curation.model.definition import Definition, Execution, Sample
from curation.model.states import ExampleState
from curation.services import (
    auditing,
    browsing,
    cataloguing,
    catching_up,
    freezing,
    migrating,
    repairs,
    reviewing,
    writing,
)
from curation.services.cataloguing import ToolView
from curation.services.impact import measure
from curation.services.rechecking import recheck_stale
from tests.services.paying import (
    PAY,
    accept,
    add_currency,
    arguments_of,
    move,
    pay_example,
    pay_tool,
    publish,
    read,
    save,
)
from tests.shop_rows import Desk


def test_required_argument_breaks_every_call_that_lacks_it_and_is_counted_once_an_example(desk: Desk, pay: ToolView):
    views = [desk.write(pay_example(f'{{"amount":"{n}00"}}')) for n in range(1, 4)]
    accept(desk, views[0])
    frozen = freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    add_currency(desk, pay)
    seen = measure(desk.ws, desk.project_id)
    (fault,) = seen.faults
    assert (seen.n_affected, seen.n_broken, seen.n_left, seen.n_accepted) == (3, 3, 3, 1)
    assert (fault.rule, fault.words, fault.n) == ("argument-missing", "`currency` of `pay`", 3)
    assert [one.number for one in fault.examples] == [view.number for view in views]
    (hit,) = seen.datasets
    assert (hit.dataset_id, hit.rows, sum(hit.splits.values())) == (frozen.id, 1, 1)
    assert read(desk, views[1]).head_rev == 1


def test_example_left_behind_says_why_and_takes_the_definition_as_it_is_now(desk: Desk, pay: ToolView):
    view = desk.write(pay_example('{"amount":"100"}'))
    save(desk, pay_tool({**PAY, "amount": {"type": "number", "description": "How much, in euros."}}), pay)
    seen = measure(desk.ws, desk.project_id)
    migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=(), digest=seen.digest, is_leaving=True, nonce=desk.nonce()
    )
    (waiting,) = catching_up.list_waiting(desk.ws, read(desk, view))
    assert (waiting.tool, waiting.is_behind) == ("pay", True)
    assert "amount" in waiting.reason
    taken = catching_up.take_definitions(desk.ws, desk.actor, read(desk, view), nonce=desk.nonce())
    assert (arguments_of(taken), taken.head_rev) == ('{"amount":100}', 2)
    assert catching_up.list_waiting(desk.ws, taken) == ()
    with pytest.raises(CurationError, match="as they are now"):
        catching_up.take_definitions(desk.ws, desk.actor, taken, nonce=desk.nonce())


def test_question_before_a_version_counts_what_it_would_take(desk: Desk, pay: ToolView):
    views = [desk.write(pay_example(f'{{"amount":"{n}00"}}')) for n in range(1, 5)]
    faulty = desk.write(pay_example('{"amount":7}'))
    assert read(desk, faulty).state is ExampleState.DRAFT
    accept(desk, views[0])
    accept(desk, views[1])
    assert freezing.count_members(desk.ws, desk.project_id) == (2, 2)
    add_currency(desk, pay)
    seen = measure(desk.ws, desk.project_id)
    migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=(), digest=seen.digest, is_leaving=True, nonce=desk.nonce()
    )
    assert freezing.count_members(desk.ws, desk.project_id) == (0, 0)
    assert browsing.glance(desk.ws, desk.project_id).n_repairs == 5


def test_move_and_its_undo_need_the_permission_to_publish(desk: Desk, pay: ToolView):
    desk.write(pay_example('{"amount":"100"}'))
    add_currency(desk, pay)
    report = move(desk)
    annotator = msgspec.structs.replace(desk.actor, roles=frozenset({"annotator"}))
    with pytest.raises(CurationError):
        migrating.undo_move(desk.ws, annotator, report.batch_id, nonce=desk.nonce())


def test_accepted_example_whose_words_and_calls_stay_the_same_stays_accepted(desk: Desk, pay: ToolView):
    other = save(desk, pay_tool(name="refund"))
    publish(desk)
    offering = pay_example('{"amount":"100"}')
    offering = msgspec.structs.replace(offering, tools=(*offering.tools, other.tool.definition))
    bystander, caller = desk.write(offering), desk.write(pay_example('{"amount":"200"}'))
    for view in (bystander, caller):
        accept(desk, view)
    save(desk, pay_tool({"sum": PAY["amount"], "account": PAY["account"]}, ("sum",), name="refund"), other)
    add_currency(desk, pay)
    seen = measure(desk.ws, desk.project_id)
    assert (seen.n_affected, seen.n_accepted, seen.n_kept) == (2, 2, 0)
    save(desk, pay_tool(), cataloguing.get_tool(desk.ws, pay.id))
    seen = measure(desk.ws, desk.project_id)
    assert (seen.n_affected, seen.n_accepted, seen.n_kept) == (1, 0, 1)
    report = move(desk)
    assert (report.n_moved, report.n_accepted) == (1, 1)
    kept = read(desk, bystander)
    assert (kept.state, kept.head_rev) == (ExampleState.ACCEPTED, 2)
    assert kept.example.messages == bystander.example.messages
    assert migrating.list_acceptable_again(desk.ws, report.batch_id) == ()
    assert auditing.list_audit(desk.ws, bystander.id)[0].after == "accepted@2"
    migrating.undo_move(desk.ws, desk.actor, report.batch_id, nonce=desk.nonce())
    assert (read(desk, bystander).state, read(desk, bystander).body) == (ExampleState.ACCEPTED, bystander.body)


def test_what_no_step_mends_is_sent_back_with_the_finding_and_waits_outside_versions(desk: Desk, pay: ToolView):
    broken, kept = desk.write(pay_example('{"amount":"a lot"}')), desk.write(pay_example('{"amount":"120.50"}'))
    accept(desk, broken)
    accept(desk, kept)
    save(desk, pay_tool({**PAY, "amount": {"type": "number", "description": "How much, in euros."}}), pay)
    report = move(desk)
    assert (report.n_moved, report.n_quarantined) == (2, 1)
    assert arguments_of(read(desk, kept)) == '{"amount":120.50}'
    sent_back = read(desk, broken)
    assert sent_back.state is ExampleState.CHANGES_REQUESTED
    (waiting,) = repairs.open_repairs(desk.ws, desk.project_id)
    assert (waiting.example_id, waiting.tool) == (broken.id, "pay")
    (comment,) = reviewing.list_comments(desk.ws, broken.id)
    assert comment.text.startswith("Moved to catalogue v2: ")
    assert "amount" in comment.text
    reviewing.accept(desk.ws, desk.actor, kept.id, 2, nonce=desk.nonce())
    frozen = freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    assert sum(frozen.counts.values()) == 1
    mended = pay_example('{"amount":7}', cataloguing.get_tool(desk.ws, pay.id).tool)
    writing.save_example(desk.ws, desk.actor, broken.id, 2, mended, nonce=desk.nonce())
    assert repairs.count_repairs(desk.ws, desk.project_id) == 0


def test_renamed_tool_takes_its_calls_and_its_examples_along(desk: Desk, pay: ToolView):
    view = desk.write(pay_example('{"amount":"100"}'))
    save(desk, pay_tool(name="send_money"), pay)
    seen = measure(desk.ws, desk.project_id)
    assert (seen.n_broken, seen.n_left) == (1, 0)
    assert [(one.rule, one.words) for one in seen.faults] == [("unknown-tool", "`pay`")]
    move(desk)
    (call,) = read(desk, view).example.messages[1].calls or ()
    assert call.name == "send_money"
    assert cataloguing.count_uses(desk.ws, desk.project_id)[pay.id].offered == 1


def test_tool_that_is_gone_leaves_the_offer_where_nothing_calls_it(desk: Desk, pay: ToolView):
    other = save(desk, pay_tool(name="refund"))
    publish(desk)
    both = pay_example('{"amount":"100"}')
    kept = desk.write(msgspec.structs.replace(both, tools=(pay_tool().definition, other.tool.definition)))
    cataloguing.archive_tool(desk.ws, desk.actor, other.id, nonce=desk.nonce())
    assert measure(desk.ws, desk.project_id).n_left == 0
    move(desk)
    assert read(desk, kept).example.tools == (pay_tool().definition,)
    save(desk, pay_tool(name="refund"))
    cataloguing.archive_tool(desk.ws, desk.actor, pay.id, nonce=desk.nonce())
    seen = measure(desk.ws, desk.project_id)
    assert (seen.n_left, seen.faults[0].rule) == (1, "tools-missing")


def test_tool_that_is_gone_stays_in_the_examples_where_its_step_is_left_out(desk: Desk, pay: ToolView):
    view = desk.write(pay_example('{"amount":"100"}'))
    save(desk, pay_tool(name="refund"))
    cataloguing.archive_tool(desk.ws, desk.actor, pay.id, nonce=desk.nonce())
    assert measure(desk.ws, desk.project_id).n_left == 1
    kept = measure(desk.ws, desk.project_id, steps=())
    assert (kept.n_broken, kept.n_left) == (1, 0)
    report = move(desk, ())
    assert (report.n_moved, report.n_quarantined) == (0, 0)
    assert (read(desk, view).body, read(desk, view).state) == (view.body, view.state)


def test_definition_written_with_other_spaces_is_the_same_and_a_foreign_one_is_left_alone(desk: Desk, pay: ToolView):
    spaced = Definition(json.dumps(json.loads(pay_tool().definition.text), indent=1))
    desk.write(msgspec.structs.replace(pay_example('{"amount":"100"}'), tools=(spaced,)))
    foreign = pay_tool({"to": {"type": "string", "description": "Who gets it."}}, ())
    desk.write(pay_example('{"to":"Ann"}', foreign))
    seen = measure(desk.ws, desk.project_id)
    assert (seen.n_affected, seen.n_foreign) == (0, 1)
    add_currency(desk, pay)
    assert measure(desk.ws, desk.project_id).n_affected == 1


def test_move_is_refused_when_a_tool_changed_after_it_was_looked_at(desk: Desk, pay: ToolView):
    view = desk.write(pay_example('{"amount":"100"}'))
    saved = add_currency(desk, pay)
    seen = measure(desk.ws, desk.project_id)
    save(desk, pay_tool(name="send_money"), saved)
    with pytest.raises(CurationError, match="changed since"):
        migrating.move_examples(
            desk.ws, desk.actor, desk.project_id, steps=seen.steps, digest=seen.digest, nonce=desk.nonce()
        )
    assert read(desk, view).head_rev == 1
    assert cataloguing.list_catalogues(desk.ws, desk.project_id)[0].n == 1


def test_second_press_of_the_same_button_moves_nothing_twice(desk: Desk, pay: ToolView):
    view = desk.write(pay_example('{"amount":"100"}'))
    add_currency(desk, pay)
    seen = measure(desk.ws, desk.project_id)
    twice = [
        migrating.move_examples(desk.ws, desk.actor, desk.project_id, steps=seen.steps, digest=seen.digest, nonce="one")
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    assert read(desk, view).head_rev == 2


def test_kill_half_way_leaves_every_example_as_it_was(desk: Desk, pay: ToolView, monkeypatch: pytest.MonkeyPatch):
    views = [desk.write(pay_example(f'{{"amount":"{n}00"}}')) for n in range(1, 4)]
    add_currency(desk, pay)
    seen = measure(desk.ws, desk.project_id)
    monkeypatch.setattr(migrating, "_prepare", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        migrating.move_examples(
            desk.ws, desk.actor, desk.project_id, steps=seen.steps, digest=seen.digest, nonce=desk.nonce()
        )
    assert [read(desk, view).head_rev for view in views] == [1, 1, 1]
    assert migrating.last_move(desk.ws, desk.project_id) is None
    assert cataloguing.list_catalogues(desk.ws, desk.project_id)[0].n == 1


def test_stored_verdicts_after_a_move_are_those_a_full_check_gives(desk: Desk, pay: ToolView):
    for n in range(1, 4):
        desk.write(pay_example(f'{{"amount":"{n}00","speed":"slow"}}'))
    save(desk, pay_tool({**PAY, "speed": {**PAY["speed"], "enum": ["slowly", "fast"]}}), pay)
    move(desk)
    query = text(
        "SELECT e.number, n_error, n_warning, verdict_key, rule, place FROM example e LEFT JOIN finding f "
        "ON f.example_id = e.id ORDER BY 1, 5, 6"
    )
    with desk.ws.reading() as connection:
        stored = [tuple(row) for row in connection.execute(query)]
    with desk.ws.unit() as unit:
        unit.connection.execute(text("UPDATE example SET verdict_key = ''"))
        unit.commit()
    assert recheck_stale(desk.ws, desk.project_id) == 3
    with desk.ws.reading() as connection:
        assert [tuple(row) for row in connection.execute(query)] == stored


def test_how_a_call_runs_and_sample_calls_move_no_example(desk: Desk, pay: ToolView):
    desk.write(pay_example('{"amount":"100"}'))
    running = Execution(timeout_s=5, most_retries=2)
    kept = save(desk, msgspec.structs.replace(pay.tool, execution=running, samples=(Sample("one", "{}"),)), pay)
    assert measure(desk.ws, desk.project_id).n_affected == 0
    save(desk, msgspec.structs.replace(kept.tool, side_effect="destructive"), kept)
    assert measure(desk.ws, desk.project_id).n_affected == 1
