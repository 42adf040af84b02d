"""What a tool says beside its parameters: result, errors, sample calls, policy, running."""

from __future__ import annotations

from curation.model.definition import Execution, Policy, Sample, Tool, ToolError
from curation.services import cataloguing, drafting
from tests.screens.building import PARAMETERS, Builder
from tests.screens.rows import rows_of
from tests.screens.stage import Stage, make_tool, texts


def test_the_result_is_built_in_the_same_form(builder: Builder) -> None:
    builder.open_part("result_schema")
    assert "Not said yet" in texts(builder.shown)
    builder.press(builder.key("add", "result_schema."))
    builder.type("name", "result_schema./properties/field_1", "paid")
    (kind,) = (one for one in builder.shown.selectbox if str(one.key).startswith(builder.key("kind", "result_schema.")))
    kind.set_value("boolean").run()
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
    assert texts(builder.shown).count("Error 404 has no message") == 1
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
    builder.type("choices", "/properties/reason", "broken")
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
