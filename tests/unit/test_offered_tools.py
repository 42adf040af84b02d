"""What a reviewer reads of the tools an example offers."""

from __future__ import annotations

import json

import pytest

from curation.model.definition import Definition
from curation.model.example import Arguments, Call, Example, Message
from curation.services.offered_tools import list_offered


def _define(name: str, parameters: object) -> Definition:
    function = {"name": name, "description": f"What {name} does.", "parameters": parameters}
    return Definition(json.dumps({"type": "function", "function": function}))


def _object(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "required": ["town"]}


def test_called_tools_come_first_with_how_often():
    call = Call(name="weather", arguments=Arguments("{}"), id="call_1", type="function")
    tools = (_define("search", _object()), _define("weather", _object()))
    example = Example(messages=(Message(role="assistant", calls=(call, call)),), tools=tools)
    assert [(one.name, one.n_calls) for one in list_offered(example)] == [("weather", 2), ("search", 0)]


def test_parameters_say_what_they_take():
    schema = _object(
        town={"type": "string", "description": "Where.", "maxLength": 40},
        unit={"enum": ["c", "f"]},
        days={"type": ["integer", "null"], "minimum": 1},
        at={"type": "object", "properties": {"hour": {"type": "integer"}}},
    )
    (tool,) = list_offered(Example(messages=(), tools=(_define("weather", schema),)))
    found = {one.name: (one.takes, one.is_required, one.meaning) for one in tool.parameters}
    assert found == {
        "town": ("string, longest 40", True, "Where."),
        "unit": ("one of c · f", False, ""),
        "days": ("integer, at least 1, or null", False, ""),
        "at": ("object", False, ""),
        "at.hour": ("integer", False, ""),
    }
    assert tool.left_out == ""


@pytest.mark.parametrize(
    "beside",
    [
        {"oneOf": [{"required": ["town"]}]},
        {"if": {"required": ["town"]}, "then": {"required": ["unit"]}},
        {"dependentRequired": {"town": ["unit"]}},
        {"minProperties": 2},
        {"additionalProperties": {"type": "string"}},
    ],
)
def test_a_condition_on_the_whole_call_is_shown(beside: dict[str, object]) -> None:
    schema = _object(town={"type": "string"}, unit={"type": "string"}) | beside
    (tool,) = list_offered(Example(messages=(), tools=(_define("weather", schema),)))
    assert json.loads(tool.left_out) == beside


@pytest.mark.parametrize("beside", [{"not": {"const": "x"}}, {"x-unit": "km"}, {"const": "x"}])
def test_a_keyword_of_one_parameter_that_the_table_lacks_is_shown_at_its_place(beside: dict[str, object]) -> None:
    schema = _object(towns={"type": "array", "items": {"type": "string", **beside}})
    (tool,) = list_offered(Example(messages=(), tools=(_define("weather", schema),)))
    assert json.loads(tool.left_out) == {"properties": {"towns": {"items": beside}}}


def test_what_breaks_no_call_is_left_out_and_a_switch_is_said_where_it_is_on() -> None:
    at = {"type": "object", "title": "At", "properties": {}, "additionalProperties": False}
    tags = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    more = {"type": "array", "items": {"type": "string"}, "uniqueItems": False}
    schema = _object(at=at, tags=tags, more=more) | {"title": "Weather", "additionalProperties": False}
    (tool,) = list_offered(Example(messages=(), tools=(_define("weather", schema),)))
    assert tool.left_out == ""
    assert [one.takes for one in tool.parameters if not one.name.endswith("[]")] == [
        "object, only these keys",
        "array, no item twice",
        "array",
    ]


def test_what_the_table_cannot_say_is_shown_as_json():
    either = _object(town={"anyOf": [{"type": "string"}, {"type": "integer"}]})
    for schema, left in ((either, {"properties": either["properties"]}), (True, True), ({"type": "string"},) * 2):
        (tool,) = list_offered(Example(messages=(), tools=(_define("weather", schema),)))
        assert json.loads(tool.left_out) == left
    assert list_offered(Example(messages=(), tools=None)) == ()
