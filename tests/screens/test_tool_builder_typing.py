"""What is typed into the form of a parameter: nothing is lost, nothing stands in the way that nobody typed."""

from __future__ import annotations

from pathlib import Path

from curation.services import cataloguing, drafting
from tests.screens.building import PARAMETERS, Builder
from tests.screens.pressing import hand_over
from tests.screens.rows import rows_of, text_of
from tests.screens.stage import make_tool, staged, texts

AMOUNT = "/properties/amount"


def _type_and_stop(builder: Builder, field: str, pointer: str, text: str) -> None:
    """What reaches the server while a person types and has not left the field."""
    name = f"typed/parameters/{field}{pointer}"
    drafting.save_draft(builder.stage.ws, builder.stage.actor.person_id, "tool", builder.tool.id, name, 1, text)


def test_text_typed_before_a_reload_is_in_the_schema_and_its_parameter_is_open(builder: Builder) -> None:
    _type_and_stop(builder, "described", AMOUNT, "How much to pay back.")
    again = builder.stage.show("catalogue")
    assert builder.schema()["properties"]["amount"]["description"] == "How much to pay back."
    assert rows_of(again, builder.key("rows", "")).chosen == AMOUNT
    assert "How much to pay back." in str(text_of(again, f"tool.parameters.{builder.tool.id}")["value"])


def test_the_parameter_typed_into_last_is_open_after_a_reload(builder: Builder) -> None:
    builder.choose(AMOUNT)
    builder.type("name", AMOUNT, "sum")
    again = builder.stage.show("catalogue")
    assert rows_of(again, builder.key("rows", "")).chosen == "/properties/sum"


def test_a_name_typed_before_a_reload_is_the_parameters_name(builder: Builder) -> None:
    _type_and_stop(builder, "name", AMOUNT, "sum")
    builder.stage.show("catalogue")
    assert list(builder.schema()["properties"]) == ["reason", "sum", "lines"]


def test_a_field_that_is_being_typed_in_is_left_alone(builder: Builder) -> None:
    builder.choose(AMOUNT)
    _type_and_stop(builder, "name", AMOUNT, "su")
    builder.shown.toggle(key=builder.key("null", AMOUNT)).set_value(True).run()
    assert list(builder.schema()["properties"]) == ["reason", "amount", "lines"]
    builder.type("name", AMOUNT, "sum")
    assert list(builder.schema()["properties"]) == ["reason", "sum", "lines"]
    assert "amount" not in str(builder.stage.show("catalogue").get("bidi_component"))


def test_the_next_tool_takes_no_text_away(builder: Builder) -> None:
    stage = builder.stage
    cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, make_tool("track", PARAMETERS), nonce="track")
    builder.shown.run()
    builder.choose(AMOUNT)
    hand_over(builder.shown, builder.key("described", AMOUNT), "How much.")
    builder.press("catalogue.next")
    assert builder.schema()["properties"]["amount"]["description"] == "How much."


def test_fields_stay_the_same_ones_under_a_new_name(builder: Builder) -> None:
    builder.press(builder.key("add", ""))
    fresh = "/properties/parameter_1"
    builder.type("name", fresh, "par1")
    assert builder.read("name", fresh) == "par1"
    builder.shown.selectbox(key=builder.key("kind", fresh)).set_value("integer").run()
    builder.type("described", fresh, "Desc")
    assert builder.schema()["properties"]["par1"] == {"type": "integer", "description": "Desc"}
    builder.press(builder.key("add", ""))
    assert builder.read("name", f"{fresh}~1") == ""
    builder.type("name", f"{fresh}~1", "par2")
    assert list(builder.schema()["properties"])[-2:] == ["par1", "par2"]


def test_what_was_typed_before_a_rename_was_drawn_follows_it(builder: Builder) -> None:
    builder.choose(AMOUNT)
    builder.type("name", AMOUNT, "sum")
    _type_and_stop(builder, "described", AMOUNT, "How much.")
    builder.stage.show("catalogue")
    assert builder.schema()["properties"]["sum"]["description"] == "How much."


def test_no_empty_field_and_no_field_of_a_parameter_that_is_gone_keeps_a_tool_from_being_saved(
    builder: Builder,
) -> None:
    for n in (1, 2):
        builder.press(builder.key("add", ""))
        key = f"/properties/parameter_1{'~1' if n == 2 else ''}"
        builder.type("name", key, f"par{n}")
        _type_and_stop(builder, "pattern", "/properties/gone", "")
        builder.type("described", key, "Desc")
        assert "Not taken yet" not in texts(builder.shown)
    builder.type("name", "/properties/parameter_1~1", " ")
    assert builder.read("name", "/properties/parameter_1~1") == "par2"
    saved = builder.saved()
    assert list(saved.definition.view.parameters["properties"])[-2:] == ["par1", "par2"]


def test_a_slip_goes_with_its_parameter_and_never_comes_back_with_its_name(builder: Builder) -> None:
    builder.press(builder.key("add", ""))
    fresh = "/properties/parameter_1"
    builder.type("minLength", fresh, "few")
    assert "Not taken yet" in texts(builder.shown)
    builder.press(builder.key("remove", fresh))
    builder.press(builder.key("add", ""))
    assert "Not taken yet" not in texts(builder.shown)


def test_what_was_not_taken_is_said_first_and_in_red(builder: Builder) -> None:
    builder.choose(AMOUNT)
    builder.type("minimum", AMOUNT, "few")
    said = [one.value for one in builder.shown.markdown if "Not taken yet" in one.value]
    assert said == [":small[:red[:material/error: Not taken yet: At least of amount]]"]


def test_next_goes_from_what_was_not_taken_through_the_tools_name_and_round_again(builder: Builder) -> None:
    builder.choose(AMOUNT)
    builder.type("minimum", AMOUNT, "few")
    hand_over(builder.shown, f"tool.name.{builder.tool.id}", "", nonce="emptied")
    builder.shown.run()
    builder.choose("/properties/reason")
    seen = []
    for _ in range(3):
        button = builder.shown.button(key=f"tool.next.{builder.tool.id}")
        assert button.label == "Next error"
        button.click().run()
        seen.append(builder.shown.session_state["catalogue.cursor"].field)
    assert seen == [builder.key("minimum", AMOUNT), f"tool.name.{builder.tool.id}", builder.key("minimum", AMOUNT)]


def test_next_goes_through_all_warnings(builder: Builder) -> None:
    seen = []
    for _ in range(4):
        builder.press(f"tool.next.{builder.tool.id}")
        seen.append(rows_of(builder.shown, builder.key("rows", "")).chosen)
    assert len(set(seen)) > 1


def test_a_discarded_draft_comes_back_with_undo_also_that_of_a_new_tool(builder: Builder) -> None:
    builder.choose(AMOUNT)
    builder.type("described", AMOUNT, "How much.")
    builder.press(f"tool.discard.{builder.tool.id}")
    builder.press(f"tool.undo.{builder.tool.id}")
    assert builder.schema()["properties"]["amount"]["description"] == "How much."
    builder.press("catalogue.new")
    new = builder.shown.session_state["catalogue.tool"]
    hand_over(builder.shown, f"tool.name.{new}", "begun", nonce="named")
    builder.shown.run()
    builder.press(f"tool.discard.{new}")
    assert builder.shown.session_state["catalogue.tool"] == builder.tool.id
    builder.press(f"tool.undo.{builder.tool.id}")
    assert builder.shown.title[0].value == "begun"


def test_a_discarded_first_tool_comes_back(home: Path) -> None:
    with staged(home) as stage:
        shown = stage.show("catalogue")
        shown.button(key="catalogue.first").click().run()
        new = shown.session_state["catalogue.tool"]
        hand_over(shown, f"tool.name.{new}", "begun", nonce="named")
        shown.run()
        shown.button(key=f"tool.discard.{new}").click().run()
        shown.button(key="catalogue.back_again").click().run()
        assert not shown.exception
        assert shown.title[0].value == "begun"
