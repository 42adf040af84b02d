"""Edits of a conversation: each does what its button says and leaves the rest as it was."""

from __future__ import annotations

import json

import msgspec
import pytest

from curation.errors import BlockedError, NotFoundError
from curation.model.definition import Definition
from curation.model.example import NO_TOOL_REASONS, Call, Example, Label, Message, Waiver
from curation.model.values import UNSET, Arguments, Exact
from curation.services import call_edits, result_edits, text_fields, turn_edits, waiving
from curation.services.varying import find_miss, insert_recovery, list_misses, near_miss, still_says, value_left_open

PARAMETERS = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "unit": {"type": "string", "enum": ["C", "F"]},
        "place": {"type": "object", "properties": {"street": {"type": "string"}}},
    },
    "required": ["city"],
}
WEATHER = Definition(json.dumps({"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}))
TIME = Definition(json.dumps({"type": "function", "function": {"name": "time"}}))


def conversation(arguments: str = '{"city": "Oslo", "days": 1.0}') -> Example:
    call = Call(name="weather", arguments=Arguments(arguments), id="call_1", type="function")
    return Example(
        messages=(
            Message(role="user", content="Weather in Oslo?"),
            Message(role="assistant", content=None, calls=(call,)),
            Message(role="tool", content='{"t": 3}', tool_call_id="call_1"),
            Message(role="assistant", content="Three degrees."),
        ),
        tools=(WEATHER,),
    )


def roles(example: Example) -> list[object]:
    return [message.role for message in example.messages]


def test_text_goes_to_its_place_and_nothing_else_changes() -> None:
    before = conversation()
    after = text_fields.write_text(before, text_fields.content_at(3), "Four.")
    assert after.messages[3].content == "Four."
    assert after.messages[:3] == before.messages[:3]
    assert text_fields.write_text(after, text_fields.content_at(3), "Four.") is after


def test_argument_typed_in_the_form_keeps_the_exact_text_of_the_others() -> None:
    at = text_fields.arguments_at(1, 0)
    after = text_fields.write_text(conversation(), f"{at}/city", "Bergen")
    assert text_fields.read_text(after, at) == '{"city": "Bergen", "days": 1.0}'


@pytest.mark.parametrize(
    ("key", "typed", "stored"),
    [
        ("city", "12", '"12"'),
        ("days", "3", "3"),
        ("days", "three", '"three"'),
        ("unit", "F", '"F"'),
        ("place/street", "Main 1", '{"street":"Main 1"}'),
    ],
)
def test_argument_text_becomes_the_json_its_schema_calls_for(key: str, typed: str, stored: str) -> None:
    at = text_fields.arguments_at(1, 0)
    after = text_fields.write_text(conversation('{"city": "Oslo"}'), f"{at}/{key}", typed)
    value = json.loads(text_fields.read_text(after, at))[key.split("/")[0]]
    assert value == json.loads(stored)
    assert text_fields.read_text(after, f"{at}/{key}") == typed


def test_emptied_argument_is_taken_out() -> None:
    at = text_fields.arguments_at(1, 0)
    after = text_fields.write_text(conversation(), f"{at}/days", "")
    assert text_fields.read_text(after, at) == '{"city": "Oslo"}'


def test_broken_json_in_an_object_form_is_kept_as_text() -> None:
    call = Call(name="weather", arguments=Arguments('{"city":"Oslo"}', "object"), id="call_1", type="function")
    before = text_fields.with_call(conversation(), 1, 0, call)
    after = text_fields.write_text(before, text_fields.arguments_at(1, 0), '{"city":')
    assert after.messages[1].calls is not None
    assert after.messages[1].calls[0].arguments == Arguments('{"city":', "string")


def test_content_parts_stay_json() -> None:
    parts = Example(messages=(Message(role="user", content=Exact('[{"type":"text","text":"a"}]')),))
    after = text_fields.write_text(parts, text_fields.content_at(0), '[{"type":"text","text":"b"}]')
    assert after.messages[0].content == Exact('[{"type":"text","text":"b"}]')


def test_field_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFoundError, match="no turn 10"):
        text_fields.read_text(conversation(), text_fields.content_at(9))
    with pytest.raises(NotFoundError, match="no text field"):
        text_fields.read_text(conversation(), "/tools/0")


def test_removing_a_call_removes_its_result() -> None:
    assert roles(turn_edits.remove_turn(conversation(), 1)) == ["user", "assistant"]
    assert roles(call_edits.remove_call(conversation(), 1, 0)) == ["user", "assistant"]


def test_new_call_gets_a_free_id_and_its_tool_is_offered() -> None:
    after = call_edits.add_call(conversation(), TIME)
    call = (after.messages[-1].calls or ())[0]
    assert (call.name, call.id) == ("time", "call_2")
    assert isinstance(after.tools, tuple)
    assert [one.view.name for one in after.tools] == ["weather", "time"]


def test_next_call_belongs_to_the_turn_the_assistant_is_in() -> None:
    waiting = msgspec.structs.replace(conversation(), messages=conversation().messages[:2])
    assert call_edits.open_turn(waiting) == 1
    after = call_edits.add_call(waiting, TIME, call_edits.open_turn(waiting))
    assert [call.name for call in after.messages[1].calls or ()] == ["weather", "time"]
    answered = msgspec.structs.replace(conversation(), messages=conversation().messages[:3])
    assert call_edits.open_turn(answered) is None
    assert call_edits.open_turn(msgspec.structs.replace(conversation(), messages=())) is None


def test_results_follow_their_calls_in_order() -> None:
    two = call_edits.add_call(call_edits.add_call(Example(tools=UNSET), WEATHER), TIME, 0)
    after = result_edits.add_results(two, 0)
    assert [message.tool_call_id for message in after.messages[1:]] == ["call_1", "call_2"]
    assert result_edits.add_results(after, 0) == after


def test_moving_past_the_end_changes_nothing() -> None:
    assert turn_edits.move_turn(conversation(), 0, -1) == conversation()
    assert turn_edits.move_turn(conversation(), 3, 1) == conversation()


def test_calls_move_with_their_results() -> None:
    after = turn_edits.move_turn(conversation(), 3, -1)
    assert roles(after) == ["user", "assistant", "assistant", "tool"]
    assert roles(turn_edits.move_turn(conversation(), 0, 1)) == ["assistant", "tool", "user", "assistant"]
    assert turn_edits.move_turn(conversation(), 2, -1) == conversation()


def test_turn_is_duplicated_with_results_and_ids_of_its_own() -> None:
    after = turn_edits.duplicate_turn(conversation(), 1)
    assert roles(after) == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert [call.id for message in after.messages for call in message.calls or ()] == ["call_1", "call_2"]
    assert [message.tool_call_id for message in after.messages if message.role == "tool"] == ["call_1", "call_2"]
    assert turn_edits.duplicate_turn(conversation(), 0).messages[1] == conversation().messages[0]


def test_failed_result_says_its_error() -> None:
    assert result_edits.error_in(result_edits.error_text("No such city.")) == "No such city."
    assert result_edits.error_in('{"t": 3}') is None


def test_recovery_puts_the_validators_sentence_before_the_right_call() -> None:
    after = insert_recovery(conversation('{"city": "Oslo"}'), 1)
    assert roles(after) == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert after.messages[1].weight == Exact("0")
    assert "city" in (result_edits.error_in(str(after.messages[2].content)) or "")
    assert after.messages[3].label == Label(recovery="corrected_argument")
    ids = [(message.calls or ())[0].id for message in after.messages if message.calls]
    assert len(set(ids)) == 2


def test_recovery_of_a_turn_without_calls_is_refused() -> None:
    with pytest.raises(BlockedError, match="can be broken"):
        insert_recovery(conversation(), 3)


def miss(name: str, example: Example | None = None) -> Example:
    made = example or conversation()
    return near_miss(made, find_miss(made, name))


def test_near_misses_call_nothing_and_say_why() -> None:
    removed = miss("tool_removed/cannot_be_done")
    assert removed.tools == ()
    assert removed.messages[-1].label == Label(reason="cannot_be_done")
    missing = miss("value_missing/city")
    assert missing.messages[-1].label == Label(reason="missing_information", missing=("city",))
    assert miss("request_changed/answer_directly").messages[-1].label == Label(reason="answer_directly")
    with pytest.raises(BlockedError, match="calls a tool"):
        list_misses(removed)


def test_near_misses_offer_every_required_value_and_every_reason() -> None:
    names = [one.name for one in list_misses(conversation())]
    assert names[:2] == ["tool_removed/cannot_be_done", "value_missing/city"]
    assert {one.reason for one in list_misses(conversation())} == set(NO_TOOL_REASONS)
    with pytest.raises(NotFoundError, match="not on offer"):
        find_miss(conversation(), "value_missing/town")


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("Weather in Oslo?", "Weather in?"),
        ('What about "Oslo", please', "What about, please"),
        ("Is Oslo warmer than Oslo?", "Is Oslo warmer than Oslo?"),
        ("Is it in Osloville?", "Is it in Osloville?"),
    ],
)
def test_value_that_is_left_open_goes_out_of_the_request(asked: str, left: str) -> None:
    made = conversation()
    messages = (msgspec.structs.replace(made.messages[0], content=asked), *made.messages[1:])
    copy = miss("value_missing/city", msgspec.structs.replace(made, messages=messages))
    assert copy.messages[0].content == left


RESULT_SCHEMA = """{"type": "object", "properties": {
    "status": {"type": "string"}, "eta": {"type": "number"}, "stops": {"type": "array"},
    "at": {"type": "object", "properties": {"city": {"type": ["string", "null"]}}}}}"""


def test_result_begins_with_the_keys_of_its_schema_and_every_value_open() -> None:
    before = conversation()
    asked = Example(messages=before.messages[:2], tools=before.tools)
    after = result_edits.add_results(asked, 1, {"weather": result_edits.blank_result(RESULT_SCHEMA)})
    written = json.loads(str(after.messages[2].content))
    assert written == {"status": "", "eta": None, "stops": [], "at": {"city": None}}


@pytest.mark.parametrize("schema", [None, "", "not json", "[1]", '{"type": "string"}', '{"properties": []}'])
def test_result_without_named_keys_begins_empty(schema: str | None) -> None:
    assert result_edits.blank_result(schema) == "{}"


def test_last_turn_that_waits_for_a_result_is_found_and_none_is_refused() -> None:
    before = conversation()
    assert result_edits.last_unanswered(Example(messages=before.messages[:2])) == 1
    with pytest.raises(BlockedError, match="Every call has its result"):
        result_edits.last_unanswered(before)


def test_kept_finding_is_taken_back_alone_and_only_once() -> None:
    waivers = (Waiver("a", "1", "because"), Waiver("a", "2", "because"))
    example = msgspec.structs.replace(conversation(), waivers=waivers)
    after = waiving.take_back(example, waiving.name_waiver(waivers[0]))
    assert after.waivers == waivers[1:]
    with pytest.raises(NotFoundError, match="taken back already"):
        waiving.take_back(after, waiving.name_waiver(waivers[0]))


@pytest.mark.parametrize(
    ("request_text", "is_said"),
    [("Weather in Oslo?", True), ("weather in OSLO", True), ("Weather in Oslofjord", False), ("Weather?", False)],
)
def test_near_miss_knows_whether_the_request_still_says_the_open_value(request_text: str, is_said: bool) -> None:
    value = value_left_open(conversation(), "city")
    assert value == "Oslo"
    copy = miss("value_missing/city")
    asked = msgspec.structs.replace(copy.messages[0], content=request_text)
    assert still_says(msgspec.structs.replace(copy, messages=(asked, *copy.messages[1:])), value) is is_said
    assert not still_says(copy, "")
