"""What a change of a tool breaks, seen before it is published; moving examples in one act, and taking it back."""

from __future__ import annotations

import json
from collections.abc import Sequence

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import CurationError
from curation.migrations import Step
from curation.model.definition import Definition, Tool
from curation.model.example import Arguments, Call, Example, Message
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
from curation.services.head_changes import HeadChange
from curation.services.impact import Impact, measure
from curation.services.migrating import MoveReport
from curation.services.rechecking import recheck_stale
from curation.services.writing import ExampleView
from tests.shop_rows import Desk

PAY = {
    "amount": {"type": "string", "description": "How much, in the currency of the account."},
    "account": {"type": "string", "description": "Number of the account."},
    "speed": {"type": "string", "enum": ["slow", "fast"], "description": "How soon."},
}


def pay_tool(properties: dict[str, object] = PAY, required: Sequence[str] = ("amount",), name: str = "pay") -> Tool:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }
    function = {"name": name, "description": "Pays an amount to an account.", "parameters": parameters}
    return Tool(Definition(json.dumps({"type": "function", "function": function})), side_effect="read")


def pay_example(arguments: str, tool: Tool | None = None) -> Example:
    call = Call(name="pay", arguments=Arguments(arguments), id="call_1", type="function")
    return Example(
        messages=(
            Message(role="user", content=f"Please pay: {arguments}"),
            Message(role="assistant", calls=(call,)),
            Message(role="tool", content='{"done":true}', tool_call_id="call_1"),
            Message(role="assistant", content="It is paid."),
        ),
        tools=((tool or pay_tool()).definition,),
    )


def save(desk: Desk, tool: Tool, before: ToolView | None = None) -> ToolView:
    return cataloguing.save_tool(
        desk.ws,
        desk.actor,
        desk.project_id,
        tool,
        tool_id=before.id if before else None,
        base_revision=before.revision if before else 0,
        nonce=desk.nonce(),
    )


def publish(desk: Desk) -> None:
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())


def move(desk: Desk, steps: Sequence[Step] | None = None) -> MoveReport:
    seen = measure(desk.ws, desk.project_id, steps=steps)
    return migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=seen.steps, digest=seen.digest, nonce=desk.nonce()
    )


def with_value(seen: Impact, source: str) -> list[Step]:
    return [msgspec.structs.replace(one, value=source) if one.kind == "default" else one for one in seen.steps]


def arguments_of(view: ExampleView) -> str:
    (call,) = view.example.messages[1].calls or ()
    assert isinstance(call.arguments, Arguments)
    return call.arguments.text


def read(desk: Desk, view: ExampleView) -> ExampleView:
    return writing.open_example(desk.ws, view.id)


def accept(desk: Desk, view: ExampleView) -> None:
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())


@pytest.fixture
def pay(desk: Desk) -> ToolView:
    view = save(desk, pay_tool())
    publish(desk)
    return view


CURRENCY = {"type": "string", "description": "ISO code of the currency."}


def add_currency(desk: Desk, pay: ToolView) -> ToolView:
    return save(desk, pay_tool({**PAY, "currency": CURRENCY}, ("amount", "currency")), pay)


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


def test_renamed_tool_takes_its_calls_and_its_examples_along(desk: Desk, pay: ToolView):
    view = desk.write(pay_example('{"amount":"100"}'))
    save(desk, pay_tool(name="send_money"), pay)
    seen = measure(desk.ws, desk.project_id)
    assert (seen.n_broken, seen.n_left) == (1, 0)
    assert [(one.rule, one.words) for one in seen.faults] == [("unknown-tool", "`pay`")]
    move(desk)
    (call,) = read(desk, view).example.messages[1].calls or ()
    assert call.name == "send_money"
    assert cataloguing.get_tool(desk.ws, pay.id).n_examples == 1


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


def leave(desk: Desk) -> MoveReport:
    digest = measure(desk.ws, desk.project_id).digest
    return migrating.move_examples(
        desk.ws, desk.actor, desk.project_id, steps=(), digest=digest, is_leaving=True, nonce=desk.nonce()
    )


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
