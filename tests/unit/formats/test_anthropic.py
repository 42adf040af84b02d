"""Anthropic messages become turns, calls and results, and examples become such messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import Written
from curation.formats.anthropic import FORMAT
from curation.formats.anthropic_errors import with_error, without_error
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact

ROWS = (Path(__file__).parents[2] / "data/formats/anthropic/rows.jsonl").read_bytes().splitlines()


def read(row: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def write(*messages: Message, tools: tuple[Definition, ...] = ()) -> Written:
    assert FORMAT.write is not None
    return FORMAT.write(Example(messages=messages, tools=tools))


def written(*messages: Message) -> list[dict[str, Any]]:
    (row,) = write(*messages).rows
    turns: list[dict[str, Any]] = json.loads(row)["messages"]
    return turns


def call(name: str = "f", call_id: Any = "a") -> Message:
    return Message("assistant", None, (Call(name, Arguments("{}"), call_id, "function"),))


def result(content: Any, answered: Any = "a", **more: Any) -> Message:
    return Message("tool", content, tool_call_id=answered, **more)


@pytest.mark.parametrize("raw", ROWS, ids=["thoughts", "blocks"])
def test_rows_come_back_from_what_is_written_of_them(raw: bytes) -> None:
    reading = read(raw)
    assert FORMAT.write is not None
    again = FORMAT.write(reading.example)
    assert again.losses == ()
    assert read(again.rows[0]).example == reading.example
    assert FORMAT.recognises(raw)


def test_blocks_become_turns_calls_and_results() -> None:
    example = read(ROWS[0]).example
    assert [message.role for message in example.messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
        "user",
        "assistant",
    ]
    answer = example.messages[2]
    assert answer.content == "I will look."
    assert [one.id for one in answer.calls or ()] == ["toolu_01", "toolu_02"]
    assert answer.calls
    assert answer.calls[1].arguments == Arguments('{"bay": 3, "factor": 1.10}', "object")
    assert answer.extra == {"reasoning_content": '"Two look-ups."', "thinking_signature": '"c2ln"'}
    assert example.messages[4].content == '{"error":"No such price list."}'
    assert example.extra == {"model": '"some-model"', "max_tokens": "1024"}


def test_tools_become_definitions_and_those_of_the_service_stay() -> None:
    tools = read(ROWS[0]).example.tools
    assert isinstance(tools, tuple)
    assert [tool.view.name for tool in tools] == ["find_bay", "find_price", "web_search"]
    assert '"maximum": 1.50' in tools[1].text
    assert tools[2].text == '{"type": "web_search_20250305", "name": "web_search"}'


def test_hidden_thoughts_and_marked_texts_stay_blocks() -> None:
    example = read(ROWS[1]).example
    assert isinstance(example.messages[0].content, Exact)
    assert example.messages[1].content == "Book bay 3."
    assert example.messages[3].content == "booked"
    assert example.messages[4].extra == {"thinking_blocks": '[{"type": "redacted_thinking", "data": "eHg="}]'}


def test_places_lead_to_the_smallest_part_of_the_row() -> None:
    places = read(ROWS[0]).places
    outer = {
        "/messages/0/content": "/system",
        "/messages/2/content": "/messages/1/content/1/text",
        "/messages/2/tool_calls/1/function/arguments/factor": "/messages/1/content/3/input/factor",
        "/messages/2/tool_calls/1/id": "/messages/1/content/3/id",
        "/messages/4/content": "/messages/2/content/1/content",
        "/messages/5/content": "/messages/2/content/2/text",
        "/tools/1/function/parameters/properties/bay": "/tools/1/input_schema/properties/bay",
    }
    assert {inner: places.outer(inner).at for inner in outer} == outer


def test_faults_of_the_text_stand_at_their_inner_place() -> None:
    raw = b'{"system": "S", "messages": [{"role": "user", "role": "user", "content": "x"}]}'
    (finding,) = read(raw).findings
    assert (finding.code, finding.at) == ("J05", "/messages/1/role")


def test_text_after_a_call_is_found() -> None:
    blocks = [{"type": "tool_use", "id": "a", "name": "f", "input": {}}, {"type": "text", "text": "There."}]
    reading = read({"messages": [{"role": "assistant", "content": blocks}]})
    assert [(finding.code, finding.at) for finding in reading.findings] == [("M08", "/messages/0/content")]


def test_unknown_blocks_and_keys_stay_to_the_letter() -> None:
    image = {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}}
    turn = {"role": "user", "content": [image, {"type": "text", "text": "What is it?"}], "id": "m1"}
    message = read({"messages": [turn]}).example.messages[0]
    assert isinstance(message.content, Exact)
    assert json.loads(message.content.json) == turn["content"]
    assert message.extra == {"id": '"m1"'}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No.", '{"error":"No."}'),
        ('{"code": 4}', '{"error":{"code": 4}}'),
        ('{"error": "No."}', '{"error": "No."}'),
        ("[1]", '{"error":"[1]"}'),
        ("", '{"error":""}'),
    ],
)
def test_flagged_result_says_its_error_itself(text: str, said: str) -> None:
    assert with_error(text) == said
    back, is_flagged = without_error(said)
    assert with_error(back) == said if is_flagged else back == said


def test_results_gather_in_the_next_user_turn_before_its_text() -> None:
    both = Message("assistant", None, (*(call().calls or ()), *(call("g", "b").calls or ())))
    turns = written(both, result("1"), result('{"error":"gone"}', "b"), Message("user", "And now?"))
    assert len(turns) == 2
    assert turns[1] == {
        "role": "user",
        "content": [
            {"type": "tool_result", "tool_use_id": "a", "content": "1"},
            {"type": "tool_result", "tool_use_id": "b", "content": "gone", "is_error": True},
            {"type": "text", "text": "And now?"},
        ],
    }


def test_calls_without_ids_get_some_and_it_is_said() -> None:
    one = write(call(call_id=UNSET), result("1", UNSET))
    assert {loss.at for loss in one.losses} == {"/messages/0/tool_calls/0/id", "/messages/1/tool_call_id"}
    turns = json.loads(one.rows[0])["messages"]
    assert turns[0]["content"][0]["id"] == turns[1]["content"][0]["tool_use_id"] == "call_1"


def test_definition_without_parameters_gets_an_empty_schema() -> None:
    one = write(tools=(Definition('{"name":"g","strict":true,"x":1}'),))
    assert json.loads(one.rows[0])["tools"] == [
        {"name": "g", "input_schema": {"type": "object", "properties": {}}, "strict": True}
    ]
    assert [loss.at for loss in one.losses] == ["/tools/0/x"]


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ([Message("user", "Hi"), Message("system", "S")], "one, before all other turns"),
        ([Message("judge", "x")], "the role `judge`"),
        ([Message("assistant", UNSET)], "neither says anything nor calls"),
        ([Message("assistant", "x", weight=Exact("0"))], "weight 0"),
        ([result("1", UNSET)], "without the id"),
        ([Message("assistant", None, (Call("f", Arguments("[1]"), "a"),))], "no sound JSON object"),
        ([Message("user", Exact('[{"type":"image_url","image_url":{}}]'))], "`image_url`"),
        ([Message("user", None)], "no content"),
        ([Message("user", "x", call().calls)], "role is not assistant"),
    ],
)
def test_turn_that_cannot_be_held_is_refused_in_a_sentence(messages: list[Message], words: str) -> None:
    refused = write(*messages).refused or ""
    assert words in refused
    assert refused.startswith("Turn ")
    assert refused.endswith(".")


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [{"role": "user", "content": "x"}]},
        {"system": "S", "messages": [{"role": "system", "content": "x"}]},
        {"system": "S", "messages": []},
        {"messages": [{"role": "assistant", "content": None, "tool_calls": []}], "tools": [{"input_schema": {}}]},
    ],
)
def test_rows_of_another_shape_are_not_taken(row: dict[str, Any]) -> None:
    assert not FORMAT.recognises(json.dumps(row).encode())
