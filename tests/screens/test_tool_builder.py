"""The tool builder: nested parameters, meanings, units, undoing, searching, what a field refuses."""

from __future__ import annotations

import json

import pytest
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

from curation.errors import BlockedError
from curation.services import cataloguing, drafting
from curation.services.workspace import Workspace
from tests.screens.building import PARAMETERS, SKU, Builder
from tests.screens.rows import pick_row, rows_of, text_of
from tests.screens.stage import HOSTILE, Stage, make_tool, texts
from ui import tool_texts


def test_rows_show_every_parameter_at_any_depth(builder: Builder) -> None:
    shown = rows_of(builder.shown, builder.key("rows", ""))
    assert [">" * row.get("depth", 0) + shown.words(row["id"]) for row in shown.rows] == [
        "reason enum (2) · required",
        "amount number",
        "lines array of object",
        ">each item object",
        ">>sku string",
    ]
    assert [row["title"] for row in shown.rows if not row.get("strong")] == ["each item"]


def test_a_parameter_is_added_inside_an_array_of_objects(builder: Builder) -> None:
    builder.choose("/properties/lines")
    builder.press(builder.key("inside", "/properties/lines"))
    pointer = "/properties/lines/items/properties/parameter_1"
    shown = text_of(builder.shown, builder.key("name", pointer))
    assert (shown["value"], shown["placeholder"]) == ("", "parameter_1")
    builder.type("name", pointer, "count")
    assert list(builder.schema()["properties"]["lines"]["items"]["properties"]) == ["sku", "count"]


def test_add_inside_goes_beside_a_nested_parameter(builder: Builder) -> None:
    builder.choose(SKU)
    builder.press(builder.key("inside", SKU))
    assert "parameter_1" in builder.schema()["properties"]["lines"]["items"]["properties"]


def test_what_an_item_is_is_said_in_the_form_of_the_array(builder: Builder) -> None:
    builder.choose("/properties/lines")
    builder.shown.selectbox(key=builder.key("items", "/properties/lines")).set_value("integer").run()
    assert builder.schema()["properties"]["lines"]["items"]["type"] == "integer"
    builder.shown.selectbox(key=builder.key("items", "/properties/lines")).set_value("not said").run()
    assert "items" not in builder.schema()["properties"]["lines"]


def test_values_and_meanings_are_typed_as_lines(builder: Builder) -> None:
    builder.type("choices", "/properties/reason", "late: past the date\nlost: the carrier gave up\nother")
    reason = builder.schema()["properties"]["reason"]
    assert reason["enum"] == ["late", "lost", "other"]
    assert reason["description"] == "- late: past the date\n- lost: the carrier gave up"
    assert builder.read("described", "/properties/reason") == ""
    builder.type("choices", "/properties/reason", "late\nlate")
    assert "twice" in texts(builder.shown)
    assert builder.read("choices", "/properties/reason") == "late\nlate"
    assert builder.schema()["properties"]["reason"]["enum"] == ["late"]


def test_a_unit_stands_where_models_and_lint_read_it(builder: Builder) -> None:
    builder.choose("/properties/amount")
    assert "without a unit" in texts(builder.shown)
    builder.type("unit", "/properties/amount", "EUR")
    assert builder.schema()["properties"]["amount"]["description"] == "Unit: EUR"
    assert "without a unit" not in texts(builder.shown)


def test_bounds_formats_null_and_defaults_are_fields(builder: Builder) -> None:
    builder.choose("/properties/amount")
    for keyword, typed in (("minimum", "0.10"), ("multipleOf", "0.05"), ("default", "1.00"), ("examples", "1\n2.50")):
        builder.type(keyword, "/properties/amount", typed)
    builder.shown.toggle(key=builder.key("null", "/properties/amount")).set_value(True).run()
    assert '"minimum": 0.10' in builder.draft()
    amount = builder.schema()["properties"]["amount"]
    assert amount == {
        "type": ["number", "null"], "minimum": 0.1, "multipleOf": 0.05, "default": 1.0, "examples": [1, 2.5]
    }  # fmt: skip
    builder.choose(SKU)
    builder.shown.selectbox(key=builder.key("format", SKU)).set_value("uuid").run()
    assert builder.schema()["properties"]["lines"]["items"]["properties"]["sku"]["format"] == "uuid"


def test_keywords_only_the_json_shows_are_kept_and_said(builder: Builder) -> None:
    builder.choose("/properties/lines/items")
    assert "2 keywords only in the JSON, kept as written: x-erp, title" in texts(builder.shown)
    builder.shown.toggle(key=builder.key("additionalProperties", "/properties/lines/items")).set_value(True).run()
    item = builder.schema()["properties"]["lines"]["items"]
    assert (item["x-erp"], item["title"], item["additionalProperties"]) == (1, "Line", False)


def test_an_edit_in_the_form_keeps_every_other_character_of_typed_json(builder: Builder) -> None:
    typed = (
        '{ "type":"object",\n\t"properties" : {"a":{"type":"string"} ,\n\n "b":{ "minimum":1.50,"type":"number"}}}\n'
    )
    stage = builder.stage
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", builder.tool.id, "parameters", 1, typed)
    builder.shown.run()
    builder.type("name", "/properties/a", "city")
    assert builder.draft() == typed.replace('"a"', '"city"')


def test_parameters_are_moved_copied_and_removed_and_all_of_it_undone(builder: Builder) -> None:
    builder.press(builder.key("down", "/properties/reason"))
    assert list(builder.schema()["properties"]) == ["amount", "reason", "lines"]
    builder.press(builder.key("copy", "/properties/reason"))
    assert list(builder.schema()["properties"]) == ["amount", "reason", "reason_2", "lines"]
    assert builder.schema()["required"] == ["reason", "reason_2"]
    builder.press(builder.key("remove", "/properties/reason_2"))
    assert "reason_2" not in builder.schema()["properties"]
    builder.press(f"tool.undo.{builder.tool.id}")
    assert list(builder.schema()["properties"]) == ["amount", "reason", "reason_2", "lines"]
    assert rows_of(builder.shown, builder.key("rows", "")).chosen == "/properties/reason_2"
    builder.press(f"tool.undo.{builder.tool.id}")
    builder.press(f"tool.undo.{builder.tool.id}")
    assert builder.shown.button(key=f"tool.undo.{builder.tool.id}").disabled
    assert json.loads(builder.draft()) == json.loads(PARAMETERS)


def test_a_tool_takes_nothing_but_its_parameters_when_asked_to(builder: Builder) -> None:
    builder.shown.toggle(key=builder.key("closed", "")).set_value(True).run()
    assert builder.schema()["additionalProperties"] is False
    builder.shown.toggle(key=builder.key("closed", "")).set_value(False).run()
    assert "additionalProperties" not in builder.schema()


def test_five_hundred_parameters_are_searched_and_paged(stage: Stage) -> None:
    properties = {f"parameter_{n}": {"type": "string", "description": f"Value {n}"} for n in range(500)}
    builder = Builder(stage, json.dumps({"type": "object", "properties": properties}))
    assert not builder.shown.exception
    assert len(rows_of(builder.shown, builder.key("rows", "")).ids) == 100
    assert "400 more rows" in texts(builder.shown)
    builder.shown.text_input(key=builder.key("search", "")).set_value("value 499").run()
    assert builder.read("name", "/properties/parameter_499") == "parameter_499"
    builder.press(builder.key("add", ""))
    assert text_of(builder.shown, builder.key("name", "/properties/parameter_500"))["placeholder"] == "parameter_500"


def test_names_in_any_script_and_long_descriptions_are_shown_and_kept(stage: Stage) -> None:
    names = ["رقم_الطلب", "a/b~c", HOSTILE, "x" * 200]
    long = "word " * 1000
    parameters = {"type": "object", "properties": {name: {"type": "string", "description": long} for name in names}}
    builder = Builder(stage, json.dumps(parameters, ensure_ascii=False))
    for name in names:
        pointer = "/properties/" + name.replace("~", "~0").replace("/", "~1")
        builder.choose(pointer)
        assert builder.read("name", pointer) == name
        builder.shown.toggle(key=builder.key("required", pointer)).set_value(True).run()
    assert builder.schema() == parameters | {"required": names}


def test_a_retyped_parameter_shows_what_the_old_type_left(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("string").run()
    builder.type("examples", "/properties/amount", "ten\ntwenty")
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("integer").run()
    assert not builder.shown.exception
    assert builder.read("examples", "/properties/amount") == '"ten"\n"twenty"'
    builder.type("examples", "/properties/amount", "1\ntwo")
    assert "two is not an integer" in texts(builder.shown)


def test_text_a_field_refuses_is_kept_and_keeps_the_tool_from_being_saved(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.type("examples", "/properties/amount", "0.5\n2,5")
    assert builder.schema()["properties"]["amount"]["examples"] == [0.5]
    builder.press(f"tool.save.{builder.tool.id}")
    said = texts(builder.shown)
    assert said.count("Not saved") == 1
    assert "Not taken yet" not in said
    assert cataloguing.get_tool(builder.stage.ws, builder.tool.id).revision == builder.tool.revision
    again = builder.stage.show("catalogue")
    pick_row(again, builder.key("rows", ""), "/properties/amount")
    assert text_of(again, builder.key("examples", "/properties/amount"))["value"] == "0.5\n2,5"
    assert "2,5 is not a number" in texts(again)
    builder.type("examples", "/properties/amount", "0.5\n2.5")
    assert '"examples":[0.5,2.5]' in builder.saved().definition.text.replace(" ", "")


def test_undo_takes_a_refused_text_back_first(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("string").run()
    builder.type("maxLength", "/properties/amount", "5")
    builder.type("maxLength", "/properties/amount", "five")
    builder.press(f"tool.undo.{builder.tool.id}")
    assert builder.read("maxLength", "/properties/amount") == "5"
    assert builder.schema()["properties"]["amount"]["maxLength"] == 5
    builder.press(f"tool.undo.{builder.tool.id}")
    assert builder.read("maxLength", "/properties/amount") == ""
    assert "maxLength" not in builder.schema()["properties"]["amount"]


def test_refused_text_goes_with_its_parameter(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.type("minimum", "/properties/amount", "few")
    builder.type("name", "/properties/amount", "sum")
    assert builder.read("minimum", "/properties/amount") == "few"
    builder.press(builder.key("remove", "/properties/amount"))
    saved = builder.saved()
    assert '"sum"' not in saved.definition.text


def test_an_empty_enum_and_crossed_bounds_are_errors(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("enum").run()
    builder.type("default", "/properties/amount", "urgent")
    shown = texts(builder.shown)
    assert "The enum is empty" in shown
    assert "must be one of ," not in shown
    builder.saved()
    with pytest.raises(BlockedError):
        cataloguing.publish(builder.stage.ws, builder.stage.actor, builder.stage.project.id, nonce="early")


def test_publishing_names_tools_with_unsaved_text(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.type("minimum", "/properties/amount", "1")
    other = make_tool("track", PARAMETERS)
    other_id = cataloguing.save_tool(
        builder.stage.ws, builder.stage.actor, builder.stage.project.id, other, nonce="track"
    ).id
    builder.shown.run()
    assert "unsaved" in str(rows_of(builder.shown, "catalogue.rail"))
    pick_row(builder.shown, "catalogue.rail", other_id)
    builder.press("catalogue.publish")
    assert "refund has changes that are not saved" in texts(builder.shown)


def test_what_is_typed_is_kept_where_a_newer_run_of_the_page_cuts_in(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a click on another tool right after typing does; every look at the state of the tab is a place to cut."""
    builder.choose("/properties/amount")
    n_asked = 0

    def ask_for_a_run() -> Workspace:
        nonlocal n_asked
        context = get_script_run_ctx()
        if n_asked == 0 and context is not None and context.script_requests is not None:
            n_asked += 1
            context.script_requests.request_rerun(RerunData(page_script_hash=context.page_script_hash))
        return builder.stage.ws

    monkeypatch.setattr(tool_texts, "workspace", ask_for_a_run)
    builder.type("described", "/properties/amount", "How much is paid back.")
    assert n_asked == 1
    assert builder.schema()["properties"]["amount"]["description"] == "How much is paid back."
    assert builder.read("described", "/properties/amount") == "How much is paid back."
