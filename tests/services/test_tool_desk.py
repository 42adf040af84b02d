"""The desk of a tool: rows of errors and samples, what runs a call, checks of samples, and undoing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from curation.errors import CurationError
from curation.model.definition import Definition, Execution, Policy, Sample, Tool, ToolError
from curation.model.people import Actor
from curation.services import cataloguing, drafting, people, projects, sample_calls, tool_desk, tool_undo
from curation.services.form_rows import ErrorRow, SampleRow, change_row, new_id, read_rows, remove_row, write_rows
from curation.services.row_texts import row_field
from curation.services.tool_desk import Desk
from curation.services.tool_forms import build_tool, read_fields
from curation.services.workspace import Workspace, open_workspace
from tests.ready_homes import make_ready

PARAMETERS = (
    '{"type":"object","properties":{"city":{"type":"string","minLength":2},"days":{"type":"integer"}},'
    '"required":["city"],"additionalProperties":false}'
)
TOOL = Tool(
    Definition(f'{{"type":"function","function":{{"name":"forecast","description":"d","parameters":{PARAMETERS}}}}}'),
    policy=Policy("Any time", "over 5 days", "a lead", ("guest", "trainee")),
    result_schema='{"type":"object","properties":{"sky":{"type":"string"}},"required":["sky"]}',
    errors=(ToolError("No such city", "404", "permanent"), ToolError("Busy", retry_after_s=2.5)),
    execution=Execution(timeout_s=2.5, retry="after_waiting", most_retries=3, rate_calls=10, rate_period_s=60),
    samples=(
        Sample("plain", '{"city": "Graz",  "days": 2}', '{"sky": "clear"}'),
        Sample("gone", '{"city": "Xx"}', error="No such city"),
        Sample("bare", '{"city": "Ulm"}'),
    ),
)


class Stage:
    """A workspace with one saved tool."""

    def __init__(self, home: Path) -> None:
        self.ws: Workspace = open_workspace(make_ready(home))
        self.actor: Actor = people.local_actor(self.ws)
        self.project = projects.create_project(self.ws, self.actor, "weather", nonce="project").id
        self.tool = cataloguing.save_tool(self.ws, self.actor, self.project, TOOL, nonce="tool").id

    def desk(self) -> Desk:
        return tool_desk.open_desk(self.ws, self.actor, self.project, self.tool)

    def desk_of(self, actor: Actor) -> Desk:
        return tool_desk.open_desk(self.ws, actor, self.project, self.tool)

    def write(self, field: str, text: str, what: str = "") -> Desk:
        tool_desk.write_field(self.ws, self.actor, self.desk(), field, text, what)
        return self.desk()

    def type_live(self, field: str, text: str) -> None:
        """What the live editor posts before it hands its text over."""
        drafting.save_draft(self.ws, self.actor.person_id, "tool", self.tool, field, 1, text)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path / "workspace")
    yield made
    made.ws.close()


def test_every_fact_comes_back_from_its_fields() -> None:
    fields = read_fields(TOOL)
    assert build_tool(fields, TOOL) == TOOL
    assert build_tool(fields | {"policy": "Never"}, TOOL) == msgspec.structs.replace(
        TOOL, policy=msgspec.structs.replace(TOOL.policy, text="Never")
    )


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("timeout_s", "soon", "time-out"),
        ("most_retries", "1.5", "whole number"),
        ("rate_calls", "-1", "number of calls"),
        ("errors", '[{"id":"1","code":"404"}]', "Error 404 has no message"),
        ("errors", '[{"id":"1","message":"m","wait":"later"}]', "later is not a number"),
        ("samples", '[{"id":"1","name":"late","arguments":"{,}"}]', "arguments of sample `late`"),
        ("samples", '[{"id":"1","name":"late","answer":"result","result":"{"}]', "result of sample `late`"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_one_sentence(field: str, text: str, words: str) -> None:
    with pytest.raises(CurationError, match=words) as refused:
        build_tool(read_fields(TOOL) | {field: text}, TOOL)
    assert refused.value.hint


def test_drafts_of_bare_messages_are_read_as_rows() -> None:
    assert read_rows("not found\n\ntimed out", ErrorRow) == (ErrorRow("1", "not found"), ErrorRow("2", "timed out"))


def test_rows_are_changed_and_removed_by_their_id() -> None:
    text = write_rows((SampleRow("1", "a"), SampleRow("4", "b")))
    assert new_id(text, SampleRow) == "5"
    renamed = change_row(text, SampleRow, "4", lambda row: msgspec.structs.replace(row, name="c"))
    assert [row.name for row in read_rows(renamed, SampleRow)] == ["a", "c"]
    assert read_rows(remove_row(renamed, SampleRow, "1"), SampleRow) == (SampleRow("4", "c"),)
    assert change_row(text, SampleRow, "9", lambda row: row) == text


def test_samples_are_checked_against_both_schemas(stage: Stage) -> None:
    assert [verdict.fits for verdict in sample_calls.check_samples(stage.desk())] == [True, True, True]
    desk = stage.write("parameters", PARAMETERS.replace('"minLength":2', '"minLength":4'))
    first, second, _ = sample_calls.check_samples(desk)
    assert first.fits
    assert "city" in second.about_arguments[0]
    desk = stage.write("result_schema", '{"type":"object","required":["sky","wind"]}')
    assert "wind" in sample_calls.check_samples(desk)[0].about_result[0]


def test_broken_and_unknown_arguments_of_a_sample_are_named(stage: Stage) -> None:
    rows = (SampleRow("1", "broken", '{"city": }'), SampleRow("2", "unknown", '{"city": "Graz", "dayz": 2}'))
    broken, unknown = sample_calls.check_samples(stage.write("samples", write_rows(rows)))
    assert broken.about_arguments
    assert "days" in unknown.about_arguments[0]


def test_a_wrong_value_of_a_sample_comes_with_its_place_and_its_fix(stage: Stage) -> None:
    field = row_field("samples", "1", "arguments")
    text = '{"city": "Graz", "dayz": 2}'
    found = next(one for one in sample_calls.check_text(stage.desk(), field, text) if one.finding.fix)
    assert found.finding.at.endswith("/arguments/dayz")
    assert found.finding.fix is not None
    assert sample_calls.mend_text(stage.desk(), field, text, found.finding.fix) == '{"city": "Graz"}'
    expected = sample_calls.expected_in(stage.desk(), field)
    assert expected is not None
    assert json.loads(bytes(expected.schema)) == json.loads(PARAMETERS)


def test_a_new_sample_begins_with_arguments_that_fit(stage: Stage) -> None:
    drawn = sample_calls.begin_sample(stage.desk())
    assert json.loads(drawn.arguments)["city"]
    assert sample_calls.check_samples(stage.write("samples", write_rows((drawn,))))[0].fits
    assert sample_calls.begin_sample(stage.write("parameters", "{")).arguments == "{}"


def test_new_samples_have_names_and_arguments_of_their_own(stage: Stage) -> None:
    rows: tuple[SampleRow, ...] = ()
    for _ in range(3):
        stage.write("samples", write_rows(rows))
        rows = (*rows, sample_calls.begin_sample(stage.desk()))
    assert len({row.arguments for row in rows}) == 3
    stage.write("samples", write_rows((rows[0], rows[2])))
    tool_desk.save(stage.ws, stage.actor, stage.desk(), nonce="save")
    kept = read_rows(stage.desk().fields["samples"], SampleRow)
    stage.write("samples", write_rows((SampleRow("9", "Sample 4"), *kept, sample_calls.begin_sample(stage.desk()))))
    names = [one.name for one in sample_calls.check_samples(stage.desk())]
    saved = tool_desk.save(stage.ws, stage.actor, stage.desk(), nonce="again")
    assert [one.name for one in saved.tool.samples] == names
    assert names == ["Sample 4", "Sample 1", "Sample 3", "Sample 5"]


def test_what_is_typed_into_a_sample_is_on_the_desk_before_it_is_handed_over(stage: Stage) -> None:
    field = row_field("samples", "1", "arguments")
    stage.type_live(field, '{"city": "Linz"}')
    desk = stage.desk()
    assert desk.drafted == ("samples",)
    assert read_rows(desk.fields["samples"], SampleRow)[0].arguments == '{"city": "Linz"}'
    stage.write(field, '{"city": "Linz!"}')
    assert set(drafting.read_drafts(stage.ws, stage.actor.person_id, "tool", stage.tool)) == {"samples"}
    saved = tool_desk.save(stage.ws, stage.actor, stage.desk(), nonce="save")
    assert saved.tool.samples[0] == Sample("plain", '{"city": "Linz!"}', '{"sky": "clear"}')
    assert saved.tool.samples[1:] == TOOL.samples[1:]


def test_undo_takes_back_one_change_after_the_other(stage: Stage) -> None:
    stage.write("description", "one", "a description")
    stage.write("policy", "two", "the policy")
    assert tool_desk.undo(stage.ws, stage.actor, stage.desk()) == "the policy"
    assert (stage.desk().fields["description"], stage.desk().fields["policy"]) == ("one", "Any time")
    assert tool_desk.undo(stage.ws, stage.actor, stage.desk()) == "a description"
    assert stage.desk().drafted == ()
    assert tool_desk.undo(stage.ws, stage.actor, stage.desk()) == ""


def test_undo_reaches_behind_a_save(stage: Stage) -> None:
    stage.write("description", "one", "a description")
    tool_desk.save(stage.ws, stage.actor, stage.desk(), nonce="save")
    assert stage.desk().drafted == ()
    tool_desk.undo(stage.ws, stage.actor, stage.desk())
    assert stage.desk().fields["description"] == "d"
    assert stage.desk().drafted == ("description",)


def save_as(stage: Stage, actor: Actor, field: str, text: str) -> None:
    tool_desk.write_field(stage.ws, actor, stage.desk_of(actor), field, text, "a change")
    tool_desk.save(stage.ws, actor, stage.desk_of(actor), nonce=f"{actor.person_id} {text}")


@pytest.mark.parametrize("field", ["description", "policy"])
def test_undo_asks_where_somebody_else_has_saved_since(stage: Stage, field: str) -> None:
    other = people.add_person(stage.ws, stage.actor, "Bo", ["expert"], nonce="bo")
    save_as(stage, stage.actor, "description", "Mine")
    save_as(stage, other, field, "Theirs")
    assert tool_desk.undo(stage.ws, stage.actor, stage.desk()) == "a change"
    desk = stage.desk()
    assert (desk.fields["description"], desk.is_stale) == ("d", True)
    with pytest.raises(CurationError):
        tool_desk.save(stage.ws, stage.actor, desk, nonce="over theirs")
    tool_desk.put_on_top(stage.ws, stage.actor, desk)
    assert not stage.desk().is_stale
    saved = tool_desk.save(stage.ws, stage.actor, stage.desk(), nonce="on top")
    assert saved.tool.definition.view.description == "d"


def test_undo_of_several_saved_changes_asks_nothing_while_nobody_else_saves(stage: Stage) -> None:
    for text in ("One", "Two"):
        save_as(stage, stage.actor, "description", text)
    for text in ("One", "d"):
        tool_desk.undo(stage.ws, stage.actor, stage.desk())
        assert (stage.desk().fields["description"], stage.desk().is_stale) == (text, False)


def test_undo_takes_back_what_was_typed_in_an_editor_first(stage: Stage) -> None:
    stage.write("description", "one", "a description")
    stage.type_live("description", "one and more")
    tool_desk.undo(stage.ws, stage.actor, stage.desk())
    assert stage.desk().fields["description"] == "one"
    tool_desk.undo(stage.ws, stage.actor, stage.desk())
    assert stage.desk().fields["description"] == "d"


def test_a_discarded_draft_comes_back(stage: Stage) -> None:
    stage.write("description", "one")
    stage.write("timeout_s", "9")
    tool_desk.discard(stage.ws, stage.actor, stage.desk())
    assert stage.desk().drafted == ()
    tool_desk.undo(stage.ws, stage.actor, stage.desk())
    assert {name: stage.desk().fields[name] for name in stage.desk().drafted} == {
        "description": "one",
        "timeout_s": "9",
    }


def test_the_oldest_changes_are_forgotten_and_a_large_one_is_kept(stage: Stage) -> None:
    for n in range(tool_undo.MOST_STEPS + 5):
        stage.write("policy", f"text {n}")
    assert len(tool_undo.list_steps(stage.ws, stage.actor, stage.tool)) == tool_undo.MOST_STEPS
    stage.write("policy", "x" * tool_undo.MOST_CHARACTERS)
    assert len(tool_undo.list_steps(stage.ws, stage.actor, stage.tool)) == 1
    tool_desk.undo(stage.ws, stage.actor, stage.desk())
    assert stage.desk().fields["policy"] == f"text {tool_undo.MOST_STEPS + 4}"


def test_undoing_of_a_new_tool_goes_with_it_when_it_is_saved(stage: Stage) -> None:
    object_id = tool_desk.new_object_id(stage.ws, stage.project)
    for field, text in (("name", "look"), ("description", "one"), ("description", "two")):
        desk = tool_desk.open_desk(stage.ws, stage.actor, stage.project, object_id)
        tool_desk.write_field(stage.ws, stage.actor, desk, field, text)
    saved = tool_desk.save(
        stage.ws, stage.actor, tool_desk.open_desk(stage.ws, stage.actor, stage.project, object_id), nonce="new"
    )
    desk = tool_desk.open_desk(stage.ws, stage.actor, stage.project, saved.id)
    tool_desk.undo(stage.ws, stage.actor, desk)
    assert tool_desk.open_desk(stage.ws, stage.actor, stage.project, saved.id).fields["description"] == "one"
    assert tool_desk.list_unsaved(stage.ws, stage.actor, stage.project) == ()
