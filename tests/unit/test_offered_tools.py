"""What a reviewer reads of the tools an example offers."""

from __future__ import annotations

import json

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
    assert tool.schema == ""


def test_what_the_table_cannot_say_is_shown_as_the_schema():
    either = _object(town={"anyOf": [{"type": "string"}, {"type": "integer"}]})
    for schema in (either, True):
        (tool,) = list_offered(Example(messages=(), tools=(_define("weather", schema),)))
        assert json.loads(tool.schema) == schema
    assert list_offered(Example(messages=(), tools=None)) == ()
