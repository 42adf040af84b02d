"""The tool builder: nested parameters, meanings, units, undoing, result, errors, samples, policy, running."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from curation.errors import BlockedError
from curation.model.definition import Execution, Policy, Sample, Tool, ToolError
from curation.services import cataloguing, drafting
from curation.services.cataloguing import ToolView
from tests.screens.rows import pick_row, rows_of
from tests.screens.stage import HOSTILE, Stage, make_tool, staged, texts

PARAMETERS = (
    '{"type":"object","properties":{"reason":{"type":"string","enum":["late","lost"]},"amount":{"type":"number"},'
    '"lines":{"type":"array","items":{"type":"object","x-erp":1,"title":"Line","properties":{"sku":{"type":"string"}}}}}'
    ',"required":["reason"]}'
)
SKU = "/properties/lines/items/properties/sku"


class Builder:
    """One saved tool on the desk."""

    def __init__(self, stage: Stage, parameters: str = PARAMETERS) -> None:
        self.stage = stage
        tool = make_tool("refund", parameters)
        self.tool: ToolView = cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, tool, nonce="refund")
        self.shown: AppTest = stage.show("catalogue")

    def key(self, name: str, pointer: str) -> str:
        return f"tool.{name}.{self.tool.id}.{pointer}"

    def choose(self, pointer: str, schema: str = "parameters") -> None:
        inside = "" if schema == "parameters" else f"{schema}."
        pick_row(self.shown, self.key("rows", inside), pointer)
        assert not self.shown.exception

    def press(self, key: str) -> None:
        self.shown.button(key=key).click().run()
        assert not self.shown.exception

    def open_part(self, word: str) -> None:
        self.shown.session_state[f"catalogue.part.{self.tool.id}"] = word
        self.shown.run()
        assert not self.shown.exception

    def draft(self, field: str = "parameters") -> str:
        drafts = drafting.read_drafts(self.stage.ws, self.stage.actor.person_id, "tool", self.tool.id)
        return drafts[field].text

    def schema(self, field: str = "parameters") -> dict[str, Any]:
        parsed = json.loads(self.draft(field))
        assert isinstance(parsed, dict)
        return parsed

    def saved(self) -> Tool:
        self.press(f"tool.save.{self.tool.id}")
        return cataloguing.get_tool(self.stage.ws, self.tool.id).tool


@pytest.fixture
def builder(home: Path) -> Iterator[Builder]:
    with staged(home) as stage:
        yield Builder(stage)


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    with staged(home) as opened:
        yield opened


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
    name = builder.shown.text_input(key=builder.key("name", pointer))
    assert (name.value, name.placeholder) == ("", "parameter_1")
    name.set_value("count").run()
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
    key = builder.key("choices", "/properties/reason")
    builder.shown.text_area(key=key).set_value("late: past the date\nlost: the carrier gave up\nother").run()
    reason = builder.schema()["properties"]["reason"]
    assert reason["enum"] == ["late", "lost", "other"]
    assert reason["description"] == "- late: past the date\n- lost: the carrier gave up"
    assert builder.shown.text_area(key=builder.key("described", "/properties/reason")).value == ""
    builder.shown.text_area(key=key).set_value("late\nlate").run()
    assert "twice" in texts(builder.shown)
    assert builder.shown.text_area(key=key).value == "late\nlate"
    assert builder.schema()["properties"]["reason"]["enum"] == ["late"]


def test_a_unit_stands_where_models_and_lint_read_it(builder: Builder) -> None:
    builder.choose("/properties/amount")
    assert "without a unit" in texts(builder.shown)
    builder.shown.text_input(key=builder.key("unit", "/properties/amount")).set_value("EUR").run()
    assert builder.schema()["properties"]["amount"]["description"] == "Unit: EUR"
    assert "without a unit" not in texts(builder.shown)


def test_bounds_formats_null_and_defaults_are_fields(builder: Builder) -> None:
    builder.choose("/properties/amount")
    for keyword, typed in (("minimum", "0.10"), ("multipleOf", "0.05"), ("default", "1.00"), ("examples", "1\n2.50")):
        kind = builder.shown.text_area if keyword == "examples" else builder.shown.text_input
        kind(key=builder.key(keyword, "/properties/amount")).set_value(typed).run()
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
    builder.shown.text_input(key=builder.key("name", "/properties/a")).set_value("city").run()
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


def test_the_result_is_built_in_the_same_form(builder: Builder) -> None:
    builder.open_part("result_schema")
    assert "Not said yet" in texts(builder.shown)
    builder.press(builder.key("add", "result_schema."))
    builder.shown.text_input(key=builder.key("name", "result_schema./properties/field_1")).set_value("paid").run()
    builder.shown.selectbox(key=builder.key("kind", "result_schema./properties/paid")).set_value("boolean").run()
    assert builder.schema("result_schema") == {"type": "object", "properties": {"paid": {"type": "boolean"}}}
    assert builder.saved().result_schema == '{"type":"object","properties":{"paid":{"type":"boolean"}}}'


def test_errors_have_a_code_a_message_what_helps_and_a_wait(builder: Builder) -> None:
    builder.open_part("errors")
    tool_id = builder.tool.id
    builder.press(f"tool.add.error.{tool_id}")
    builder.shown.text_input(key=f"tool.error.code.{tool_id}.1").set_value("429").run()
    builder.shown.text_input(key=f"tool.error.message.{tool_id}.1").set_value("Too many").run()
    builder.shown.selectbox(key=f"tool.error.kind.{tool_id}.1").set_value("transient").run()
    builder.shown.text_input(key=f"tool.error.wait.{tool_id}.1").set_value("soon").run()
    assert "soon is not a number" in texts(builder.shown)
    builder.shown.text_input(key=f"tool.error.wait.{tool_id}.1").set_value("5").run()
    assert builder.saved().errors == (ToolError("Too many", "429", "transient", 5.0),)


def test_an_error_without_a_message_keeps_the_tool_from_being_saved_and_stays(builder: Builder) -> None:
    builder.open_part("errors")
    builder.press(f"tool.add.error.{builder.tool.id}")
    builder.shown.text_input(key=f"tool.error.code.{builder.tool.id}.1").set_value("404").run()
    builder.press(f"tool.save.{builder.tool.id}")
    assert "Error 404 has no message" in texts(builder.shown)
    assert "404" in builder.draft("errors")


def test_a_sample_call_begins_fitting_and_is_checked_again_when_the_schema_changes(builder: Builder) -> None:
    tool_id, errors = builder.tool.id, '[{"id":"1","message":"No such order"}]'
    drafting.save_draft(builder.stage.ws, builder.stage.actor.person_id, "tool", tool_id, "errors", 1, errors)
    builder.open_part("samples")
    builder.press(f"tool.add.sample.{tool_id}")
    assert "Fits the schema." in texts(builder.shown)
    builder.shown.text_input(key=f"tool.sample.name.{tool_id}.1").set_value("late").run()
    builder.shown.selectbox(key=f"tool.sample.answer.{tool_id}.1").set_value("error").run()
    builder.shown.selectbox(key=f"tool.sample.error.{tool_id}.1").set_value("No such order").run()
    sample = builder.saved().samples[0]
    assert (sample.name, sample.result, sample.error) == ("late", None, "No such order")
    builder.open_part("parameters")
    builder.shown.text_area(key=builder.key("choices", "/properties/reason")).set_value("broken").run()
    assert "1 sample does not fit" in texts(builder.shown)
    builder.open_part("samples")
    samples = rows_of(builder.shown, f"tool.samples.{tool_id}")
    assert "does not fit" in samples.words(samples.ids[0])


def test_typed_arguments_of_a_sample_are_judged_with_what_is_wrong(builder: Builder) -> None:
    stage = builder.stage
    rows = '[{"id":"1","name":"odd","arguments":"{\\"reason\\": \\"Late\\"}","answer":"result","result":"{"}]'
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", builder.tool.id, "samples", 1, rows)
    builder.open_part("samples")
    assert "The arguments do not fit the schema" in texts(builder.shown)
    builder.press(f"tool.save.{builder.tool.id}")
    assert "The result of sample `odd` cannot be saved" in texts(builder.shown)


def test_policy_and_running_belong_to_the_tool(builder: Builder) -> None:
    tool_id = builder.tool.id
    stage = builder.stage
    for field, text in (("approval", "over 500"), ("approver", "a lead"), ("forbidden_roles", "guest, trainee")):
        drafting.save_draft(stage.ws, stage.actor.person_id, "tool", tool_id, field, 1, text)
    builder.shown.run()
    builder.shown.selectbox(key=f"tool.side_effect.{tool_id}").set_value("destructive").run()
    builder.shown.selectbox(key=f"tool.idempotency_parameter.{tool_id}").set_value("reason").run()
    builder.shown.text_input(key=f"tool.timeout_s.{tool_id}").set_value("ten").run()
    assert "ten is not a number" in texts(builder.shown)
    for field, typed in (("timeout_s", "2.5"), ("most_retries", "3"), ("rate_calls", "10")):
        builder.shown.text_input(key=f"tool.{field}.{tool_id}").set_value(typed).run()
    assert "one of them is missing" in texts(builder.shown)
    builder.shown.text_input(key=f"tool.rate_period_s.{tool_id}").set_value("60").run()
    builder.shown.selectbox(key=f"tool.retry.{tool_id}").set_value("after_reading").run()
    saved = builder.saved()
    assert saved.policy == Policy("Only for the buyer.", "over 500", "a lead", ("guest", "trainee"))
    assert saved.execution == Execution(2.5, "after_reading", 3, 10, 60.0)
    assert (saved.side_effect, saved.idempotency_parameter) == ("destructive", "reason")


def test_five_hundred_parameters_are_searched_and_paged(stage: Stage) -> None:
    properties = {f"parameter_{n}": {"type": "string", "description": f"Value {n}"} for n in range(500)}
    builder = Builder(stage, json.dumps({"type": "object", "properties": properties}))
    assert not builder.shown.exception
    assert len(rows_of(builder.shown, builder.key("rows", "")).ids) == 100
    assert "400 more rows" in texts(builder.shown)
    builder.shown.text_input(key=builder.key("search", "")).set_value("value 499").run()
    assert builder.shown.text_input(key=builder.key("name", "/properties/parameter_499")).value == "parameter_499"
    builder.press(builder.key("add", ""))
    assert builder.shown.text_input(key=builder.key("name", "/properties/parameter_500")).placeholder == "parameter_500"


def test_names_in_any_script_and_long_descriptions_are_shown_and_kept(stage: Stage) -> None:
    names = ["رقم_الطلب", "a/b~c", HOSTILE, "x" * 200]
    long = "word " * 1000
    parameters = {"type": "object", "properties": {name: {"type": "string", "description": long} for name in names}}
    builder = Builder(stage, json.dumps(parameters, ensure_ascii=False))
    for name in names:
        pointer = "/properties/" + name.replace("~", "~0").replace("/", "~1")
        builder.choose(pointer)
        assert builder.shown.text_input(key=builder.key("name", pointer)).value == name
        builder.shown.toggle(key=builder.key("required", pointer)).set_value(True).run()
    assert builder.schema() == parameters | {"required": names}


def test_broken_json_of_the_result_leaves_the_rest_of_the_desk_open(builder: Builder) -> None:
    stage = builder.stage
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", builder.tool.id, "result_schema", 1, '{"type": ')
    builder.open_part("result_schema")
    assert "The form opens again once the JSON is whole" in texts(builder.shown)
    builder.open_part("parameters")
    builder.shown.toggle(key=builder.key("required", "/properties/reason")).set_value(False).run()
    assert "required" not in builder.schema()
    assert builder.draft("result_schema") == '{"type": '


def test_samples_and_errors_of_a_saved_tool_open_as_they_were(stage: Stage) -> None:
    tool = Tool(
        make_tool("refund", PARAMETERS).definition,
        errors=(ToolError("No such order"),),
        samples=(Sample("late", '{"reason": "late"}', '{"paid": true}'),),
    )
    saved = cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, tool, nonce="refund")
    shown = stage.show("catalogue")
    shown.session_state[f"catalogue.part.{saved.id}"] = "errors"
    shown.run()
    assert shown.text_input(key=f"tool.error.message.{saved.id}.1").value == "No such order"
    assert not drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", saved.id)


def test_a_retyped_parameter_shows_what_the_old_type_left(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("string").run()
    builder.shown.text_area(key=builder.key("examples", "/properties/amount")).set_value("ten\ntwenty").run()
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("integer").run()
    assert not builder.shown.exception
    examples = builder.shown.text_area(key=builder.key("examples", "/properties/amount"))
    assert examples.value == '"ten"\n"twenty"'
    examples.set_value("1\ntwo").run()
    assert "two is not an integer" in texts(builder.shown)


def test_text_a_field_refuses_is_kept_and_keeps_the_tool_from_being_saved(builder: Builder) -> None:
    builder.choose("/properties/amount")
    key = builder.key("examples", "/properties/amount")
    builder.shown.text_area(key=key).set_value("0.5\n2,5").run()
    assert builder.schema()["properties"]["amount"]["examples"] == [0.5]
    builder.press(f"tool.save.{builder.tool.id}")
    said = texts(builder.shown)
    assert "Not saved" in said
    assert not builder.shown.error
    assert "Not taken yet" not in said
    assert cataloguing.get_tool(builder.stage.ws, builder.tool.id).revision == builder.tool.revision
    again = builder.stage.show("catalogue")
    pick_row(again, builder.key("rows", ""), "/properties/amount")
    assert again.text_area(key=key).value == "0.5\n2,5"
    assert "2,5 is not a number" in texts(again)
    builder.shown.text_area(key=key).set_value("0.5\n2.5").run()
    assert '"examples":[0.5,2.5]' in builder.saved().definition.text.replace(" ", "")


def test_undo_takes_a_refused_text_back_first(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("string").run()
    key = builder.key("maxLength", "/properties/amount")
    builder.shown.text_input(key=key).set_value("5").run()
    builder.shown.text_input(key=key).set_value("five").run()
    builder.press(f"tool.undo.{builder.tool.id}")
    assert builder.shown.text_input(key=key).value == "5"
    assert builder.schema()["properties"]["amount"]["maxLength"] == 5
    builder.press(f"tool.undo.{builder.tool.id}")
    assert builder.shown.text_input(key=key).value == ""
    assert "maxLength" not in builder.schema()["properties"]["amount"]


def test_refused_text_goes_with_its_parameter(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.shown.text_input(key=builder.key("minimum", "/properties/amount")).set_value("few").run()
    builder.shown.text_input(key=builder.key("name", "/properties/amount")).set_value("sum").run()
    assert builder.shown.text_input(key=builder.key("minimum", "/properties/sum")).value == "few"
    builder.press(builder.key("remove", "/properties/sum"))
    saved = builder.saved()
    assert '"sum"' not in saved.definition.text


def test_an_empty_enum_and_crossed_bounds_are_errors(builder: Builder) -> None:
    builder.choose("/properties/amount")
    builder.shown.selectbox(key=builder.key("kind", "/properties/amount")).set_value("enum").run()
    builder.shown.text_input(key=builder.key("default", "/properties/amount")).set_value("urgent").run()
    shown = texts(builder.shown)
    assert "The enum is empty" in shown
    assert "must be one of ," not in shown
    builder.saved()
    with pytest.raises(BlockedError):
        cataloguing.publish(builder.stage.ws, builder.stage.actor, builder.stage.project.id, nonce="early")


def test_publishing_names_tools_with_unsaved_text(builder: Builder) -> None:
    key = builder.key("minimum", "/properties/amount")
    builder.choose("/properties/amount")
    builder.shown.text_input(key=key).set_value("1").run()
    other = make_tool("track", PARAMETERS)
    other_id = cataloguing.save_tool(
        builder.stage.ws, builder.stage.actor, builder.stage.project.id, other, nonce="track"
    ).id
    builder.shown.run()
    assert "unsaved" in str(rows_of(builder.shown, "catalogue.rail"))
    pick_row(builder.shown, "catalogue.rail", other_id)
    builder.press("catalogue.publish")
    assert "refund has changes that are not saved" in texts(builder.shown)
