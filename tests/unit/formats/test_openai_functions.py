"""The OpenAI form of 2023 is read as the one of today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats.openai_functions import FORMAT
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments
from curation.rules import check

ROWS = (Path(__file__).parents[2] / "data/formats/openai_functions/rows.jsonl").read_bytes().splitlines()


def read(row: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def test_calls_results_and_functions_take_their_new_places() -> None:
    example = read(ROWS[0]).example
    assert [message.role for message in example.messages] == ["system", "user", "assistant", "tool", "assistant"]
    calls = example.messages[2].calls
    assert calls
    assert (calls[0].id, calls[0].type, calls[0].name) == ("call_1", "function", "get_weather")
    assert calls[0].arguments == Arguments('{"city": "Ulm"}')
    assert (example.messages[3].tool_call_id, example.messages[3].name) == ("call_1", "get_weather")
    assert example.messages[2].extra == example.extra == {}
    assert isinstance(example.tools, tuple)
    assert example.tools[0].view.wrapped
    assert example.tools[0].view.name == "get_weather"


def test_nothing_is_wrong_with_what_was_read() -> None:
    assert not {finding.code for finding in check(read(ROWS[0]))} & {"M02", "M12", "M17", "C01", "C04", "T01"}


def test_choice_of_the_row_stays_beside_it() -> None:
    example = read(ROWS[1]).example
    assert example.extra == {"function_call": '"auto"'}


def test_places_lead_to_the_old_keys() -> None:
    places = read(ROWS[0]).places
    inner = ["/messages/2/tool_calls/0/function/name", "/tools/0/function/parameters/type"]
    assert [places.outer(one).at for one in inner] == [
        "/messages/2/function_call/name",
        "/functions/0/parameters/type",
    ]
    hidden = places.outer("/messages/2/tool_calls/0/function/arguments/city")
    assert (hidden.at, hidden.inside) == ("/messages/2/function_call/arguments", "/city")


def test_result_that_answers_no_call_has_no_id() -> None:
    row = {"messages": [{"role": "function", "name": "f", "content": "1"}]}
    message = read(row).example.messages[0]
    assert (message.role, message.tool_call_id, message.name) == ("tool", UNSET, "f")


@pytest.mark.parametrize(
    "message",
    [
        {"role": "assistant", "function_call": "auto"},
        {"role": "user", "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "assistant", "function_call": {"name": "f"}, "tool_calls": []},
    ],
)
def test_what_is_no_old_call_stays_as_it_is(message: dict[str, Any]) -> None:
    example = read({"messages": [message], "functions": []}).example
    assert "function_call" in example.messages[0].extra


@pytest.mark.parametrize(
    ("row", "is_old"),
    [
        (json.loads(ROWS[0]), True),
        (json.loads(ROWS[1]), True),
        ({"messages": [{"role": "function", "content": "x"}]}, True),
        ({"messages": [{"role": "user", "content": "function"}]}, False),
        ({"messages": [{"role": "function", "content": "x"}], "tools": []}, False),
        ({"messages": [{"role": "assistant", "tool_calls": []}], "functions": []}, False),
    ],
)
def test_old_rows_are_told_from_those_of_today(row: dict[str, Any], is_old: bool) -> None:
    assert FORMAT.recognises(json.dumps(row).encode()) is is_old
