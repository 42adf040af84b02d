"""What publishing changes is said parameter by parameter."""

from __future__ import annotations

import json

from curation.model.definition import Definition, Policy, Tool
from curation.model.values import Json
from curation.services.tool_differences import compare_catalogues, compare_tools


def make(
    properties: dict[str, Json], required: list[str] | None = None, name: str = "send", words: str = "Sends."
) -> Tool:
    parameters = {"type": "object", "properties": properties} | ({"required": required} if required else {})
    function = {"name": name, "description": words, "parameters": parameters}
    return Tool(Definition(json.dumps({"type": "function", "function": function})))


def test_required_and_optional_are_said_by_name() -> None:
    before = make({"postcode": {"type": "string"}, "city": {"type": "string"}}, ["city"])
    after = make({"postcode": {"type": "string"}, "city": {"type": "string"}}, ["postcode"])
    assert compare_tools(before, after) == ("`postcode` is now required", "`city` is now optional")


def test_new_gone_and_changed_parameters_are_named() -> None:
    before = make({"note": {"type": "string"}, "amount": {"type": "number", "minimum": 1}})
    after = make({"amount": {"type": "number", "minimum": 0}, "why": {"type": "string"}}, ["why"])
    assert compare_tools(before, after) == (
        "`amount`: `minimum` was 1, is 0",
        "`why` is new and required",
        "`note` is gone",
    )


def test_choices_inside_lists_are_named_with_their_place() -> None:
    def lines(*choices: str) -> Tool:
        inner = {"type": "object", "properties": {"kind": {"enum": list(choices)}}}
        return make({"lines": {"type": "array", "items": inner}})

    assert compare_tools(lines("a", "b"), lines("b", "c")) == (
        '`lines[].kind` also takes "c"',
        '`lines[].kind` no longer takes "a"',
    )


def test_words_and_policy_are_said_too() -> None:
    before = make({})
    after = Tool(make({}, words="Sends it.").definition, policy=Policy(text="Only once."))
    assert compare_tools(before, after) == ("the description has changed", "the policy has changed")


def test_catalogues_are_compared_by_name_and_equal_tools_left_out() -> None:
    kept, gone, came = make({}, name="kept"), make({}, name="gone"), make({}, name="came")
    changed = make({"x": {"type": "string"}}, name="kept")
    assert compare_catalogues([kept, gone], [kept, gone]) == ()
    found = compare_catalogues([kept, gone], [changed, came])
    assert [(one.name, one.kind) for one in found] == [("kept", "changed"), ("came", "added"), ("gone", "removed")]


def test_renamed_argument_and_renamed_tool_are_said_as_such():
    who = {"type": "string", "description": "Who gets it."}
    old = named_tool("pay", {"to": who, "note": {"type": "string", "maxLength": 9}})
    new = named_tool("pay", {"recipient": who, "note": {"type": "string", "maxLength": 9}})
    assert compare_tools(old, new) == ("`to` is called `recipient` now",)
    moved = named_tool("send_money", {"to": who, "note": {"type": "string", "maxLength": 9}})
    (change,) = compare_catalogues([old], [moved])
    assert (change.name, change.kind, change.sentences) == ("send_money", "changed", ("it was called `pay`",))


def named_tool(name: str, properties: dict[str, Json]) -> Tool:
    function = {"name": name, "description": "Pays.", "parameters": {"type": "object", "properties": properties}}
    return Tool(Definition(json.dumps({"type": "function", "function": function})))
