"""Importing tools: looked at, chosen, one act, taken back."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from curation.errors import NotAllowedError, StateError, UnreadableError
from curation.model.definition import Definition, Policy, Tool
from curation.services import cataloguing, tool_exporting, tool_importing
from curation.services.tool_importing import Chosen, ImportDone, ToolImport
from tests.shop_rows import Desk, make_tool

SCHEMA = {"type": "object", "properties": {"city": {"type": "string", "description": "Town."}}, "required": ["city"]}


def flat(name: str, schema: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": f"Does {name}.", "inputSchema": schema or SCHEMA, **more}


def look(desk: Desk, *tools: dict[str, Any]) -> ToolImport:
    data = json.dumps({"tools": list(tools)}).encode()
    return tool_importing.preview_import(desk.ws, desk.project_id, "tools.json", data)


def bring_in(desk: Desk, *tools: dict[str, Any], nonce: str = "in", beside: tuple[str, ...] = ()) -> ImportDone:
    preview = look(desk, *tools)
    names = [line.name for line in preview.lines]
    chosen = tool_importing.choose(preview, names, beside)
    return tool_importing.import_chosen(desk.ws, desk.actor, desk.project_id, chosen, nonce=nonce)


def names(desk: Desk) -> set[str]:
    return {view.name for view in cataloguing.list_tools(desk.ws, desk.project_id)}


def named(desk: Desk, name: str) -> cataloguing.ToolView:
    return next(view for view in cataloguing.list_tools(desk.ws, desk.project_id) if view.name == name)


def test_preview_tells_new_same_changed_and_clash(desk: Desk) -> None:
    bring_in(desk, flat("same"), flat("changed"), flat("a_b"))
    other = {**SCHEMA, "required": []}
    preview = look(desk, flat("fresh"), flat("same"), flat("changed", other), flat("a.b", other))
    assert {line.name: line.change for line in preview.lines} == {
        "fresh": "new",
        "same": "same",
        "changed": "changed",
        "a_b": "clash",
    }
    changed, clash = preview.lines[2], preview.lines[3]
    assert changed.differences == ("`city` is now optional",)
    assert clash.free_name == "a_b_2"
    assert "`a.b` is called `a_b`" in clash.notes[0].words


def test_preview_writes_nothing(desk: Desk) -> None:
    before = names(desk)
    look(desk, flat("fresh"))
    assert names(desk) == before


def test_findings_stand_beside_each_tool(desk: Desk) -> None:
    preview = look(desk, flat("fresh", {"type": "object", "properties": {"n": {"type": "str"}}}))
    assert any(one.severity == "error" for one in preview.lines[0].findings)


def test_what_the_source_does_not_say_is_kept(desk: Desk) -> None:
    bring_in(desk, flat("f"))
    view = named(desk, "f")
    known = msgspec.structs.replace(view.tool, policy=Policy(text="Only by day."), side_effect="write")
    cataloguing.save_tool(
        desk.ws, desk.actor, desk.project_id, known, tool_id=view.id, base_revision=view.revision, nonce="policy"
    )
    assert look(desk, flat("f")).lines[0].change == "same"
    bring_in(desk, flat("f", {**SCHEMA, "required": []}), nonce="again")
    tool = named(desk, "f").tool
    assert (tool.policy.text, tool.side_effect) == ("Only by day.", "write")


def test_a_clash_replaces_or_comes_in_beside(desk: Desk) -> None:
    bring_in(desk, flat("a_b"))
    bring_in(desk, flat("a.b", {**SCHEMA, "required": []}), nonce="beside", beside=("a_b",))
    assert {"a_b", "a_b_2"} <= names(desk)
    assert named(desk, "a_b").revision == 1


def test_same_nonce_imports_once(desk: Desk) -> None:
    assert bring_in(desk, flat("f"), nonce="once") == bring_in(desk, flat("f", {"type": "object"}), nonce="once")
    assert named(desk, "f").revision == 1


def test_an_import_is_taken_back_as_one_act(desk: Desk) -> None:
    bring_in(desk, flat("kept"), nonce="first")
    before = named(desk, "kept").tool
    bring_in(desk, flat("kept", {**SCHEMA, "required": []}), flat("added"), nonce="second")
    last = tool_importing.find_last_import(desk.ws, desk.project_id)
    assert last is not None
    assert (last.nonce, last.n_tools) == ("second", 2)
    tool_importing.undo_import(desk.ws, desk.actor, last.nonce, nonce="undo")
    assert "added" not in names(desk)
    assert named(desk, "kept").tool == before
    assert named(desk, "kept").revision == 3
    assert tool_importing.find_last_import(desk.ws, desk.project_id) is None


def test_an_import_is_not_taken_back_over_later_work(desk: Desk) -> None:
    bring_in(desk, flat("f"))
    view = named(desk, "f")
    cataloguing.save_tool(
        desk.ws,
        desk.actor,
        desk.project_id,
        msgspec.structs.replace(view.tool, side_effect="read"),
        tool_id=view.id,
        base_revision=view.revision,
        nonce="later",
    )
    with pytest.raises(StateError, match="saved after the import"):
        tool_importing.undo_import(desk.ws, desk.actor, "in", nonce="undo")
    assert named(desk, "f").tool.side_effect == "read"


def test_import_is_refused_where_a_tool_was_saved_after_the_file_was_looked_at(desk: Desk) -> None:
    bring_in(desk, flat("f"))
    preview = look(desk, flat("f", description="Imported words."), flat("new"))
    view = named(desk, "f")
    cataloguing.save_tool(
        desk.ws,
        desk.actor,
        desk.project_id,
        msgspec.structs.replace(view.tool, side_effect="destructive"),
        tool_id=view.id,
        base_revision=view.revision,
        nonce="meanwhile",
    )
    chosen = tool_importing.choose(preview, ["f", "new"])
    with pytest.raises(StateError, match="`f` has changed since the file was looked at"):
        tool_importing.import_chosen(desk.ws, desk.actor, desk.project_id, chosen, nonce="over it")
    assert (named(desk, "f").tool.side_effect, names(desk)) == ("destructive", {"f"})
    bring_in(desk, flat("f", description="Imported words."), nonce="looked again")
    assert named(desk, "f").tool.side_effect == "destructive"


def test_name_that_was_taken_after_the_file_was_looked_at_is_not_overwritten(desk: Desk) -> None:
    preview = look(desk, flat("f"))
    bring_in(desk, flat("f", description="Somebody else's."))
    chosen = tool_importing.choose(preview, ["f"])
    with pytest.raises(StateError, match="has changed since"):
        tool_importing.import_chosen(desk.ws, desk.actor, desk.project_id, chosen, nonce="late")


def test_annotators_import_nothing(desk: Desk) -> None:
    annotator = msgspec.structs.replace(desk.actor, roles=frozenset({"annotator"}))
    tools = (Chosen(Tool(Definition('{"name":"f"}'))),)
    with pytest.raises(NotAllowedError):
        tool_importing.import_chosen(desk.ws, annotator, desk.project_id, tools, nonce="n")


@pytest.mark.parametrize("form", ["mcp", "openapi"])
def test_what_was_exported_comes_back_as_the_same(desk: Desk, form: str) -> None:
    bring_in(desk, flat("f", annotations={"readOnlyHint": True}), flat("g"))
    file = tool_exporting.export_tools(desk.ws, desk.project_id, form)
    preview = tool_importing.preview_import(desk.ws, desk.project_id, file.name, file.text.encode())
    assert preview.form == form
    assert {line.change for line in preview.lines} == {"same"}


def test_a_published_version_is_exported_as_it_was(desk: Desk) -> None:
    bring_in(desk, flat("f"))
    version = cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce="publish")
    bring_in(desk, flat("g"), nonce="more")
    file = tool_exporting.export_tools(desk.ws, desk.project_id, "openai", version=version.n)
    assert file.name == f"tools-v{version.n}-openai.json"
    assert '"g"' not in file.text


def test_what_is_no_tool_is_a_fault_and_what_has_no_name_gets_one(desk: Desk) -> None:
    data = b'{"tools": [5, {"function": 5}, {"description": "Nameless.", "inputSchema": {}}]}'
    preview = tool_importing.preview_import(desk.ws, desk.project_id, "tools.json", data)
    assert [fault.at for fault in preview.faults] == ["/tools/0", "/tools/1"]
    assert preview.lines[0].notes[0].words == (
        "it has no name, so it is called `nameless`, after what it says of itself"
    )


def test_nameless_tools_are_called_after_what_they_say_and_no_two_alike(desk: Desk) -> None:
    city = {"type": "object", "properties": {"city": {"type": "string"}, "day": {"type": "string"}}}
    tools: list[dict[str, Any]] = [
        {"description": "Look up the weather of a city.", "inputSchema": city},
        {"description": "Look up the weather for you!", "inputSchema": city},
        {"name": "\u67e5\u8be2", "inputSchema": city},
        {"name": "", "inputSchema": {"type": "object", "properties": {}}},
    ]
    lines = look(desk, *tools).lines
    assert [line.name for line in lines] == ["look_up_weather", "look_up_weather_2", "with_city_day", "tool"]
    assert all(line.notes[0].kind == "renamed" for line in lines)


@pytest.mark.parametrize("text", ["[]", '{"tools": []}', '{"openapi": "3.1.0", "paths": {}}'])
def test_a_source_without_tools_is_refused_wherever_it_is_imported(desk: Desk, text: str) -> None:
    with pytest.raises(UnreadableError, match=r"empty\.json.* holds no tools"):
        tool_importing.preview_import(desk.ws, desk.project_id, "empty.json", text.encode())


def test_catalogue_version_leaves_as_models_with_a_parser(desk: Desk) -> None:
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool(), nonce=desk.nonce())
    cataloguing.publish(desk.ws, desk.actor, desk.project_id, nonce=desk.nonce())
    cataloguing.save_tool(desk.ws, desk.actor, desk.project_id, make_tool("refund_order"), nonce=desk.nonce())
    file = tool_exporting.export_tools(desk.ws, desk.project_id, "pydantic_models", version=1)
    assert (file.name, file.n_tools) == ("tools-v1-pydantic_models.py", 1)
    assert "class TrackOrderCall(BaseModel):" in file.text
    assert "refund_order" not in file.text
