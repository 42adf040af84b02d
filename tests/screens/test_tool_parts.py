"""What a tool says beside its parameters: result, errors, sample calls, policy, running."""

from __future__ import annotations

from curation.model.definition import Execution, Policy, Sample, Tool, ToolError
from curation.services import cataloguing, drafting
from tests.screens.building import PARAMETERS, Builder
from tests.screens.rows import rows_of, text_of
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
    builder.fill("errors/1/code", "429")
    builder.fill("errors/1/message", "Too many")
    builder.shown.selectbox(key=f"tool.error.kind.{tool_id}.1").set_value("transient").run()
    builder.fill("errors/1/wait", "soon")
    assert "soon is not a number" in texts(builder.shown)
    builder.fill("errors/1/wait", "5")
    assert builder.saved().errors == (ToolError("Too many", "429", "transient", 5.0),)


def test_an_error_without_a_message_keeps_the_tool_from_being_saved_and_stays(builder: Builder) -> None:
    builder.open_part("errors")
    builder.press(f"tool.add.error.{builder.tool.id}")
    builder.fill("errors/1/code", "404")
    builder.press(f"tool.save.{builder.tool.id}")
    assert texts(builder.shown).count("Error 404 has no message") == 1
    assert "404" in builder.draft("errors")


def test_a_sample_call_begins_fitting_and_is_checked_again_when_the_schema_changes(builder: Builder) -> None:
    tool_id, errors = builder.tool.id, '[{"id":"1","message":"No such order"}]'
    drafting.save_draft(builder.stage.ws, builder.stage.actor.person_id, "tool", tool_id, "errors", 1, errors)
    builder.open_part("samples")
    builder.press(f"tool.add.sample.{tool_id}")
    assert "Fits the schema." in texts(builder.shown)
    builder.fill("samples/1/name", "late")
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
    builder.fill("timeout_s", "ten")
    assert "ten is not a number" in texts(builder.shown)
    for field, typed in (("timeout_s", "2.5"), ("most_retries", "3"), ("rate_calls", "10")):
        builder.fill(field, typed)
    assert "one of them is missing" in texts(builder.shown)
    builder.fill("rate_period_s", "60")
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
    assert text_of(shown, f"tool.errors.1.message.{saved.id}")["value"] == "No such order"
    assert not drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", saved.id)


def test_what_is_typed_into_an_error_a_sample_or_running_survives_a_reload(builder: Builder) -> None:
    stage, tool_id = builder.stage, builder.tool.id
    builder.open_part("errors")
    builder.press(f"tool.add.error.{tool_id}")
    builder.open_part("samples")
    builder.press(f"tool.add.sample.{tool_id}")
    typed = {"errors/1/message": "No such order", "errors/1/wait": "5", "samples/1/name": "late", "timeout_s": "2"}
    for field, text in typed.items():
        drafting.save_draft(stage.ws, stage.actor.person_id, "tool", tool_id, field, 1, text)
    builder.shown = stage.show("catalogue")
    builder.open_part("samples")
    assert text_of(builder.shown, f"tool.samples.1.name.{tool_id}")["value"] == "late"
    assert text_of(builder.shown, f"tool.timeout_s.{tool_id}")["value"] == "2"
    saved = builder.saved()
    assert saved.errors == (ToolError("No such order", retry_after_s=5.0),)
    assert (saved.samples[0].name, saved.execution.timeout_s) == ("late", 2.0)
    assert not drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", tool_id)


def test_a_wait_that_is_no_number_stays_in_its_field_and_is_mended_there(builder: Builder) -> None:
    builder.open_part("errors")
    builder.press(f"tool.add.error.{builder.tool.id}")
    builder.fill("errors/1/message", "Too many")
    drafting.save_draft(
        builder.stage.ws, builder.stage.actor.person_id, "tool", builder.tool.id, "errors/1/wait", 1, "so"
    )
    builder.fill("errors/1/wait", "soon")
    assert text_of(builder.shown, f"tool.errors.1.wait.{builder.tool.id}")["value"] == "soon"
    assert "Not taken yet: the wait of an error" in texts(builder.shown)
    drafting.save_draft(
        builder.stage.ws, builder.stage.actor.person_id, "tool", builder.tool.id, "errors/1/wait", 1, "7"
    )
    builder.shown = builder.stage.show("catalogue")
    assert "Not taken yet" not in texts(builder.shown)
    assert builder.saved().errors[0].retry_after_s == 7.0
