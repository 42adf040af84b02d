"""ToolACE rows: calls in brackets, tools in prose, types as Python names them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.formats import detect_format, get_format
from curation.model.definition import DefinitionView
from curation.model.example import Example
from curation.model.reading import Reading
from curation.model.values import Arguments

TOOLACE = get_format("toolace")
ROWS = (Path(__file__).parents[2] / "data/formats/toolace/rows.jsonl").read_bytes().splitlines()


def read(row: object) -> Reading:
    reading = TOOLACE.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def read_answer(text: str, system: str = "") -> Reading:
    turns = [{"from": "user", "value": "Hi"}, {"from": "assistant", "value": text}]
    return read({"system": system, "conversations": turns})


def tools_of(example: Example) -> list[DefinitionView]:
    assert isinstance(example.tools, tuple)
    return [tool.view for tool in example.tools]


def test_rows_are_known_by_their_calls_or_the_tools_in_their_prose():
    assert [detect_format([line]).name for line in ROWS] == ["toolace"] * len(ROWS)
    plain = {"system": "Be kind.", "conversations": [{"from": "user", "value": "Hi"}]}
    assert detect_format([json.dumps(plain).encode()]).name == "sharegpt"


def test_calls_results_and_numbers_come_out_whole():
    messages = read(ROWS[0]).example.messages
    assert [message.role for message in messages] == ["system", "user", "assistant", "tool", "tool", "assistant"]
    assert [(one.id, one.name, one.arguments) for one in messages[2].calls or ()] == [
        ("call_1", "Market Trends API", Arguments('{"trend_type":"MARKET_INDEXES","limit":5,"ratio":0.50}', "object")),
        ("call_2", "/v1/news/search", Arguments('{"words":["rates","Fed\'s plan"]}', "object")),
    ]
    assert [message.tool_call_id for message in messages[3:5]] == ["call_1", "call_2"]
    assert messages[3].content == '{"name": "Market Trends API", "results": {"trends": [1.10]}}'


def test_prose_keeps_all_but_the_list_of_tools():
    example = read(ROWS[0]).example
    assert example.messages[0].content == (
        "You are an expert in composing functions. You are given a question and a set of possible functions.\n"
        "Here is a list of functions in JSON format that you can invoke:\n"
        "Should you decide to return the function call(s), put it in the format of "
        "[func1(params_name=params_value), func2(params)]"
    )
    assert [view.name for view in tools_of(example)] == ["Market Trends API", "/v1/news/search"]


def test_types_of_python_become_those_of_json_schema_and_are_said():
    reading = read(ROWS[0])
    first, second = tools_of(reading.example)
    assert first.parameters["type"] == "object"
    assert {name: one["type"] for name, one in first.parameters["properties"].items()} == {
        "trend_type": "string",
        "limit": "integer",
        "ratio": "number",
    }
    assert '"minimum":0.50' in first.parameters_text
    assert second.parameters["properties"]["words"] == {"type": "array", "items": {"type": "string"}}
    assert [(finding.code, finding.at) for finding in reading.findings] == [("T17", "/tools/0"), ("T17", "/tools/1")]


@pytest.mark.parametrize("text", ["[f(1)]", "[f(a=g())]", "[f(a=1)] is what I call"])
def test_nearly_a_call_stays_a_text_with_a_finding(text: str):
    reading = read_answer(text)
    assert (reading.example.messages[1].content, reading.example.messages[1].calls) == (text, None)
    assert [(finding.code, finding.at) for finding in reading.findings] == [("J12", "/messages/1/content")]


@pytest.mark.parametrize("text", ["I cannot do that.", "[1, 2]", "[see above] (a=1)"])
def test_other_answers_are_text_without_a_word(text: str):
    reading = read_answer(text)
    assert reading.example.messages[1].content == text
    assert reading.findings == ()


def test_names_of_its_tools_may_hold_brackets():
    system = 'Tools: [{"name": "Convert (v2)", "parameters": {"type": "object", "properties": {}}}]'
    (call,) = read_answer("[Convert (v2)(a=1)]", system).example.messages[2].calls or ()
    assert call.name == "Convert (v2)"


def test_tools_as_a_python_literal_are_read_and_said():
    reading = read_answer("No.", "Tools: [{'name': 'f', 'parameters': {'type': 'object', 'default': None}}] Go.")
    assert [view.name for view in tools_of(reading.example)] == ["f"]
    assert reading.example.messages[0].content == "Tools:\nGo."
    assert [finding.code for finding in reading.findings] == ["J03"]


@pytest.mark.parametrize("system", ["[1, 2]", "[{'name'", '{"a": 1}', "[" * 5_000, '[{"name": NaN}]', "[[]]" * 200])
def test_prose_without_tools_stays_whole(system: str):
    example = read_answer("No.", system).example
    assert example.messages[0].content == system
    assert not example.tools


def test_tools_of_the_row_itself_go_before_those_in_the_prose():
    system = 'Tools: [{"name": "f", "parameters": {}}]'
    row = {"system": system, "tools": '[{"name": "g"}]', "conversations": [{"from": "user", "value": "Hi"}]}
    example = read(row).example
    assert [view.name for view in tools_of(example)] == ["g"]
    assert example.messages[0].content == system


def test_places_lead_into_the_value_and_the_prose():
    places = read(ROWS[0]).places
    argument = places.outer("/messages/2/tool_calls/1/function/arguments/words")
    assert (argument.at, argument.inside) == ("/conversations/1/value", "/1/arguments/words")
    tool = places.outer("/tools/1/function/name")
    assert (tool.at, tool.inside) == ("/system", "/1/name")


def test_what_nobody_knows_is_kept():
    row = {"id": 1.0, "system": 7, "conversations": ["x", {"from": "judge", "value": "Hm", "mood": 1}]}
    example = read(row).example
    assert example.extra == {"id": "1.0", "system": "7"}
    assert example.messages[1].role == "judge"
    assert example.messages[1].extra == {"mood": "1"}
