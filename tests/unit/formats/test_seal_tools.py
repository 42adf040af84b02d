"""Seal-Tools rows become a request, calls in steps, and results that name the values they give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import detect_format
from curation.formats.seal_tools import FORMAT
from curation.model.reading import Reading
from curation.model.values import Arguments

FOLDER = Path(__file__).parents[2] / "data/formats/seal_tools"
ROWS = (FOLDER / "rows.jsonl").read_bytes().splitlines()
TOOLS = [json.loads(line) for line in (FOLDER / "tools.jsonl").read_text().splitlines()]


def read(row: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def test_calls_that_wait_for_nothing_are_one_turn() -> None:
    example = read(ROWS[0]).example
    user, answer = example.messages
    assert user.role == "user"
    assert answer.calls
    assert (answer.calls[0].name, answer.calls[0].id) == ("getHealthWorkforce", "call_1")
    assert answer.calls[0].arguments == Arguments('{"location":"country","occupation":"nurses"}', "object")
    assert answer.calls[0].extra == {"responses": '["API_call_0","API_call_1","API_call_2"]'}
    assert example.extra == {"id": '"dev-easy-0"'}


def test_call_that_waits_for_another_follows_its_result() -> None:
    reading = read(ROWS[1])
    turns = reading.example.messages
    assert [turn.role for turn in turns] == ["user", "assistant", "tool", "tool", "assistant"]
    assert turns[2].content == '["API_call_0"]'
    assert [turn.tool_call_id for turn in turns[2:4]] == ["call_1", "call_2"]
    assert [(one.code, one.at) for one in reading.findings] == [
        ("A12", "/messages/4/tool_calls/0/function/arguments/location")
    ]


def test_places_lead_into_the_calling() -> None:
    places = read(ROWS[1]).places
    outer = {
        "/messages/0/content": "/query",
        "/messages/3/content": "/calling/1/responses",
        "/messages/4/tool_calls/0/function/name": "/calling/2/api",
        "/messages/4/tool_calls/0/function/arguments/location": "/calling/2/parameters/location",
    }
    assert {inner: places.outer(inner).at for inner in outer} == outer


def test_tools_beside_the_row_become_definitions() -> None:
    reading = read(json.loads(ROWS[0]) | {"tools": TOOLS})
    tools = reading.example.tools
    assert isinstance(tools, tuple)
    workforce = next(tool for tool in tools if tool.view.name == "getHealthWorkforce")
    assert workforce.view.wrapped
    assert workforce.view.parameters["type"] == "object"
    assert {one["type"] for one in workforce.view.parameters["properties"].values()} == {"string"}
    assert "T17" in {finding.code for finding in reading.findings}


@pytest.mark.parametrize("raw", ROWS)
def test_rows_are_recognised(raw: bytes) -> None:
    assert detect_format([raw]) is FORMAT


@pytest.mark.parametrize("row", [{"query": "x", "calling": []}, {"calling": [{"api": "f"}]}, {"query": "x"}])
def test_rows_of_another_shape_are_not_taken(row: dict[str, Any]) -> None:
    assert not FORMAT.recognises(json.dumps(row).encode())
