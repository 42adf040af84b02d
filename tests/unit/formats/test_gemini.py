"""Gemini contents become turns, calls and results, and examples become such contents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.formats import Written
from curation.formats.gemini import FORMAT
from curation.formats.gemini_results import read_response, write_response
from curation.formats.gemini_schemas import read_schema, write_schema
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading
from curation.model.source import quote
from curation.model.values import UNSET, Arguments, Exact
from curation.rules import check

ROWS = (Path(__file__).parents[2] / "data/formats/gemini/rows.jsonl").read_bytes().splitlines()


def read(row: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def write(*messages: Message, tools: tuple[Definition, ...] = ()) -> Written:
    assert FORMAT.write is not None
    return FORMAT.write(Example(messages=messages, tools=tools))


def calls(*named: str) -> Message:
    made = tuple(Call(name, Arguments("{}"), f"call_{n}", "function") for n, name in enumerate(named, 1))
    return Message("assistant", None, made)


def result(n: int) -> Message:
    return Message("tool", "1", tool_call_id=f"call_{n}")


def tool(name: str, parameters: dict[str, Any] | None = None) -> Definition:
    return Definition(json.dumps({"name": name, "parameters": parameters}))


def test_row_comes_back_from_what_is_written_of_it() -> None:
    reading = read(ROWS[0])
    assert FORMAT.write is not None
    again = FORMAT.write(reading.example)
    assert again.losses == ()
    assert read(again.rows[0]).example == reading.example
    assert FORMAT.recognises(ROWS[0])
    assert FORMAT.recognises(ROWS[1])


def test_contents_become_turns_and_results_find_their_calls() -> None:
    example = read(ROWS[0]).example
    assert [message.role for message in example.messages] == [
        *("system", "user", "assistant", "tool", "tool", "assistant"),
    ]
    answer = example.messages[2]
    assert answer.calls
    assert [(one.id, one.arguments) for one in answer.calls] == [
        ("call_1", Arguments('{"bay": 3, "factor": 1.10}', "object")),
        ("call_2", Arguments('{"bay": 4}', "object")),
    ]
    assert answer.extra == {"reasoning_content": '"Two look-ups."'}
    assert answer.calls[0].extra == {"thoughtSignature": '"c2ln"'}
    assert [(one.tool_call_id, one.content) for one in example.messages[3:5]] == [
        ("call_1", "free"),
        ("call_2", '{"free": false, "until": 1.50}'),
    ]


def test_schemas_come_out_in_the_words_of_json_schema() -> None:
    tools = read(ROWS[0]).example.tools
    assert isinstance(tools, tuple)
    assert [one.view.name for one in tools] == ["find_bay", "list_bays", None]
    parameters = tools[0].view.parameters
    assert parameters["type"] == "object"
    assert parameters["properties"]["factor"] == {"type": ["number", "null"]}
    assert parameters["properties"]["marks"] == {
        "type": "array",
        "maxItems": 3,
        "items": {"type": "string", "enum": ["new", "old"]},
    }
    assert '"maximum":9.0' in tools[0].text


def test_rows_of_vertex_have_no_errors_of_their_own() -> None:
    codes = {finding.code for finding in check(read(ROWS[0]))}
    assert not codes & {"T06", "T17", "A01", "A04", "A05", "C04", "C06", "M02"}


def test_parts_that_are_no_text_stay_to_the_letter() -> None:
    example = read(ROWS[1]).example
    content = example.messages[0].content
    assert isinstance(content, Exact)
    assert json.loads(content.json)[1] == {"inlineData": {"mimeType": "image/png", "data": "eHg="}}
    assert example.messages[1].content == Exact(
        '[{"type":"text","text":"That one."},{"type":"text","text":"It is blue."}]'
    )


def test_places_lead_to_the_smallest_part_of_the_row() -> None:
    places = read(ROWS[0]).places
    outer = {
        "/messages/0/content": "/systemInstruction/parts/0/text",
        "/messages/1/content": "/contents/0/parts/0/text",
        "/messages/2/tool_calls/1/function/arguments/bay": "/contents/1/parts/2/functionCall/args/bay",
        "/messages/4/content": "/contents/2/parts/1/functionResponse/response",
        "/tools/0/function/parameters/properties/bay": "/tools/0/functionDeclarations/0/parameters/properties/bay",
        "/tools/2": "/tools/1",
    }
    assert {inner: places.outer(inner).at for inner in outer} == outer


def test_results_of_other_names_are_matched_by_name_then_by_order() -> None:
    response = {"name": "g", "response": {}}
    row = {
        "contents": [
            {"role": "model", "parts": [{"functionCall": {"name": "f"}}, {"functionCall": {"name": "g"}}]},
            {"role": "function", "parts": [{"functionResponse": response}]},
            {"role": "function", "parts": [{"functionResponse": {"name": "other", "response": {}}}]},
            {"role": "function", "parts": [{"functionResponse": {"name": "f", "response": {}}}]},
        ]
    }
    turns = read(row).example.messages
    assert [(one.tool_call_id, one.name) for one in turns[1:]] == [("call_2", UNSET), ("call_1", "other"), (UNSET, "f")]


def test_ids_of_the_row_are_kept() -> None:
    row = {
        "contents": [
            {"role": "model", "parts": [{"functionCall": {"name": "f", "id": "x"}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "f", "id": "x", "response": {}}}]},
        ]
    }
    turns = read(row).example.messages
    assert turns[0].calls
    assert turns[0].calls[0].id == turns[1].tool_call_id == "x"


@given(
    content=st.text(max_size=8) | st.sampled_from(['{"output": "x"}', '{"a": 1.10}', "[1]", '"x"', "5", " {}", "{}"])
)
def test_content_of_a_result_comes_back(content: str) -> None:
    source = write_response(content)
    assert isinstance(json.loads(source), dict)
    assert read_response(source) == quote(content)


def test_ids_that_order_gives_back_are_no_loss() -> None:
    one = write(calls("f", "g"), result(1), result(2))
    assert one.losses == ()
    row = json.loads(one.rows[0])
    assert [list(content["parts"][0]) for content in row["contents"]] == [["functionCall"], ["functionResponse"]]
    assert len(row["contents"][1]["parts"]) == 2


def test_other_ids_are_a_loss() -> None:
    call = Call("f", Arguments("{}"), "abc", "function")
    one = write(Message("assistant", None, (call,)), Message("tool", "1", tool_call_id="abc"))
    assert [(loss.at, loss.what) for loss in one.losses] == [
        ("/messages/0/tool_calls/0/id", "call id"),
        ("/messages/1/tool_call_id", "call id"),
    ]


@pytest.mark.parametrize(
    ("schema", "written", "lost"),
    [
        ({"type": "string"}, {"type": "STRING"}, []),
        ({"type": ["integer", "null"]}, {"type": "INTEGER", "nullable": True}, []),
        ({"type": "string", "const": "a"}, {"type": "STRING", "enum": ["a"]}, ["/const", "/enum"]),
        ({"type": "integer", "enum": [1, 2]}, {"type": "INTEGER"}, ["/enum"]),
        ({"oneOf": [{"type": "null"}]}, {"anyOf": [{"type": "NULL"}]}, ["/anyOf", "/oneOf"]),
        (
            {"type": ["string", "integer"]},
            {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]},
            ["/anyOf", "/type"],
        ),
        (
            {"type": "object", "properties": {"a": {"type": "number", "multipleOf": 2, "$ref": "#/x"}}},
            {"type": "OBJECT", "properties": {"a": {"type": "NUMBER"}}},
            ["/properties/a/$ref", "/properties/a/multipleOf"],
        ),
        ({"type": "array", "items": True}, {"type": "ARRAY"}, ["/items"]),
    ],
)
def test_schema_is_written_in_the_subset_and_the_rest_is_named(
    schema: dict[str, Any], written: dict[str, Any], lost: list[str]
) -> None:
    source, losses = write_schema(json.dumps(schema), "")
    assert json.loads(source) == written
    assert sorted(loss.at for loss in losses) == lost
    if not lost:
        assert json.loads(read_schema(source)) == schema


def test_numbers_of_schemas_keep_their_text() -> None:
    source, _ = write_schema('{"type": "number", "minimum": 1.50}', "")
    assert source == '{"type":"NUMBER","minimum":1.50}'


def test_parameters_without_a_property_are_left_out() -> None:
    one = write(tools=(tool("f", {"type": "object", "properties": {}}), tool("g", {"type": "object", "required": []})))
    assert json.loads(one.rows[0])["tools"] == [{"functionDeclarations": [{"name": "f"}, {"name": "g"}]}]
    assert [loss.at for loss in one.losses] == ["/tools/1/parameters"]


@pytest.mark.parametrize(
    ("messages", "tools", "words"),
    [
        ([calls("get-it")], (), "`get-it`, a name that Gemini refuses"),
        ([], (tool("9"),), "`9`, a name that Gemini refuses"),
        ([], (tool("f", {"properties": {"a.b": {}}}),), "`a.b` has a name that Gemini refuses"),
        ([calls("f", "f"), result(2)], (), "out of order"),
        ([result(1)], (), "answers no open call"),
        ([Message("user", Exact('[{"type":"image_url","image_url":{}}]'))], (), "`image_url`"),
        ([Message("assistant", "x", weight=Exact("0"))], (), "weight 0"),
    ],
)
def test_what_cannot_be_held_is_refused_in_a_sentence(
    messages: list[Message], tools: tuple[Definition, ...], words: str
) -> None:
    refused = write(*messages, tools=tools).refused or ""
    assert words in refused
    assert refused.endswith(".")


@pytest.mark.parametrize("row", [{"contents": []}, {"contents": "x"}, {"contents": [{"text": "x"}]}, {"messages": []}])
def test_rows_of_another_shape_are_not_taken(row: dict[str, Any]) -> None:
    assert not FORMAT.recognises(json.dumps(row).encode())
