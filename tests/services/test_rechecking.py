"""What is frozen or accepted in a batch was judged by what holds at that very moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import text

from curation.errors import CurationError
from curation.model.definition import Tool
from curation.model.example import Example
from curation.model.states import ExampleState
from curation.services import cataloguing, freezing, projects, rechecking, reviewing, writing
from db.derived import Derived
from tests.shop_rows import Desk, make_example, make_tool


def freeze(desk: Desk, nonce: str) -> object:
    return freezing.freeze(desk.ws, desk.actor, desk.project_id, nonce=nonce)


def accept_batch(desk: Desk, nonce: str) -> object:
    return reviewing.accept_batch(desk.ws, desk.actor, desk.project_id, states=["candidate"], nonce=nonce)


def prepare_accepted(desk: Desk) -> None:
    view = desk.write()
    writing.submit(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())
    reviewing.accept(desk.ws, desk.actor, view.id, 1, nonce=desk.nonce())


def prepare_candidate(desk: Desk) -> None:
    desk.write(state=ExampleState.CANDIDATE)


@pytest.mark.parametrize(("prepare", "act"), [(prepare_accepted, freeze), (prepare_candidate, accept_batch)])
def test_target_that_changes_while_an_act_waits_is_not_passed_by(
    desk: Desk, prepare: Callable[[Desk], None], act: Callable[[Desk, str], object]
):
    prepare(desk)
    met: list[CurationError] = []

    def wait_and_act() -> None:
        try:
            act(desk, "first")
        except CurationError as error:
            met.append(error)

    waiting = threading.Thread(target=wait_and_act, daemon=True)
    with desk.ws.unit() as unit:
        waiting.start()
        time.sleep(0.2)
        unit.connection.execute(text("UPDATE project SET working_target = 'mistral'"))
        unit.commit()
    waiting.join()
    (refused,) = met
    assert refused.retryable
    assert "changed in between" in refused.message
    with pytest.raises(CurationError, match="errors"):
        act(desk, "second")
    projects.set_target(desk.ws, desk.actor, desk.project_id, None, nonce=desk.nonce())
    assert act(desk, "third")


REFUND = "refund_order"


def save_tool(desk: Desk, tool: Tool, revision: int = 0, tool_id: str | None = None) -> str:
    view = cataloguing.save_tool(
        desk.ws, desk.actor, desk.project_id, tool, tool_id=tool_id, base_revision=revision, nonce=desk.nonce()
    )
    return view.id


def offering(name: str, order: str) -> Example:
    example = make_example(order)
    (call,) = example.messages[1].calls or ()
    call = msgspec.structs.replace(call, name=name)
    turns = (example.messages[0], msgspec.structs.replace(example.messages[1], calls=(call,)), *example.messages[2:])
    return msgspec.structs.replace(example, messages=turns, tools=(make_tool(name).definition,))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The bodies judged anew, as they come."""
    seen: list[bytes] = []
    judge = rechecking._judge

    def watch(bench: rechecking.Bench, body: bytes) -> Derived:
        seen.append(body)
        return judge(bench, body)

    monkeypatch.setattr(rechecking, "_judge", watch)
    return seen


def test_edit_of_one_tool_judges_only_the_examples_that_offer_it(desk: Desk, judged: list[bytes]):
    track, refund = save_tool(desk, make_tool()), save_tool(desk, make_tool(REFUND))
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    for number in range(3):
        desk.write(offering(REFUND, f"B-{number}00"))
    for number in range(5):
        desk.write(make_example(f"A-{number}00"))
    judged.clear()
    save_tool(desk, msgspec.structs.replace(make_tool(REFUND), side_effect="destructive"), 1, refund)
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    assert len(judged) == 3
    assert all(REFUND.encode() in body for body in judged)
    save_tool(desk, msgspec.structs.replace(make_tool(), side_effect="write"), 1, track)
    judged.clear()
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    assert len(judged) == 5
    judged.clear()
    assert rechecking.recheck_stale(desk.ws, desk.project_id) == 0
    assert judged == []


def test_verdicts_kept_are_those_a_full_check_would_give(desk: Desk):
    refund = save_tool(desk, make_tool(REFUND))
    save_tool(desk, make_tool())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    for number in range(3):
        desk.write(offering(REFUND, f"B-{number}00"))
        desk.write(make_example(f"A-{number}00"))
    save_tool(desk, msgspec.structs.replace(make_tool(REFUND), side_effect="destructive"), 1, refund)
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    carried = stored_verdicts(desk)
    with desk.ws.unit() as unit:
        unit.connection.execute(text("UPDATE example SET verdict_key = ''"))
        unit.commit()
    assert rechecking.recheck_stale(desk.ws, desk.project_id) == 6
    assert stored_verdicts(desk) == carried


def stored_verdicts(desk: Desk) -> list[tuple[object, ...]]:
    query = "SELECT e.number, e.n_error, e.n_warning, e.verdict_key, f.rule, f.place, f.message FROM example e"
    with desk.ws.reading() as connection:
        rows = connection.execute(text(f"{query} LEFT JOIN finding f ON f.example_id = e.id ORDER BY 1, 5, 6"))
        return [tuple(row) for row in rows]
