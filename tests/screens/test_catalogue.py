"""The catalogue page: form and JSON, drafts, lint, publishing."""

from __future__ import annotations

import json

from curation.model.example import Example, Message
from curation.services import cataloguing, drafting, writing
from tests.screens.pressing import hand_over
from tests.screens.rows import pick_row, rows_of, text_of
from tests.screens.stage import HOSTILE, Stage, make_tool, texts

PARAMETERS = (
    '{"type":"object","x-kept":1.50,"properties":{"reason":{"type":"string","description":"Why",'
    '"enum":["late","lost"]},"amount":{"type":"number","minimum":0}},"required":["reason"]}'
)


def save(stage: Stage, name: str = "request_refund", parameters: str = PARAMETERS) -> cataloguing.ToolView:
    return cataloguing.save_tool(
        stage.ws, stage.actor, stage.project.id, make_tool(name, parameters), nonce=f"save.{name}"
    )


def drafted_parameters(stage: Stage, tool_id: str) -> dict[str, object]:
    draft = drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool_id)["parameters"]
    parsed = json.loads(draft.text)
    assert isinstance(parsed, dict)
    return parsed


def test_empty_catalogue_explains_the_word_and_offers_the_first_tool(stage: Stage) -> None:
    shown = stage.show("catalogue")
    assert not shown.exception
    assert "every example is checked against it" in texts(shown)
    shown.button(key="catalogue.first").click().run()
    assert not shown.exception
    assert shown.title[0].value == "New tool"
    assert "Begin with a name" in texts(shown)


def test_typing_into_the_form_is_a_draft_of_the_json_at_once(stage: Stage) -> None:
    tool = save(stage)
    shown = stage.show("catalogue")
    assert not shown.exception
    hand_over(shown, f"tool.described.{tool.id}./properties/reason", "Why the money back")
    shown.run()
    shown.toggle(key=f"tool.required.{tool.id}./properties/reason").set_value(False).run()
    assert not shown.exception
    parameters = drafted_parameters(stage, tool.id)
    assert parameters["properties"]["reason"]["description"] == "Why the money back"  # type: ignore[index]
    assert "required" not in parameters
    assert parameters["x-kept"] == 1.5
    assert "1.50" in drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool.id)["parameters"].text


def test_edited_json_is_what_the_form_shows(stage: Stage) -> None:
    tool = save(stage)
    text = '{"type":"object","properties":{"city":{"type":"string","description":"Where"}}}'
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", tool.id, "parameters", tool.revision, text)
    shown = stage.show("catalogue")
    assert text_of(shown, f"tool.described.{tool.id}./properties/city")["value"] == "Where"


def test_broken_json_closes_the_form_with_line_and_column_and_is_not_lost(stage: Stage) -> None:
    tool = save(stage)
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", tool.id, "parameters", tool.revision, '{"type": }')
    shown = stage.show("catalogue")
    assert not shown.exception
    assert "Line 1, column 10" in shown.warning[0].value.replace("\\", "")
    shown.button(key=f"tool.save.{tool.id}").click().run()
    assert cataloguing.get_tool(stage.ws, tool.id).revision == tool.revision
    assert drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool.id)["parameters"].text == '{"type": }'


def test_adding_to_broken_json_says_where_to_mend_it_and_leads_there(stage: Stage) -> None:
    tool = save(stage)
    text = '{\n  "type": "object",\n  oops\n}'
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", tool.id, "parameters", tool.revision, text)
    shown = stage.show("catalogue")
    assert not text_of(shown, f"tool.parameters.{tool.id}")["focus"]
    shown.button(key=f"tool.add.{tool.id}.").click().run()
    assert not shown.exception
    assert "Line 3, column 3" in texts(shown)
    assert "Mend the JSON first" in texts(shown)
    editor = text_of(shown, f"tool.parameters.{tool.id}")
    assert editor["focus"]
    assert editor["caret"] == [3, 3]
    assert editor["is_brief"]
    assert drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool.id)["parameters"].text == text


def test_a_bound_that_is_no_number_stays_in_the_field_with_the_reason(stage: Stage) -> None:
    tool = save(stage)
    shown = stage.show("catalogue")
    shown.session_state["catalogue.parameter." + tool.id] = "/properties/amount"
    shown.run()
    key = f"tool.minimum.{tool.id}./properties/amount"
    hand_over(shown, key, "a lot")
    shown.run()
    assert text_of(shown, key)["value"] == "a lot"
    assert "is not a number" in texts(shown)
    assert "parameters" not in drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool.id)


def test_added_parameter_is_saved_and_the_draft_is_gone(stage: Stage) -> None:
    tool = save(stage)
    shown = stage.show("catalogue")
    shown.button(key=f"tool.add.{tool.id}.").click().run()
    hand_over(shown, f"tool.name.{tool.id}./properties/parameter_1", "note")
    shown.run()
    shown.button(key=f"tool.save.{tool.id}").click().run()
    assert not shown.exception
    saved = cataloguing.get_tool(stage.ws, tool.id)
    assert list(saved.tool.definition.view.parameters["properties"]) == ["reason", "amount", "note"]
    assert not drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool.id)


def test_lint_names_rule_and_parameter(stage: Stage) -> None:
    save(stage, parameters='{"type":"object","properties":{"why":{"type":"str"}}}')
    shown = stage.show("catalogue")
    assert "schema" in texts(shown).replace("\\", "")
    assert "why" in texts(shown)
    assert any("error" in str(element.value) for element in shown.main.markdown)


def test_publishing_asks_first_and_says_what_it_will_hold(stage: Stage) -> None:
    save(stage)
    shown = stage.show("catalogue")
    shown.button(key="catalogue.publish").click().run()
    assert not shown.exception
    assert "Version 1 will hold 1 tool" in texts(shown)
    assert not shown.button(key="publish.yes").disabled
    assert cataloguing.current_catalogue(stage.ws, stage.project.id) is None


def test_publishing_says_what_changes_and_which_examples_move(stage: Stage) -> None:
    tool = save(stage)
    cataloguing.publish(stage.ws, stage.actor, stage.project.id, nonce="first")
    example = Example(
        messages=(Message(role="user", content="Hi"), Message(role="assistant", content="Hello")),
        tools=(tool.tool.definition,),
    )
    writing.new_example(stage.ws, stage.actor, stage.project.id, example, nonce="example")
    cataloguing.save_tool(
        stage.ws,
        stage.actor,
        stage.project.id,
        make_tool("request_refund", PARAMETERS.replace('["reason"]', '["reason","amount"]')),
        tool_id=tool.id,
        base_revision=tool.revision,
        nonce="second",
    )
    shown = stage.show("catalogue")
    shown.button(key="catalogue.publish").click().run()
    assert not shown.exception
    assert "- **amount** is now required" in texts(shown)
    assert "Every example that offers these tools still fits" in texts(shown)
    assert shown.button(key="publish.yes").label == "Publish v2 and move 1 example"
    cataloguing.publish(stage.ws, stage.actor, stage.project.id, nonce="published")
    shown = stage.show("catalogue")
    shown.button(key="catalogue.history").click().run()
    assert not shown.exception
    assert "- **amount** is now required" in texts(shown)


def test_the_tool_on_the_desk_stays_after_publishing(stage: Stage) -> None:
    save(stage, "alpha")
    tool = save(stage, "zulu")
    shown = stage.show("catalogue")
    pick_row(shown, "catalogue.rail", tool.id)
    assert shown.title[0].value == "zulu"
    cataloguing.publish(stage.ws, stage.actor, stage.project.id, nonce="published")
    shown.run()
    assert not shown.exception
    assert shown.title[0].value == "zulu"
    assert rows_of(shown, "catalogue.rail").chosen == tool.id


def test_errors_make_the_way_to_them_the_filled_act(stage: Stage) -> None:
    tool = save(stage, "broken", '{"type":"object","properties":{"why":{"type":"str"}}}')
    shown = stage.show("catalogue")
    filled = [button.key for button in shown.button if button.proto.type == "primary"]
    assert filled == [f"tool.next.{tool.id}"]


def test_warnings_have_a_way_too_that_is_not_the_filled_act(stage: Stage) -> None:
    tool = save(stage, "bare", '{"type":"object","properties":{"why":{"type":"string"}}}')
    button = stage.show("catalogue").button(key=f"tool.next.{tool.id}")
    assert (button.label, button.proto.type) == ("Next finding", "tertiary")


def test_a_broken_schema_keeps_the_catalogue_from_being_published(stage: Stage) -> None:
    save(stage, "broken", '{"type":"object","properties":{"why":{"type":"str"}}}')
    shown = stage.show("catalogue")
    shown.button(key="catalogue.publish").click().run()
    assert shown.button(key="publish.yes").disabled
    assert "Errors stand in the way: broken" in texts(shown)


def test_publishing_a_draft_saves_it_before_asking(stage: Stage) -> None:
    tool = save(stage)
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", tool.id, "description", tool.revision, "Newer words")
    shown = stage.show("catalogue")
    shown.button(key="catalogue.publish").click().run()
    assert cataloguing.get_tool(stage.ws, tool.id).tool.definition.view.description == "Newer words"
    assert "Version 1 will hold 1 tool" in texts(shown)


def test_somebody_elses_save_is_met_with_both_ways_out(stage: Stage) -> None:
    tool = save(stage)
    drafting.save_draft(stage.ws, stage.actor.person_id, "tool", tool.id, "description", tool.revision, "Mine")
    cataloguing.save_tool(
        stage.ws,
        stage.actor,
        stage.project.id,
        make_tool("request_refund", '{"type":"object","properties":{}}'),
        tool_id=tool.id,
        base_revision=tool.revision,
        nonce="theirs",
    )
    shown = stage.show("catalogue")
    assert "Somebody else saved first" in texts(shown)
    shown.button(key=f"tool.ontop.{tool.id}").click().run()
    shown.button(key=f"tool.save.{tool.id}").click().run()
    assert cataloguing.get_tool(stage.ws, tool.id).tool.definition.view.description == "Mine"


def test_hostile_words_stay_words(stage: Stage) -> None:
    save(stage, "track", json.dumps({"type": "object", "properties": {HOSTILE: {"type": "string"}}}))
    shown = stage.show("catalogue")
    assert not shown.exception
    for kind in ("title", "header", "markdown", "caption", "error", "warning"):
        assert all("![x](" not in str(element.value) for element in shown.get(kind))


def test_a_tool_is_made_strict_only_after_it_was_seen(stage: Stage) -> None:
    tool = save(stage)
    shown = stage.show("catalogue")
    shown.button(key=f"tool.strict.{tool.id}").click().run()
    assert not shown.exception
    assert "null stands for leaving it out" in texts(shown)
    assert cataloguing.get_tool(stage.ws, tool.id).revision == tool.revision
    assert not shown.button(key=f"strict.accept.{tool.id}").disabled
