"""ShareGPT: what is read of it, and that LLaMA-Factory keeps every row that is written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from curation.formats import detect_format, get_format
from curation.formats.contract import Written
from curation.formats.self_test import check_export
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools
from tests.contract.test_formats import EXAMPLES
from tests.unit.formats.llamafactory import DroppedError, Loaded, StoppedError, load_row, parse

SHAREGPT = get_format("sharegpt")
ROWS = (Path(__file__).parents[2] / "data/formats/sharegpt/glaive_rows.jsonl").read_bytes().splitlines()
TOOL = Definition(
    '{"type":"function","function":{"name":"f","description":"F.","parameters":{"type":"object","properties":{}}}}'
)


def read(row: object) -> Reading:
    reading = SHAREGPT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def read_turns(*turns: tuple[str, object], **row: object) -> Reading:
    return read({"conversations": [{"from": who, "value": value} for who, value in turns], **row})


def write(*messages: Message, **row: Any) -> Written:
    assert SHAREGPT.write is not None
    return SHAREGPT.write(Example(messages=messages, **({"tools": (TOOL,)} | row)))


def turns_of(written: Written) -> list[tuple[str, str]]:
    return [(turn["from"], turn["value"]) for turn in json.loads(written.rows[0])["conversations"]]


def user(text: str = "Hello") -> Message:
    return Message("user", text)


def calls(*pairs: tuple[str, str], first: int = 1) -> Message:
    return Message(
        "assistant",
        None,
        tuple(Call(name, Arguments(text), f"call_{first + n}", "function") for n, (name, text) in enumerate(pairs)),
    )


def result(content: str, n: int = 1) -> Message:
    return Message("tool", content, tool_call_id=f"call_{n}")


ANSWER = Message("assistant", "Done.")


# -- reading ---------------------------------------------------------------------------------------------------------


def test_rows_of_the_trainer_itself_go_in_and_come_out_whole():
    for line in ROWS:
        reading = read(line)
        assert SHAREGPT.write is not None
        written = SHAREGPT.write(reading.example)
        assert not written.losses
        assert check_export(SHAREGPT, reading.example) == ()
        given, back = json.loads(line), json.loads(written.rows[0])
        assert [turn["from"] for turn in back["conversations"]] == [turn["from"] for turn in given["conversations"]]
        assert load(written.rows[0]).tools == load_row(json.dumps({"system": "", **given}).encode(), entry()).tools


def test_call_and_result_find_each_other_and_numbers_keep_their_text():
    value = '{"name": "f", "arguments": {"a": 1.10, "b": 12345678901234567890}}'
    example = read_turns(("human", "Hi"), ("function_call", value), ("observation", "{}"), ("gpt", "Done.")).example
    call = (example.messages[1].calls or ())[0]
    assert call.name == "f"
    assert isinstance(call.arguments, Arguments)
    assert call.arguments.text == '{"a": 1.10, "b": 12345678901234567890}'
    assert example.messages[2].tool_call_id == call.id == "call_1"


def test_several_calls_take_their_results_out_of_one_list():
    value = '[{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]'
    reading = read_turns(("human", "Hi"), ("function_call", value), ("observation", '[{"a": 1.0}, "text"]'))
    results = reading.example.messages[2:]
    assert [(one.content, one.tool_call_id) for one in results] == [('{"a": 1.0}', "call_1"), ("text", "call_2")]
    place = reading.places.outer("/messages/3/content")
    assert (place.at, place.inside) == ("/conversations/2/value", "/1")


def test_one_result_after_several_calls_stays_one():
    value = '[{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]'
    example = read_turns(("human", "Hi"), ("function_call", value), ("observation", "[1, 2, 3]")).example
    assert [one.content for one in example.messages[2:]] == ["[1, 2, 3]"]


def test_places_lead_into_the_texts_as_given():
    value = '[{"name": "f", "arguments": {"a": 1}}]'
    reading = read_turns(("human", "Hi"), ("function_call", value), system="Be kind.", tools='[{"name": "f"}]')
    argument = reading.places.outer("/messages/2/tool_calls/0/function/arguments/a")
    assert (argument.at, argument.inside) == ("/conversations/1/value", "/0/arguments/a")
    assert reading.places.outer("/messages/0/content").at == "/system"
    assert reading.places.outer("/messages/1/content").at == "/conversations/0/value"
    tool = reading.places.outer("/tools/0/function/name")
    assert (tool.at, tool.inside) == ("/tools", "/0/name")


@pytest.mark.parametrize("is_text", [True, False])
def test_bare_definitions_get_their_wrapper_to_the_letter(is_text: bool):
    source = '[{"name":  "f", "parameters": {"maximum": 1.50}}]'
    line = f'{{"conversations":[],"tools":{json.dumps(source) if is_text else source}}}'
    tools = read(line.encode()).example.tools
    assert isinstance(tools, tuple)
    assert tools[0].text == '{"type":"function","function":{"name":  "f", "parameters": {"maximum": 1.50}}}'


@pytest.mark.parametrize(
    ("value", "code"),
    [("{'name': 'f', 'arguments': {'a': True}}", "J12"), ('{"name": "f", "name": "g", "arguments": {}}', "J05")],
)
def test_calls_that_are_nearly_json_are_read_and_said(value: str, code: str):
    reading = read_turns(("human", "Hi"), ("function_call", value))
    assert reading.example.messages[1].calls
    assert [(finding.code, finding.at) for finding in reading.findings] == [(code, "/messages/1/tool_calls")]


@pytest.mark.parametrize("value", ["I call f", '{"function": "f"}', "[]", '[{"name": "f"}, 7]', "[" * 300 + "]" * 300])
def test_call_that_cannot_be_understood_stays_a_text_with_a_finding(value: str):
    reading = read_turns(("human", "Hi"), ("function_call", value), ("gpt", "Well."))
    assert (reading.example.messages[1].content, reading.example.messages[1].calls) == (value, None)
    assert [(finding.code, finding.at) for finding in reading.findings] == [("J12", "/messages/1/content")]


def test_names_of_other_columns_and_roles_are_known():
    tags = [("user", "Hi"), ("tool_call", '{"name": "f", "arguments": {}}'), ("tool", "{}"), ("assistant", "Done.")]
    conversations = read({"conversations": [{"role": who, "content": text} for who, text in tags]}).example
    messages = read({"messages": [{"from": who, "value": text} for who, text in tags]}).example
    assert conversations.messages == messages.messages
    own = json.dumps(
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "function_call", "content": tags[1][1]}]}
    )
    assert detect_format([own.encode()]) is SHAREGPT
    assert read(own.encode()).example.messages == messages.messages[:2]


def test_what_nobody_knows_is_kept():
    row = {"id": 7, "conversations": [{"from": "judge", "value": "Hm", "mood": 1.0}, "text"], "tools": "none"}
    reading = read(row)
    assert reading.example.extra == {"id": "7", "tools": '"none"'}
    assert reading.example.messages[0] == Message("judge", "Hm", extra={"mood": "1.0"})
    assert reading.example.messages[1].whole == Exact('"text"')
    assert [finding.code for finding in reading.findings] == ["T04"]


def test_tools_written_as_a_python_literal_are_read_and_said():
    reading = read_turns(("human", "Hi"), tools="[{'name': 'f', 'parameters': {'x': None}}]")
    assert isinstance(reading.example.tools, tuple)
    assert reading.example.tools[0].view.name == "f"
    assert [finding.code for finding in reading.findings] == ["J03"]


@pytest.mark.parametrize("text", ["", None])
def test_no_tools_are_none(text: str | None):
    assert read_turns(("human", "Hi"), tools=text).example.tools is (None if text is None else UNSET)


# -- writing ---------------------------------------------------------------------------------------------------------


def test_several_calls_and_their_results_take_one_turn_each():
    written = write(user(), calls(("f", '{"a":1.10}'), ("g", "{}")), result('{"x": 1.0}'), result("fine", 2), ANSWER)
    assert turns_of(written)[1:3] == [
        ("function_call", '[{"name":"f","arguments":{"a":1.10}},{"name":"g","arguments":{}}]'),
        ("observation", '[{"x": 1.0},"fine"]'),
    ]
    assert not written.losses


def test_results_in_another_order_are_put_right_and_said():
    written = write(user(), calls(("f", "{}"), ("g", "{}")), result('"second"', 2), result("1", 1), ANSWER)
    assert turns_of(written)[2] == ("observation", '[1,"\\"second\\""]')
    assert {loss.what for loss in written.losses} == {"order of the results"}


@pytest.mark.parametrize(
    ("messages", "n_kept", "why"),
    [
        ([user(), ANSWER, user(), user(), ANSWER], 2, "Turn 4 is a user's turn where LLaMA-Factory wants an answer"),
        ([user(), ANSWER, ANSWER], 2, "Turn 3 is an answer where LLaMA-Factory wants a user's turn"),
        ([user(), calls(("f", "{}")), result("1"), user(), ANSWER], 2, "Turn 4 is a user's turn where"),
        ([user(), ANSWER, result("1")], 2, "turns after the last answer"),
        ([user(), ANSWER, result("1"), ANSWER], 2, "Turn 3 is a result that answers no open call"),
        ([user(), ANSWER, user(), Message("system", "Stop."), ANSWER], 2, "Turn 4 is a system turn in the middle"),
        ([user(), ANSWER, user(), calls(("f", "{'a': 1}"))], 2, "Turn 4 calls `f` with arguments that are no sound"),
        ([user(), ANSWER, user(), calls(("f", '{"a":1,"a":2}'))], 2, "Turn 4 calls `f` with arguments that are no"),
        ([user(), ANSWER, user()], 2, "turns after the last answer"),
        ([user(), ANSWER, user(), Message("assistant", "No.", weight=Exact("0"))], 2, "Turn 4 has weight 0"),
    ],
)
def test_turn_that_breaks_the_order_ends_the_row_and_is_named(messages: list[Message], n_kept: int, why: str):
    written = write(*messages)
    assert len(turns_of(written)) == n_kept
    assert written.losses[-1].at == f"/messages/{n_kept}"
    assert written.losses[-1].what.startswith(why)
    load(written.rows[0])


@pytest.mark.parametrize(
    ("messages", "row", "why"),
    [
        ([ANSWER], {}, "Turn 1 is an answer where"),
        ([user()], {}, "no answer to learn"),
        ([], {}, "no answer to learn"),
        ([user(), Message("assistant", None)], {}, "Turn 2 has no content"),
        ([user(), calls(("f", "{}"), ("g", "{}")), result("[1,2]")], {}, None),
        ([user(), ANSWER], {"tools": (Definition('{"parameters": {}}'),)}, "Tool 1 has no name"),
        ([user(), ANSWER], {"tools": (Definition('{"name": "f", "parameters": []}'),)}, "parameters of tool 1"),
        (
            [user(), ANSWER],
            {"tools": (Definition('{"name": "f", "parameters": {"properties": {"a": true}}}'),)},
            "Parameter `a` of tool 1 is no object",
        ),
        ([user(), ANSWER], {"tools": UNSET, "extra": {"tools": '"[]"'}}, "The tools are no list"),
    ],
)
def test_example_without_a_row_is_refused_in_one_sentence(
    messages: list[Message], row: dict[str, Any], why: str | None
):
    written = write(*messages, **row)
    assert why is None or (written.refused or "").find(why) >= 0
    assert bool(written.refused) is (why is not None)


def test_definitions_get_what_the_trainer_looks_into():
    tools = (Definition('{"name":"g"}'), Definition('{"function":{"name":"h","parameters":{"required":null}}}'))
    written = write(user(), ANSWER, tools=tools)
    assert json.loads(json.loads(written.rows[0])["tools"]) == [
        {"name": "g", "parameters": {"type": "object", "properties": {}}},
        {"type": "function", "function": {"name": "h", "parameters": {"properties": {}}}},
    ]
    assert [loss.at for loss in written.losses] == [
        "/tools/0/parameters",
        "/tools/1/function/parameters/properties",
        "/tools/1/function/parameters/required",
        "/tools/1/type",
    ]
    load(written.rows[0])


def test_choices_that_the_default_tool_format_cannot_print_are_named():
    source = '{"name":"g","parameters":{"type":"object","properties":{"a/b":{"enum":[1.50,2]}}}}'
    written = write(user(), ANSWER, tools=(Definition(source),))
    assert json.loads(written.rows[0])["tools"] == f"[{source}]"
    assert [loss.at for loss in written.losses] == ["/tools/0/parameters/properties/a~1b/enum"]


def test_thought_marks_inside_a_call_are_not_cut_out():
    arguments = '{"text":"<think>no</think> \\\\<think>"}'
    written = write(user(), calls(("f", arguments)))
    assert load(written.rows[0]).turns[1].calls == (("f", parse(arguments)),)
    assert [loss.what for loss in written.losses] == ["spelling of `<think>`, which is written as an escape"]


def test_what_the_row_cannot_hold_is_listed():
    call = Call("f", Arguments("{}"), "abc", "function", extra={"index": "0"})
    turn = Message("assistant", "Let me see.", (call,), weight=Exact("1"))
    answer = Message("tool", "{}", tool_call_id="abc", name="f")
    written = write(Message("developer", "Be kind."), user(), turn, answer, ANSWER, extra={"id": "7"}, group="g")
    assert {loss.at for loss in written.losses} == {
        "/group",
        "/id",
        "/messages/0/role",
        "/messages/2/weight",
        "/messages/2/content",
        "/messages/2/tool_calls/0/index",
        "/messages/2/tool_calls/0/id",
        "/messages/3/name",
        "/messages/3/tool_call_id",
    }
    assert json.loads(written.rows[0])["system"] == "Be kind."


# -- what the trainer makes of it ------------------------------------------------------------------------------------


def entry() -> dict[str, Any]:
    assert SHAREGPT.companions is not None
    info = json.loads(SHAREGPT.companions({"train": "dataset-1.train.jsonl"})["dataset_info.json"])
    assert info["dataset-1.train"]["file_name"] == "dataset-1.train.jsonl"
    return dict(info["dataset-1.train"])


def load(line: bytes) -> Loaded:
    return load_row(line, entry())


def prove(example: Example) -> bool:
    """Whether there is a row; the trainer must keep it and find in it what the example says, to the character."""
    assert SHAREGPT.write is not None
    written = SHAREGPT.write(example)
    for line in written.rows:
        loaded = load(line)
        cuts = [int(loss.at.split("/")[2]) for loss in written.losses if re.fullmatch(r"/messages/\d+", loss.at)]
        cuts = [cut for cut in cuts if cut or example.messages[0].content]
        held = example.messages[: min(cuts, default=len(example.messages))]
        is_reordered = any(loss.what == "order of the results" for loss in written.losses)
        compare_turns(list(held), loaded, is_reordered=is_reordered)
        compare_tools(example, loaded)
    return bool(written.rows)


def compare_turns(held: list[Message], loaded: Loaded, *, is_reordered: bool) -> None:
    if held[0].role in ("system", "developer"):
        assert held.pop(0).content == loaded.system
    results: list[str] = []
    at = 0
    for message in [*held, Message("end")]:
        if message.role == "tool":
            results.append(str(message.content))
            continue
        if results:
            compare_results(results, loaded.turns[at].text, is_reordered=is_reordered)
            results, at = [], at + 1
        if message.calls:
            assert loaded.turns[at].calls == tuple(
                (call.name, parse(call.arguments.text))
                for call in message.calls
                if isinstance(call.arguments, Arguments)
            )
        elif message.role != "end":
            assert loaded.turns[at].text == message.content
        at += 1
    assert at == len(loaded.turns) + 1


def compare_results(results: list[str], text: str, *, is_reordered: bool) -> None:
    if len(results) == 1:
        assert text == results[0]
        return
    elements = parse(text)
    assert len(elements) == len(results)
    if not is_reordered:
        for element, given in zip(elements, results, strict=True):
            assert element == given or element == parse(given)


def compare_tools(example: Example, loaded: Loaded) -> None:
    tools = example.tools if isinstance(example.tools, tuple) else ()
    assert len(tools) == len(loaded.tools)
    for tool, (name, description, parameters) in zip(tools, loaded.tools, strict=True):
        assert name == tool.view.name
        assert (tool.view.description or "") == (description if isinstance(description, str) else "")
        given = parse(tool.view.parameters_text or "{}")
        assert {key: parameters[key] for key in given if given[key] is not None} == {
            key: value for key, value in given.items() if value is not None
        }


@settings(max_examples=40)
@given(example=EXAMPLES)
def test_every_generated_row_is_kept_whole_by_the_trainer(example: Example):
    prove(example)


def test_every_drafted_conversation_is_kept_whole_by_the_trainer():
    drafted = get_synthesizer("schema_driven").draft(Order(demo_tools(), 60, seed=5))
    assert sum(prove(one.example) for one in drafted) > 50


def test_every_row_of_the_trainer_itself_is_kept_whole():
    assert all(prove(read(line).example) for line in ROWS)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"conversations": [{"from": "gpt", "value": "x"}], "system": "", "tools": ""}, DroppedError),
        ({"conversations": [{"from": "human", "value": "x"}], "system": "", "tools": ""}, DroppedError),
        ({"conversations": [], "system": "", "tools": '[{"name": "f"}]'}, DroppedError),
        ({"conversations": [{"from": "human", "value": "x"}, {"from": "gpt", "value": "x"}]}, StoppedError),
    ],
)
def test_the_checker_itself_drops_and_stops(line: object, error: type[Exception]):
    with pytest.raises(error):
        load(json.dumps(line).encode())
