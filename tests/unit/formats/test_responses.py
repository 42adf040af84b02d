"""Items of the Responses API become turns, calls and results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import detect_format
from curation.formats.responses import FORMAT
from curation.model.reading import Reading
from curation.model.values import Arguments, Exact

ROWS = (Path(__file__).parents[2] / "data/formats/responses/rows.jsonl").read_bytes().splitlines()


def read(row: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def test_items_become_turns() -> None:
    example = read(ROWS[0]).example
    assert [(message.role, message.content) for message in example.messages] == [
        ("system", "You tell the weather."),
        ("user", "Rain in Ulm and Bonn?"),
        ("assistant", None),
        ("tool", "dry"),
        ("tool", '{"rain": 1.50}'),
        ("assistant", "Rain in Bonn alone."),
    ]
    answer = example.messages[2]
    assert answer.calls
    assert [(one.id, one.extra) for one in answer.calls] == [
        ("call_a", {"item_id": '"fc_1"'}),
        ("call_b", {"item_id": '"fc_2"'}),
    ]
    assert answer.calls[0].arguments == Arguments('{"city": "Ulm"}')
    assert answer.extra == {"reasoning_items": '[{"type": "reasoning", "id": "rs_1", "summary": []}]'}
    assert [one.tool_call_id for one in example.messages[3:5]] == ["call_a", "call_b"]
    assert example.extra == {"model": '"some-model"'}


def test_flat_tools_get_their_wrapper_and_others_stay() -> None:
    tools = read(ROWS[0]).example.tools
    assert isinstance(tools, tuple)
    assert tools[0].view.wrapped
    assert tools[0].view.value["function"]["strict"] is True
    assert tools[1].text == '{"type": "web_search"}'


def test_text_and_the_call_after_it_are_one_answer() -> None:
    turns = read(ROWS[1]).example.messages
    assert [turn.role for turn in turns] == ["user", "assistant"]
    assert turns[1].content == "I look."
    assert turns[1].calls


def test_places_lead_to_the_items() -> None:
    places = read(ROWS[0]).places
    outer = {
        "/messages/1/content": "/input/0/content/0/text",
        "/messages/2/tool_calls/1/id": "/input/3/call_id",
        "/messages/2/tool_calls/1/function/name": "/input/3/name",
        "/messages/4/content": "/input/5/output",
        "/messages/5/content": "/output/0/content/0/text",
        "/tools/0/function/parameters/type": "/tools/0/parameters/type",
    }
    assert {inner: places.outer(inner).at for inner in outer} == outer


def test_items_of_other_types_and_other_parts_stay_to_the_letter() -> None:
    image = {"type": "input_image", "image_url": "x"}
    row = {"input": [{"type": "item_reference", "id": "a"}, {"role": "user", "content": [image]}]}
    turns = read(row).example.messages
    assert turns[0].extra == {"type": '"item_reference"', "id": '"a"'}
    assert turns[1].content == Exact('[{"type": "input_image", "image_url": "x"}]')


def test_thought_without_an_answer_is_kept() -> None:
    turns = read({"input": [{"type": "reasoning", "summary": []}]}).example.messages
    assert [list(turn.extra) for turn in turns] == [["reasoning_items"]]


def test_thoughts_between_calls_belong_to_the_same_answer() -> None:
    def thought(number: int) -> dict[str, Any]:
        return {"type": "reasoning", "id": f"rs_{number}", "summary": []}

    def call(number: int) -> dict[str, Any]:
        return {"type": "function_call", "call_id": f"c{number}", "name": "f", "arguments": "{}"}

    outputs = [{"type": "function_call_output", "call_id": f"c{number}", "output": "1"} for number in (1, 2)]
    items = [thought(1), call(1), thought(2), call(2), *outputs, thought(3), {"role": "assistant", "content": "Done."}]
    turns = read({"input": [{"role": "user", "content": "Both"}, *items]}).example.messages
    assert [turn.role for turn in turns] == ["user", "assistant", "tool", "tool", "assistant"]
    assert [one.id for one in turns[1].calls or ()] == ["c1", "c2"]
    thoughts = [json.loads(turns[place].extra["reasoning_items"]) for place in (1, 4)]
    assert thoughts == [[thought(1), thought(2)], [thought(3)]]


@pytest.mark.parametrize("raw", ROWS)
def test_rows_are_recognised(raw: bytes) -> None:
    assert detect_format([raw]) is FORMAT


@pytest.mark.parametrize("row", [{"input": "x", "output": "y"}, {"input": [{"role": "user"}]}, {"messages": []}])
def test_rows_of_another_shape_are_not_taken(row: dict[str, Any]) -> None:
    assert not FORMAT.recognises(json.dumps(row).encode())
