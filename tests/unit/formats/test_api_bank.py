"""API-Bank dialogues: turns of User, AI and API; a file of turns is one row."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import detect_format, get_format
from curation.formats.files import Rows
from curation.model.reading import Reading, Reject
from curation.model.values import Arguments

TURNS = (Path(__file__).parents[2] / "data/formats/api_bank/turns.jsonl").read_bytes()
ROW = {"id": 7, "chat_history": [json.loads(line) for line in TURNS.splitlines()]}


def read(row: dict[str, Any]) -> Reading:
    reading = get_format("api_bank").read(json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def test_file_of_turns_is_one_row() -> None:
    rows = Rows(io.BytesIO(TURNS), "level-1.jsonl")
    assert detect_format(rows.head.rows).name == "api_bank"
    (row,) = rows.read(get_format("api_bank"))
    assert isinstance(row.result, Reading)
    roles = [message.role for message in row.result.example.messages]
    assert roles == ["user", "assistant", "user", "assistant", "tool", "assistant", "tool", "assistant"]


def test_call_and_result_of_one_turn_become_two() -> None:
    example = read(ROW).example
    assert example.extra == {"id": "7"}
    call = (example.messages[5].calls or ())[0]
    assert (call.name, call.id) == ("DeleteMeeting", "call_2")
    assert call.arguments == Arguments('{"token": "a1b2", "day": "2023-09-12", "cost": 1.1}', "object")
    assert example.messages[6].tool_call_id == "call_2"
    assert example.messages[6].content == '{"output":null,"exception":"No such meeting."}'


def test_result_keeps_what_differs_from_its_call() -> None:
    turn = {"role": "API", "api_name": "F", "param_dict": {"a": 1}, "result": {"input": {"a": 2}, "output": 3}}
    example = read({"turns": [turn]}).example
    assert example.messages[1].content == '{"input":{"a": 2},"output":3}'


def test_places_lead_to_the_turn() -> None:
    places = read(ROW).places
    assert places.outer("/messages/5/tool_calls/0/function/arguments/day").at == "/chat_history/4/param_dict/day"
    assert places.outer("/messages/6/content").at == "/chat_history/4/result"
    assert places.outer("/messages/0/content").at == "/chat_history/0/text"


@pytest.mark.parametrize("turn", [{"role": "API"}, {"role": "Judge", "text": "x"}, 5, "x"])
def test_turn_of_another_kind_stays_as_it_is(turn: Any) -> None:
    example = read({"turns": [turn]}).example
    assert len(example.messages) == 1


def test_broken_turn_makes_the_dialogue_a_reject() -> None:
    rows = Rows(io.BytesIO(TURNS + TURNS + b'{"role": "AI", "te'), "level-1.jsonl")
    (row,) = rows.read(get_format("api_bank"))
    assert isinstance(row.result, Reject)


def test_rows_of_ours_are_no_dialogues_of_that_kind() -> None:
    ours = json.dumps({"messages": [{"role": "user", "content": "x"}]}).encode()
    assert not get_format("api_bank").recognises(ours)
    assert get_format("api_bank").recognises(json.dumps(ROW).encode())
