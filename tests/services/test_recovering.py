"""Failures and what is right after them: drafted for every tool of the shop, safe or flagged, in reading order."""

from __future__ import annotations

import json
from random import Random

import msgspec
import pytest

from curation.errors import NotFoundError
from curation.execution.drawing import draw_object
from curation.execution.simulating import list_failures
from curation.model.definition import Definition, Sample, Tool, ToolError
from curation.model.envelope import encode
from curation.model.example import Call, Example, Label, Message
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.values import Arguments
from curation.reading.rows import read_row
from curation.rules import check, judge
from curation.services import mocking, recovering
from curation.services.call_ids import number_calls
from curation.services.text_fields import field_text
from curation.synthesizers.shop import demo_tools

TOOLS = {tool.name: tool for tool in demo_tools()}


def make(tool: Tool, arguments: str | None = None) -> Example:
    drawn = json.dumps(draw_object(tool.definition.view.parameters, Random(3)))
    call = Call(name=tool.name, arguments=Arguments(arguments or drawn), id="call_1", type="function")
    return Example(
        messages=(
            Message(role="user", content="Please do it."),
            Message(role="assistant", content=None, calls=(call,)),
            Message(role="tool", content='{"ok": true}', tool_call_id="call_1"),
            Message(role="assistant", content="Done."),
        ),
        tools=tuple(one.definition for one in TOOLS.values()),
    )


def make_tool(side_effect: str, **more: object) -> Tool:
    parameters = {"type": "object", "properties": {"id": {"type": "string"}, "key": {"type": "string"}}}
    text = json.dumps(
        {"type": "function", "function": {"name": "pay", "description": "Pay.", "parameters": parameters}}
    )
    return msgspec.structs.replace(Tool(Definition(text), side_effect=side_effect), **more)  # type: ignore[arg-type]


def ids(example: Example) -> list[str]:
    return [field_text(call.id) for message in example.messages for call in message.calls or ()]


def told(content: str, *behind: Message) -> Example:
    """A call whose result says this, with turns behind it."""
    example = make(TOOLS["track_order"], '{"order_id": "A-77"}')
    answered = msgspec.structs.replace(example.messages[2], content=content)
    return msgspec.structs.replace(example, messages=(*example.messages[:2], answered, *behind, example.messages[3]))


def as_it_stands(example: Example) -> list[str]:
    offered = recovering.list_recoveries(example, 1, 0, TOOLS)
    return [one.kind for one in offered if one.failure_name == recovering.AS_IT_STANDS]


@pytest.mark.parametrize("nothing", ["null", "false", '""', "[]", "{}"])
def test_a_result_that_tells_of_no_error_has_not_failed(nothing: str) -> None:
    assert as_it_stands(told(f'{{"error": {nothing}, "status": "sent"}}')) == []
    assert "retry_after_wait" in as_it_stands(told('{"error": "Timeout"}'))


@pytest.mark.parametrize(
    ("arguments", "recovery"), [('{"order_id":"A-77"}', None), ('{"order_id": "A-7"}', "corrected_argument")]
)
def test_a_failure_that_is_followed_by_a_retry_gets_no_second_one(arguments: str, recovery: str | None) -> None:
    call = Call(name="track_order", arguments=Arguments(arguments), id="call_2", type="function")
    label = Label(recovery=recovery) if recovery else None
    again = Message(role="assistant", content=None, calls=(call,), label=label)
    answer = Message(role="tool", content='{"status": "sent"}', tool_call_id="call_2")
    example = told('{"error": "Timeout"}', again, answer)
    assert as_it_stands(example) == ["escalate"]
    with pytest.raises(NotFoundError):
        recovering.insert_failure(example, 1, 0, "as_it_stands/retry_after_wait", TOOLS)
    later = told('{"error": "Timeout"}', Message(role="user", content="And now?"), again, answer)
    assert "retry_after_wait" in as_it_stands(later)


@pytest.mark.parametrize("name", TOOLS)
def test_every_continuation_is_sound_and_its_calls_count_up(name: str) -> None:
    example = make(TOOLS[name])
    offered = recovering.list_recoveries(example, 1, 0, TOOLS)
    assert {one.kind for one in offered} >= {"retry_after_wait", "escalate", "give_up"}
    for one in offered:
        made = recovering.insert_failure(example, 1, 0, one.name, TOOLS)
        assert ids(made) == [f"call_{n + 1}" for n in range(len(ids(made)))], one.name
        reading = read_row(encode(made))
        assert isinstance(reading, Reading)
        judged = judge(check(reading, TOOLS), None)
        errors = [
            j.finding.rule for j in judged if j.severity is Severity.ERROR and j.finding.at.startswith("/messages")
        ]
        weightless = [at for at, message in enumerate(made.messages) if message.weight is not msgspec.UNSET]
        assert not [rule for rule in errors if not weightless], (one.name, errors)
        mislabelled = [j for j in judged if j.finding.rule == "recovery-label-mismatch"]
        assert mislabelled == [], one.name


def test_failed_call_comes_first_in_the_order_of_ids() -> None:
    example = make(TOOLS["track_order"], '{"order_id": "B4821"}')
    made = recovering.insert_failure(example, 1, 0, "bad_argument/corrected_argument", TOOLS)
    assert ids(made) == ["call_1", "call_2"]
    assert [field_text(m.tool_call_id) for m in made.messages if m.role == "tool"] == ["call_1", "call_2"]
    assert made.messages[1].weight is not msgspec.UNSET
    assert made.messages[3].label is not None


def test_retry_of_a_write_after_an_unknown_outcome_is_flagged_with_the_reason() -> None:
    pay = make_tool("destructive", idempotent=False)
    offered = recovering.list_recoveries(make(pay, '{"id": "A1"}'), 1, 0, {"pay": pay})
    flagged = {one.name: one.warning for one in offered if one.warning}
    assert set(flagged) == {"timeout/retry_after_wait", "500/retry_after_wait", "503/retry_after_wait"}
    assert "may already have worked" in flagged["timeout/retry_after_wait"]
    assert offered[-1].warning


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (make_tool("read"), '{"id": "A1"}'),
        (make_tool("write", idempotent=True), '{"id": "A1"}'),
        (make_tool("write", idempotency_parameter="key"), '{"id": "A1", "key": "k"}'),
    ],
)
def test_retry_that_does_no_harm_is_not_flagged(tool: Tool, arguments: str) -> None:
    offered = recovering.list_recoveries(make(tool, arguments), 1, 0, {"pay": tool})
    assert not [one for one in offered if one.warning]


@pytest.mark.parametrize("idempotent", [None, False, True])
@pytest.mark.parametrize("side_effect", [None, "read", "write", "destructive"])
def test_retry_is_flagged_exactly_where_the_checker_warns_of_it(side_effect: str, idempotent: bool | None) -> None:
    pay = make_tool(side_effect, idempotent=idempotent)
    example = make(pay, '{"id": "A4821"}')
    offered = {one.name: one for one in recovering.list_recoveries(example, 1, 0, {"pay": pay})}
    made = recovering.insert_failure(example, 1, 0, "timeout/retry_after_wait", {"pay": pay})
    reading = read_row(encode(made))
    assert isinstance(reading, Reading)
    is_warned = any(one.rule == "unsafe-retry" for one in check(reading, {"pay": pay}))
    assert bool(offered["timeout/retry_after_wait"].warning) == is_warned


def test_write_without_its_idempotency_key_is_flagged_by_name() -> None:
    pay = make_tool("write", idempotency_parameter="key")
    offered = recovering.list_recoveries(make(pay, '{"id": "A1"}'), 1, 0, {"pay": pay})
    assert any("`key`" in one.warning for one in offered)


def test_end_in_words_drops_what_the_call_was_to_lead_to_and_no_more() -> None:
    example = make(TOOLS["track_order"])
    longer = msgspec.structs.replace(example, messages=(*example.messages, Message(role="user", content="Thanks")))
    made = recovering.insert_failure(longer, 1, 0, "404/give_up", TOOLS)
    assert [message.role for message in made.messages] == ["user", "assistant", "tool", "assistant", "user"]
    assert made.messages[3].content != "Done."
    assert made.messages[4].content == "Thanks"


def test_declared_errors_stand_before_the_common_ones() -> None:
    tool = make_tool("read", errors=(ToolError("Busy.", code="E7", kind="transient", retry_after_s=2.0),))
    first = list_failures(tool, {"id": "A1"})[0]
    assert (first.title, first.kind) == ("E7", "transient")
    assert json.loads(first.text) == {"error": "Busy.", "code": "E7", "retry_after_s": 2}


def test_bad_argument_says_what_the_validator_says() -> None:
    first = list_failures(make_tool("read"), {"id": 4})[0]
    assert first.name == "bad_argument"
    assert first.message.startswith("Invalid arguments: id ")


def test_unknown_recovery_is_named() -> None:
    with pytest.raises(NotFoundError, match="not on offer"):
        recovering.insert_failure(make(TOOLS["track_order"]), 1, 0, "teapot/give_up", TOOLS)


def test_call_with_parallel_neighbours_keeps_them() -> None:
    example = make(TOOLS["track_order"], '{"order_id": "B4821"}')
    call = (example.messages[1].calls or ())[0]
    two = msgspec.structs.replace(example.messages[1], calls=(call, msgspec.structs.replace(call, id="call_2")))
    answer = msgspec.structs.replace(example.messages[2], tool_call_id="call_2")
    messages = (example.messages[0], two, example.messages[2], answer, *example.messages[3:])
    made = recovering.insert_failure(
        msgspec.structs.replace(example, messages=messages), 1, 1, "429/retry_after_wait", TOOLS
    )
    assert len(made.messages[1].calls or ()) == 2
    assert "429" in str(made.messages[3].content)
    assert ids(made) == ["call_1", "call_2", "call_3"]
    assert made.messages[5].content == '{"ok": true}'


def test_ids_given_twice_and_other_ids_stay() -> None:
    example = make(TOOLS["track_order"])
    call = (example.messages[1].calls or ())[0]
    for pair in (("call_2", "call_2"), ("toolu_9", "toolu_1")):
        calls = tuple(msgspec.structs.replace(call, id=one) for one in pair)
        odd = msgspec.structs.replace(example, messages=(msgspec.structs.replace(example.messages[1], calls=calls),))
        assert number_calls(odd) == odd


def test_mock_answers_by_the_sample_about_these_arguments_first() -> None:
    schema = '{"type":"object","properties":{"id":{"type":"string"},"n":{"type":"integer"}},"required":["id","n"]}'
    samples = (Sample("other", '{"id":"B2"}', '{"n":1}'), Sample("mine", '{"id":"A1"}', '{"n": 1.0}'))
    tool = make_tool("read", samples=samples, result_schema=schema)
    example = make(tool, '{"id": "A1"}')
    place = mocking.find_place(example, 2)
    offers = mocking.offer_results(example, place, {"pay": tool})
    assert [one.title for one in offers[:2]] == ["mine", "other"]
    drawn = next(one for one in offers if one.name == "drawn_0")
    assert json.loads(drawn.text)["id"] == "A1"
    for one in offers:
        put = mocking.put_result(example, place, one.name, {"pay": tool})
        assert put.messages[2].content == one.text
    assert mocking.sample_for(tool, (example.messages[1].calls or ())[0]) == '{"n": 1.0}'


def test_result_is_put_behind_its_call_where_there_is_none() -> None:
    example = make(TOOLS["track_order"])
    bare = msgspec.structs.replace(example, messages=(*example.messages[:2], *example.messages[3:]))
    place = mocking.find_place(bare)
    assert place.result is None
    put = mocking.put_result(bare, place, "timeout", TOOLS)
    assert put.messages[2].role == "tool"
    assert "timed out" in str(put.messages[2].content)


def escalated(tools: dict[str, Tool], offered: tuple[Tool, ...]) -> Example:
    call = Call(name="pay", arguments=Arguments('{"id": "B4821"}'), id="call_1", type="function")
    example = Example(
        messages=(Message(role="user", content="Pay it."), Message(role="assistant", content=None, calls=(call,))),
        tools=tuple(one.definition for one in offered),
    )
    return recovering.insert_failure(example, 1, 0, "403/escalate", tools)


def make_escalation() -> Tool:
    properties = {
        "id": {"type": "string"},
        "why": {"type": "string"},
        "team": {"type": "string", "enum": ["billing", "legal"]},
    }
    parameters = {"type": "object", "properties": properties, "required": ["id", "why", "team"]}
    function = {"name": "hand_over_to_staff", "description": "Hand over.", "parameters": parameters}
    return Tool(Definition(json.dumps({"type": "function", "function": function})), side_effect="write")


def test_case_is_handed_over_with_the_tool_that_does_it() -> None:
    pay, escalate = make_tool("write"), make_escalation()
    made = escalated({"pay": pay, "hand_over_to_staff": escalate}, (pay, escalate))
    handed = made.messages[3]
    (call,) = handed.calls or ()
    assert field_text(call.name) == "hand_over_to_staff"
    said = json.loads(call.arguments.text)  # type: ignore[union-attr]
    assert said["id"] == "B4821"
    assert said["why"].startswith("Forbidden")
    assert said["team"] in ("billing", "legal")
    assert handed.label is not None
    assert handed.label.recovery == "escalate"
    assert [message.role for message in made.messages[3:]] == ["assistant", "tool", "assistant"]


def test_case_is_handed_over_in_words_where_no_such_tool_is_offered() -> None:
    pay, escalate = make_tool("write"), make_escalation()
    made = escalated({"pay": pay, "hand_over_to_staff": escalate}, (pay,))
    assert not made.messages[3].calls
    assert "colleague" in field_text(made.messages[3].content)


@pytest.mark.parametrize("failure", ["429/retry_after_wait", "timeout/retry_after_wait"])
def test_waiting_draft_brings_no_words_beside_its_call(failure: str) -> None:
    example = make(TOOLS["track_order"], '{"order_id": "B4821"}')
    made = recovering.insert_failure(example, 1, 0, failure, TOOLS)
    assert [field_text(message.content) for message in made.messages if message.calls] == ["", ""]
