"""Lists of tools in JSON and YAML: pages, hints, what has no place, what cannot be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.errors import NotFoundError, UnreadableError
from curation.model.definition import Definition, Tool
from curation.toolkits import ReadTool, fit_names, get_tool_format, read_tools

SCHEMA = {"type": "object", "properties": {}}


def mcp(**more: Any) -> dict[str, Any]:
    return {"name": "f", "description": "Does f.", "inputSchema": SCHEMA, **more}


def one(element: dict[str, Any]) -> ReadTool:
    (tool,) = read_tools(json.dumps({"tools": [element]}).encode()).tools
    return tool


@pytest.mark.parametrize(
    ("hints", "effect", "idempotent"),
    [
        ({"readOnlyHint": True}, "read", None),
        ({"readOnlyHint": False, "destructiveHint": False}, "write", None),
        ({"destructiveHint": True, "idempotentHint": True}, "destructive", True),
        ({"idempotentHint": "yes"}, None, None),
        ({}, None, None),
    ],
)
def test_hints_become_effects(hints: dict[str, Any], effect: str | None, idempotent: bool | None) -> None:
    tool = one(mcp(annotations=hints)).tool
    assert (tool.side_effect, tool.idempotent) == (effect, idempotent)


def test_several_pages_are_one_list_and_a_missing_one_is_said() -> None:
    pages = [{"tools": [mcp()], "nextCursor": "2"}, {"result": {"tools": [mcp(name="g")]}}]
    whole = read_tools(json.dumps(pages).encode())
    assert [(tool.tool.name, tool.at) for tool in whole.tools] == [("f", "/0/tools/0"), ("g", "/1/result/tools/0")]
    assert whole.notes == ()
    part = read_tools(json.dumps(pages[0]).encode())
    assert "`nextCursor` names a further page" in part.notes[0].words


def test_a_title_stands_in_for_a_missing_description() -> None:
    tool = one({"name": "f", "title": "Do f", "inputSchema": SCHEMA})
    assert tool.tool.definition.view.description == "Do f"
    assert tool.notes[0].kind == "changed"


def test_every_key_without_a_place_is_named() -> None:
    tool = one(mcp(icons=[], annotations={"openWorldHint": True}, _meta={"other": 1}, title="F"))
    assert [note.words.split("`")[1] for note in tool.notes] == [
        "icons", "annotations.openWorldHint", "_meta.other", "title"
    ]  # fmt: skip


def test_facts_that_are_not_ours_change_nothing() -> None:
    tool = one(mcp(_meta={"callwright/tool": {"policy": 5, "errors": "x"}})).tool
    assert tool.policy.text == ""


def test_the_first_of_two_alike_keeps_its_name() -> None:
    tools = read_tools(json.dumps([mcp(name="a.b"), mcp(name="a_b"), mcp(name="a_b")]).encode()).tools
    fitted = fit_names(tools)
    assert [tool.tool.name for tool in fitted] == ["a_b_2", "a_b", "a_b_3"]
    assert fitted[2].notes[0].words == "`a_b` is called `a_b_3`: that name is taken in this file"


def test_references_inside_a_schema_survive_openapi() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}}
    text = json.dumps({"name": "f", "parameters": schema})
    form = get_tool_format("openapi")
    written = form.write([Tool(Definition(text))]).text
    assert '"$id": "urn:callwright:tool:f"' in written
    assert read_tools(written.encode()).tools[0].tool.definition.view.parameters == schema


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"tools": [{"name": "f",\n "name": "g"}]}', "Line 2"),
        ("[" * 400, "deep"),
        ("tools:\n  - name: f\n  - *x\n", "Line 3: YAML aliases"),
        ("a: &a [x]\nb: &b [*a, *a]\n", "Line 2: YAML aliases"),
        ("\n".join("  " * i + "a:" for i in range(300)), "nested too deeply"),
        ("- name: f\n  name: g\n", 'Line 2: the key "name" occurs twice'),
        ("", "empty"),
        ('{"tools": {}}', "no tools"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        read_tools(text.encode())
    assert words in str(raised.value)


def test_bytes_that_are_no_text_name_their_line() -> None:
    with pytest.raises(UnreadableError, match="byte 4, on line 2, is not UTF-8"):
        read_tools(b"[\n \xff]")


def test_a_list_that_never_ends_is_refused() -> None:
    with pytest.raises(UnreadableError, match="more than 10,000 tools"):
        read_tools(json.dumps([{"name": "f"}] * 10_001).encode())


def test_an_unknown_form_names_those_there_are() -> None:
    with pytest.raises(NotFoundError) as raised:
        get_tool_format("soap")
    assert "anthropic, mcp, openai, openapi, pydantic, python" in str(raised.value)


def test_classes_of_functions_come_in_function_by_function() -> None:
    classes = [{"class": "files", "functions": [mcp(), {**mcp(), "name": "g"}]}, {**mcp(), "name": "h"}]
    read = read_tools(json.dumps(classes).encode())
    assert [(one.tool.name, one.at) for one in read.tools] == [
        ("f", "/0/functions/0"),
        ("g", "/0/functions/1"),
        ("h", "/1"),
    ]


def test_letters_with_marks_stay_letters_in_a_name() -> None:
    named = tuple(one({**mcp(), "name": name}) for name in ("ünï", "straße", "größe suchen", "Łódź"))
    assert [read.tool.name for read in fit_names(named)] == ["uni", "strasse", "grosse_suchen", "Lodz"]
