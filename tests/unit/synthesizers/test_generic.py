"""Words for tools nobody wrote words for."""

from __future__ import annotations

import json

import pytest

from curation.model.definition import Definition, Tool
from curation.synthesizers.frames import slots_of
from curation.synthesizers.generic import action_of, label_of, word_tool


def make_tool(name: str, description: str, properties: dict[str, object] | None = None) -> Tool:
    function = {
        "name": name,
        "description": description,
        "parameters": {"type": "object", "properties": properties or {}},
    }
    return Tool(Definition(json.dumps({"type": "function", "function": function})))


@pytest.mark.parametrize(
    ("name", "description", "said"),
    [
        ("get_weather", "Returns the weather of a city. Use it often.", "get the weather of a city"),
        ("getWeather", "", "get weather"),
        ("AddAgenda", "The API for adding an agenda item includes content.", "add an agenda"),
        ("find", "This tool allows you to find a person by name", "find a person by name"),
        ("list_x", "Used to list all open issues", "list all open issues"),
        ("send", "Sends [urgent] {mail} | fax", "send urgent mail fax"),
        ("x1", "Do " + "very " * 20 + "much", "use x 1"),
        ("", "", "use it"),
    ],
)
def test_an_action_is_a_verb_phrase(name: str, description: str, said: str) -> None:
    assert action_of(make_tool(name, description)) == said


@pytest.mark.parametrize(
    ("parameter", "label"),
    [("order_id", "order id"), ("maxResults", "max results"), ("HTTPCode", "http code"), ("$", "$")],
)
def test_a_parameter_is_called_by_its_words(parameter: str, label: str) -> None:
    assert label_of(parameter) == label


def test_every_frame_can_say_every_parameter() -> None:
    wording = word_tool(make_tool("book", "Book a room", {"city": {"type": "string"}, "$max": {"type": "integer"}}))
    assert len(wording.frames) >= 30
    assert all(set(slots_of(frame)) == {"city", "$max"} for frame in wording.frames)
