"""The guard: its five checks in their order, each with a reason, a place and a remedy."""

from __future__ import annotations

import json

import msgspec
import pytest

from curation.execution.guard import Asked, Earlier, Ruling, rule_on
from curation.model.definition import Definition, Execution, Policy, Tool

SCHEMA = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "euros": {"type": "number"}, "key": {"type": "string"}},
    "required": ["order_id"],
}
ARGUMENTS = {"order_id": "B4821", "key": "k1"}
STRICT = Tool(
    Definition(json.dumps({"type": "function", "function": {"name": "refund", "parameters": SCHEMA}})),
    side_effect="write",
    idempotency_parameter="key",
    policy=Policy(approval="above 200 euros", approver="a lead", forbidden_roles=("guest",)),
    execution=Execution(rate_calls=2, rate_period_s=60),
)
OPEN = msgspec.structs.replace(STRICT, policy=Policy())


def asked(tool: Tool | None = OPEN, arguments: object = ARGUMENTS, **more: object) -> Asked:
    return Asked("refund", arguments, tool, **more)  # type: ignore[arg-type]


def done(at_s: float | None = None, answer: str | None = '{"ok": true}', **arguments: object) -> Earlier:
    return Earlier("refund", {"order_id": "B4821", **arguments}, at_s, answer)  # type: ignore[arg-type]


def test_a_call_that_no_check_holds_may_run() -> None:
    assert rule_on(asked()) == Ruling()


@pytest.mark.parametrize(
    ("tool", "arguments", "place"),
    [(None, ARGUMENTS, "the call's name"), (OPEN, [], "the arguments"), (OPEN, {"order_id": 7}, "argument `order_id`")],
)
def test_what_breaks_the_schema_is_refused_with_its_place(tool: Tool | None, arguments: object, place: str) -> None:
    ruling = rule_on(asked(tool, arguments))
    assert (ruling.outcome, ruling.check, ruling.place) == ("refused", "schema", place)
    assert "refund" in ruling.why
    assert ruling.remedy


def test_a_forbidden_role_is_refused_however_it_is_written() -> None:
    ruling = rule_on(asked(STRICT, role=" Guest ", is_approved=True))
    assert (ruling.outcome, ruling.check) == ("refused", "policy")
    assert ruling.place == "Catalogue, `refund`, Policy, Never on behalf of"
    assert rule_on(asked(STRICT, role="lead", is_approved=True)).outcome == "run"
    assert rule_on(asked(STRICT, is_approved=True)).outcome == "run"


def test_a_call_that_needs_a_yes_waits_and_a_no_refuses_it() -> None:
    waiting = rule_on(asked(STRICT))
    assert (waiting.outcome, waiting.check) == ("waits", "approval")
    assert "a lead must confirm: above 200 euros" in waiting.why
    assert rule_on(asked(STRICT, is_approved=True)).outcome == "run"
    declined = rule_on(asked(STRICT, is_approved=False))
    assert (declined.outcome, declined.check) == ("refused", "approval")


def test_a_rate_limit_counts_the_runs_of_its_tool_within_its_period() -> None:
    other = Earlier("track", {}, 99.0, "{}")
    assert rule_on(asked(), [done(70.0), other], 100.0).outcome == "run"
    full = [done(70.0, key="a"), done(90.0, key="b"), other]
    ruling = rule_on(asked(), full, 100.0)
    assert (ruling.outcome, ruling.check) == ("refused", "rate")
    assert "retry after 30 seconds" in ruling.why
    last = rule_on(asked(), full, 129.0)
    assert last.why.endswith("retry after 1 second.")
    assert last.remedy == "Ask again in 1 second."
    assert rule_on(asked(), full, 130.0).outcome == "run"
    unlimited = msgspec.structs.replace(OPEN, execution=Execution(rate_calls=1))
    assert rule_on(asked(unlimited), full, 100.0).outcome == "run"


@pytest.mark.parametrize("earlier", [[], [done(90.0, key="a")]])
def test_a_limit_of_no_calls_promises_no_later_run(earlier: list[Earlier]) -> None:
    closed = msgspec.structs.replace(OPEN, execution=Execution(rate_calls=0, rate_period_s=60))
    ruling = rule_on(asked(closed), earlier, 100.0)
    assert (ruling.outcome, ruling.check) == ("refused", "rate")
    assert ruling.why == "`refund` may never run: its rate limit is 0 calls."
    assert ruling.remedy == "Raise the limit or empty it, or answer in words."


def test_a_call_that_was_run_by_nobody_known_is_not_counted() -> None:
    assert rule_on(asked(), [done(None, key="a"), done(None, key="b")], 100.0).outcome == "run"


def test_the_same_write_by_the_same_key_gives_its_earlier_result_back() -> None:
    ruling = rule_on(asked(), [done(key="k1", answer='{"refund": "R1"}')])
    assert (ruling.outcome, ruling.check, ruling.result) == ("repeated", "idempotency", '{"refund": "R1"}')
    assert rule_on(asked(), [done(key="k2")]).outcome == "run"
    assert rule_on(asked(OPEN, {"order_id": "B4821"}), [done()]).outcome == "run"


def test_a_key_that_marked_another_request_is_refused() -> None:
    ruling = rule_on(asked(), [done(key="k1", euros=5)])
    assert (ruling.outcome, ruling.check, ruling.place) == ("refused", "idempotency", "argument `key`")


@pytest.mark.parametrize("answer", ['{"error": "The request timed out; the outcome is unknown."}', None])
def test_an_attempt_that_failed_may_be_made_again_with_its_key(answer: str | None) -> None:
    assert rule_on(asked(), [done(key="k1", answer=answer)]).outcome == "run"


def test_a_look_is_run_again_though_a_parameter_marks_repeats() -> None:
    reading = msgspec.structs.replace(OPEN, side_effect="read")
    assert rule_on(asked(reading), [done(key="k1")]).outcome == "run"


def test_the_first_check_that_refuses_is_the_one_that_speaks() -> None:
    """Everything is wrong at once, and is put right one after another."""
    earlier = [done(90.0, key="k1"), done(95.0, key="k2")]
    said = [
        rule_on(asked(STRICT, {"order_id": 7, "key": "k1"}, role="guest"), earlier, 100.0),
        rule_on(asked(STRICT, role="guest"), earlier, 100.0),
        rule_on(asked(STRICT), earlier, 100.0),
        rule_on(asked(STRICT, is_approved=True), earlier, 100.0),
        rule_on(asked(STRICT, is_approved=True), earlier, 500.0),
    ]
    assert [one.check for one in said] == ["schema", "policy", "approval", "rate", "idempotency"]
