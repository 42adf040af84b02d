"""xLAM rows: requests with answers and tools as JSON text, parameters under types of Python."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import detect_format, get_format
from curation.formats.named_types import read_type
from curation.model.reading import Reading
from curation.model.values import Arguments

LINES = (Path(__file__).parents[2] / "data/formats/xlam/rows.jsonl").read_bytes().splitlines()


def read(raw: bytes | dict[str, Any]) -> Reading:
    reading = get_format("xlam").read(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    assert isinstance(reading, Reading)
    return reading


def schema(reading: Reading) -> Any:
    assert isinstance(reading.example.tools, tuple)
    return reading.example.tools[0].view.parameters


def test_rows_are_recognised() -> None:
    assert detect_format(LINES).name == "xlam"


def test_request_and_answers_become_turns() -> None:
    user, answer = read(LINES[1]).example.messages
    assert (user.role, user.content) == ("user", "Add 1.10 and 2.50, then the same for 3 and 4.")
    assert answer.calls is not None
    assert [(call.name, call.id) for call in answer.calls] == [("add", "call_1"), ("add", "call_2")]
    assert answer.calls[0].arguments == Arguments('{"terms":[1.10,2.50]}', "object")


def test_parameter_is_required_without_a_default_and_without_optional() -> None:
    found = schema(read(LINES[0]))
    assert found["required"] == ["platform"]
    assert found["properties"]["kind"] == {"description": "What is given away.", "type": "string", "default": "game"}
    assert found["properties"]["most"]["type"] == "integer"


def test_types_of_python_are_said_to_be_mended() -> None:
    reading = read(LINES[1])
    assert schema(reading)["properties"]["terms"]["items"] == {"type": "number"}
    assert schema(reading)["required"] == ["terms"]
    assert [finding.code for finding in reading.findings] == ["T17"]


def test_places_lead_into_the_texts() -> None:
    places = read(LINES[0]).places
    place = places.outer("/messages/1/tool_calls/0/function/arguments/platform")
    assert (place.at, place.inside) == ("/answers", "/0/arguments/platform")
    place = places.outer("/tools/0/function/parameters/properties/kind/default")
    assert (place.at, place.inside) == ("/tools", "/0/parameters/kind/default")


def test_no_answer_is_a_turn_that_somebody_has_to_fill() -> None:
    assert read(LINES[2]).example.messages[1].role == "assistant"
    assert read(LINES[2]).example.messages[1].calls is None


def test_python_literals_are_read_and_said() -> None:
    row = {"query": "q", "answers": "[{'name': 'f', 'arguments': {'a': True}}]", "tools": "[{'name': 'f'}]"}
    reading = read(row)
    assert reading.example.messages[1].calls is not None
    assert reading.example.messages[1].calls[0].arguments == Arguments('{"a":true}', "object")
    assert [finding.code for finding in reading.findings] == ["J03", "J03"]


@pytest.mark.parametrize(("key", "code"), [("answers", "J12"), ("tools", "T04")])
def test_text_that_cannot_be_understood_stays_with_a_finding(key: str, code: str) -> None:
    reading = read({"query": "q", "answers": "[]", "tools": "[]"} | {key: "[{broken"})
    assert reading.example.extra[key] == '"[{broken"'
    assert code in {finding.code for finding in reading.findings}


def test_lists_and_json_schema_are_taken_as_they_are() -> None:
    tool = {"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}
    reading = read({"query": "q", "answers": [{"name": "f", "arguments": {}}], "tools": [tool]})
    assert schema(reading) == tool["parameters"]
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("str", {"type": "string"}),
        ("str, optional", {"type": "string"}),
        ("str, default 'x'", {"type": "string"}),
        ("List[Dict[str, int]]", {"type": "array", "items": {"type": "object"}}),
        ("Union[int, str]", {"type": ["integer", "string"]}),
        ("Union[int, None]", {"type": "integer"}),
        ("int | list[str]", {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "string"}}]}),
        ("Literal['a', \"b\"]", {"type": "string", "enum": ["a", "b"]}),
        ("typing.Tuple[int, str]", {"type": "array"}),
        ("Any", {}),
    ],
)
def test_names_of_types_are_read(name: str, members: dict[str, Any]) -> None:
    found = read_type(name)
    assert found is not None
    assert {key: json.loads(source) for key, source in found.members.items()} == members


@pytest.mark.parametrize("name", ["Foo", "List[Foo]", "", "[", "x" * 10_000, "List[" * 90 + "int" + "]" * 90])
def test_names_nobody_knows_are_no_types(name: str) -> None:
    assert read_type(name) is None or name.startswith("List[List")
