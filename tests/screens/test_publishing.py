"""Publishing: what a change breaks is seen first, mended with the same button, and taken back from the versions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from curation.model.definition import Sample
from curation.model.example import Call, Example, Message
from curation.model.states import ExampleState
from curation.model.values import Arguments, Exact
from curation.services import (
    browsing,
    cataloguing,
    drafting,
    impact,
    last_moves,
    migrating,
    repairs,
    reviewing,
    tool_desk,
    writing,
)
from curation.services.last_moves import Moved
from curation.services.projects import ProjectView
from curation.services.writing import ExampleView
from db.tables import example
from tests.screens.stage import HOSTILE, ROOT, Stage, make_tool, staged, texts
from ui import catalogue_desk, publishing, rail_tabs, tool_moves, versions

PROPERTIES: dict[str, object] = {
    "amount": {"type": "number", "description": "Euros"},
    "country": {"type": "string", "description": "Where"},
}
CURRENCY = {"currency": {"type": "string", "description": "ISO code"}}
STEP = 'default:pay:["currency"]'
DEFAULT = f"step.value.{STEP}"


def parameters(properties: dict[str, object], required: list[str]) -> str:
    return json.dumps({"type": "object", "properties": properties, "required": required})


@pytest.fixture
def stage(home: Path) -> Iterator[Stage]:
    """A published tool, two examples that call it, and a newly required argument nobody has published."""
    with staged(home) as opened:
        tool = cataloguing.save_tool(
            opened.ws, opened.actor, opened.project.id, make_tool("pay", parameters(PROPERTIES, [])), nonce="tool"
        )
        cataloguing.publish(opened.ws, opened.actor, opened.project.id, nonce="first")
        for number in (1, 2):
            write(opened, tool, number)
        cataloguing.save_tool(
            opened.ws,
            opened.actor,
            opened.project.id,
            make_tool("pay", parameters({**PROPERTIES, **CURRENCY}, ["currency"])),
            tool_id=tool.id,
            base_revision=1,
            nonce="changed",
        )
        yield opened


def write(stage: Stage, tool: cataloguing.ToolView, number: int) -> ExampleView:
    arguments = Arguments(json.dumps({"amount": number, "country": "SE" if number == 1 else "DE"}))
    example = Example(
        messages=(
            Message(role="user", content=f"Pay {number} {HOSTILE}"),
            Message(role="assistant", calls=(Call(name="pay", arguments=arguments, id="1", type="function"),)),
            Message(role="tool", content="{}", tool_call_id="1"),
            Message(role="assistant", content="It is paid."),
        ),
        tools=(tool.tool.definition,),
    )
    return writing.new_example(stage.ws, stage.actor, stage.project.id, example, nonce=f"example {number}")


@pytest.fixture
def draw(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[ProjectView], None]], AppTest]:
    """Draws a dialog's inside on the page itself: a test of screens cannot click inside a dialog."""

    def show(inside: Callable[[ProjectView], None]) -> AppTest:
        nonce = uuid.uuid4().hex

        def draw_inside(project: ProjectView, _tool: str) -> None:
            for slot in (publishing.NONCE, versions.NONCE):
                slot.set(nonce)
            inside(project)

        monkeypatch.setattr(catalogue_desk, "draw_desk", draw_inside)
        shown = stage.show("catalogue")
        assert not shown.exception
        return shown

    return show


Draw = Callable[[Callable[[ProjectView], None]], AppTest]


def rail_tab(shown: AppTest) -> str:
    """The open tab of the rail on Write."""
    return str(shown.session_state[rail_tabs.TAB.of("write").name])


def calls(stage: Stage) -> list[str]:
    found = []
    for number in (1, 2):
        listed = next(one for one in examples(stage) if one.number == number)
        (call,) = listed.example.messages[1].calls or ()
        assert isinstance(call.arguments, Arguments)
        found.append(call.arguments.text)
    return found


def examples(stage: Stage) -> list[ExampleView]:
    rows = browsing.list_examples(stage.ws, stage.project.id).rows
    return [writing.open_example(stage.ws, row.id) for row in rows]


def test_what_breaks_is_counted_by_finding_before_anything_is_published(stage: Stage, draw: Draw) -> None:
    shown = draw(publishing.draw_publishing)
    said = texts(shown)
    assert "2 examples break" in said
    assert any("2 × **argument-missing** **currency**" in one.label.replace("\\", "") for one in shown.expander)
    assert "2 are sent back with the finding, for repair" in said
    assert cataloguing.list_catalogues(stage.ws, stage.project.id)[0].n == 1
    for kind in ("header", "markdown", "caption", "expander", "page_link"):
        for element in shown.get(kind):
            assert "![x](" not in f"{getattr(element, 'value', '')} {element.proto}"


def test_one_value_and_one_button_mend_all_and_undo_takes_it_back(stage: Stage, draw: Draw) -> None:
    shown = draw(publishing.draw_publishing)
    before = calls(stage)
    shown.text_input(key=DEFAULT).set_value("SEK").run()
    assert not shown.exception
    assert "2 examples move to the new definitions" in texts(shown)
    shown.button(key="publish.yes").click().run()
    assert not shown.exception
    assert [json.loads(one)["currency"] for one in calls(stage)] == ["SEK", "SEK"]
    assert cataloguing.list_catalogues(stage.ws, stage.project.id)[0].n == 2
    tool = cataloguing.list_tools(stage.ws, stage.project.id)[0]
    assert shown.session_state[tool_moves.MOVED.name].tool_ids == (tool.id,)
    shown = draw(versions.draw_versions)
    shown.button(key="versions.undo").click().run()
    assert not shown.exception
    assert calls(stage) == before


def test_value_may_follow_another_argument_and_the_rest_is_sent_back(stage: Stage, draw: Draw) -> None:
    shown = draw(publishing.draw_publishing)
    shown.selectbox(key=f"step.by.{STEP}").set_value("country").run()
    shown.text_area(key=f"step.map.{STEP}.country").set_value("SE = SEK").run()
    assert "1 example moves to the new definitions; 1 is sent back" in texts(shown)
    shown.button(key="publish.yes").click().run()
    assert [json.loads(one).get("currency") for one in calls(stage)] == ["SEK", None]
    assert repairs.count_repairs(stage.ws, stage.project.id) == 1
    assert {one.state for one in examples(stage)} == {ExampleState.DRAFT, ExampleState.CHANGES_REQUESTED}


def test_step_left_out_mends_nothing(stage: Stage, draw: Draw) -> None:
    shown = draw(publishing.draw_publishing)
    shown.text_input(key=DEFAULT).set_value("SEK").run()
    shown.checkbox(key=f"step.in.{STEP}").uncheck().run()
    assert "2 are sent back with the finding, for repair" in texts(shown)


def test_examples_may_be_left_and_wait(stage: Stage, draw: Draw) -> None:
    before = calls(stage)
    draw(publishing.draw_publishing).button(key="publish.leave").click().run()
    assert calls(stage) == before
    assert repairs.count_repairs(stage.ws, stage.project.id) == 2
    shown = draw(publishing.draw_publishing)
    assert shown.button(key="publish.yes").label == "Move 2 examples to v2"


def test_what_waits_for_repair_is_told_on_home_worked_down_and_mended_on_write(stage: Stage, draw: Draw) -> None:
    shown = draw(publishing.draw_publishing)
    assert shown.button(key="publish.leave").label == "Publish, move none; 2 wait for repair"
    shown.button(key="publish.leave").click().run()
    home = stage.show("home")
    assert "2 examples wait for repair" in texts(home)
    assert home.button(key="home.next").label == "Repair them"
    listed = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=30)
    listed.query_params["queue"] = "repair"
    listed.switch_page("../pages/examples.py").run()
    desk = listed.button(key="examples.work").click().run()
    assert not desk.exception
    assert rail_tab(desk) == "Repair"
    assert "waits for repair" in texts(desk)
    assert "**pay** has changed" in texts(desk)
    taken = stage.show("write").button(key="write.take_definitions").click().run()
    assert not taken.exception
    assert "took the new definitions" in {one.why for one in reviewing.list_revisions(stage.ws, examples(stage)[0].id)}


def test_move_that_was_undone_stays_in_the_history(stage: Stage, draw: Draw) -> None:
    draw(publishing.draw_publishing).button(key="publish.yes").click().run()
    draw(versions.draw_versions).button(key="versions.undo").click().run()
    assert "undone by" in texts(draw(versions.draw_versions))


def test_versions_compare_any_two_and_tell_the_saves_of_a_tool(stage: Stage, draw: Draw) -> None:
    draw(publishing.draw_publishing).button(key="publish.yes").click().run()
    shown = draw(versions.draw_versions)
    said = texts(shown)
    assert "v1 → v2" in said
    assert "**currency** is new and required" in said
    assert "Save 2" in said
    shown.selectbox(key="versions.from").set_value(2).run()
    assert "They say the same." in texts(shown)


def test_lead_accepts_again_after_a_look_at_a_sample(stage: Stage, draw: Draw) -> None:
    for view in examples(stage):
        writing.submit(stage.ws, stage.actor, view.id, 1, nonce=f"submit {view.id}")
        reviewing.accept(stage.ws, stage.actor, view.id, 1, nonce=f"accept {view.id}")
    shown = draw(publishing.draw_publishing)
    assert "all of them were accepted" in texts(shown)
    shown.text_input(key=DEFAULT).set_value("SEK").run()
    shown.button(key="publish.yes").click().run()
    assert {one.state for one in examples(stage)} == {ExampleState.SUBMITTED}
    shown = draw(versions.draw_versions)
    assert "These are all of them" in texts(shown)
    shown.button(key="versions.accept").click().run()
    assert not shown.exception
    assert {one.state for one in examples(stage)} == {ExampleState.ACCEPTED}


def test_unsaved_text_is_named_and_saved_on_the_way(stage: Stage, draw: Draw) -> None:
    tool = cataloguing.list_tools(stage.ws, stage.project.id)[0]
    drafting.save_draft(
        stage.ws, stage.actor.person_id, "tool", tool.id, "description", tool.revision, "Says what an order costs."
    )
    shown = draw(publishing.draw_publishing)
    assert f"{tool.name} has changes that are not saved".replace("_", "\\_") in texts(shown)
    shown.button(key="publish.save").click().run()
    assert "not saved" not in texts(shown)
    saved = cataloguing.get_tool(stage.ws, tool.id).tool
    assert saved.definition.view.description == "Says what an order costs."


def test_a_sample_call_that_its_own_tool_refuses_is_told(stage: Stage, draw: Draw) -> None:
    tool = cataloguing.list_tools(stage.ws, stage.project.id)[0]
    sampled = msgspec.structs.replace(tool.tool, samples=(Sample("cheap", '{"amount": "much"}'),))
    cataloguing.save_tool(
        stage.ws, stage.actor, stage.project.id, sampled, tool_id=tool.id, base_revision=tool.revision, nonce="sampled"
    )
    assert "1 sample of pay does not fit" in texts(draw(publishing.draw_publishing))


def test_how_many_were_accepted_is_said_of_all_that_the_change_touches(stage: Stage, draw: Draw) -> None:
    view = examples(stage)[0]
    writing.submit(stage.ws, stage.actor, view.id, 1, nonce="submit")
    reviewing.accept(stage.ws, stage.actor, view.id, 1, nonce="accept")
    shown = draw(publishing.draw_publishing)
    assert "2 are sent back with the finding, for repair; 1 of all 2 was accepted" in texts(shown)
    shown.text_input(key=DEFAULT).set_value("SEK").run()
    assert "2 examples move to the new definitions; 1 of them was accepted" in texts(shown)


def test_many_new_tools_are_folded_behind_what_breaks(stage: Stage, draw: Draw) -> None:
    for n in range(5):
        tool = make_tool(f"fresh_{n}", '{"type":"object"}')
        cataloguing.save_tool(stage.ws, stage.actor, stage.project.id, tool, nonce=f"fresh {n}")
    shown = draw(publishing.draw_publishing)
    labels = [one.label for one in shown.expander]
    assert "5 new tools" in labels
    assert next(at for at, one in enumerate(labels) if "argument-missing" in one) < labels.index("5 new tools")


def test_a_renamed_tool_keeps_its_examples_and_rejected_ones_do_not_count(stage: Stage) -> None:
    used = cataloguing.count_uses(stage.ws, stage.project.id)
    tool = next(one for one in cataloguing.list_tools(stage.ws, stage.project.id) if one.id in used)
    desk = tool_desk.open_desk(stage.ws, stage.actor, stage.project.id, tool.id)
    tool_desk.write_field(stage.ws, stage.actor, desk, "name", "quite_another")
    desk = tool_desk.open_desk(stage.ws, stage.actor, stage.project.id, tool.id)
    saved = tool_desk.save(stage.ws, stage.actor, desk, nonce="renamed")
    assert saved.name == "quite_another"
    assert cataloguing.count_uses(stage.ws, stage.project.id) == used
    with stage.ws.unit() as unit:
        unit.connection.execute(update(example).values(state="rejected"))
        unit.commit()
    assert cataloguing.count_uses(stage.ws, stage.project.id) == {}


def publish_and_move(stage: Stage) -> Moved:
    """Both examples are accepted, then moved, each call with the currency it lacked."""
    for view in examples(stage):
        writing.submit(stage.ws, stage.actor, view.id, 1, nonce=f"submit {view.id}")
        reviewing.accept(stage.ws, stage.actor, view.id, 1, nonce=f"accept {view.id}")
    found = impact.measure(stage.ws, stage.project.id)
    report = migrating.move_examples(
        stage.ws, stage.actor, stage.project.id, steps=found.steps, digest=found.digest, nonce="publish and move"
    )
    return Moved(report.batch_id, report.tool_ids)


def at_catalogue(stage: Stage, moved: Moved) -> AppTest:
    """The tab that made the move."""
    shown = stage.show("catalogue")
    shown.session_state[tool_moves.MOVED.name] = moved
    return shown.run()


def press_undo(stage: Stage, moved: Moved) -> AppTest:
    tool = cataloguing.list_tools(stage.ws, stage.project.id)[0]
    shown = at_catalogue(stage, moved).button(key=f"tool.undo.{tool.id}").click().run()
    assert not shown.exception
    return shown


def test_undo_right_after_publishing_takes_the_move_back_with_what_was_accepted(stage: Stage) -> None:
    before = calls(stage)
    moved = publish_and_move(stage)
    assert {one.state for one in examples(stage)} == {ExampleState.CHANGES_REQUESTED}
    press_undo(stage, moved)
    assert calls(stage) == before
    assert {one.state for one in examples(stage)} == {ExampleState.ACCEPTED}
    assert repairs.count_repairs(stage.ws, stage.project.id) == 0
    assert any(one.disabled for one in stage.show("catalogue").button if one.label == "Undo")


def test_a_call_that_failed_on_purpose_changes_and_breaks_nothing(stage: Stage, draw: Draw) -> None:
    view = examples(stage)[0]
    asked, called, told, *rest = view.example.messages
    unlearned = msgspec.structs.replace(called, weight=Exact("0"))
    failed = msgspec.structs.replace(told, content='{"error": "Too many requests"}')
    again = msgspec.structs.replace(view.example, messages=(asked, unlearned, failed, *rest))
    writing.save_example(stage.ws, stage.actor, view.id, 1, again, nonce="not learned")
    shown = draw(publishing.draw_publishing)
    shown.text_input(key=DEFAULT).set_value("SEK").run()
    said = texts(shown)
    assert "1 example breaks" in said
    assert "1 example of the others has a call that changes as well and gets no new error" in said


def test_undo_means_the_desk_again_once_something_was_done_since(stage: Stage) -> None:
    moved = publish_and_move(stage)
    tool = cataloguing.list_tools(stage.ws, stage.project.id)[0]
    desk = tool_desk.open_desk(stage.ws, stage.actor, stage.project.id, tool.id)
    tool_desk.write_field(stage.ws, stage.actor, desk, "description", "Pays.", "a description")
    press_undo(stage, moved)
    assert {one.state for one in examples(stage)} == {ExampleState.CHANGES_REQUESTED}
    desk = tool_desk.open_desk(stage.ws, stage.actor, stage.project.id, tool.id)
    assert desk.drafted == ()
    writing.new_example(stage.ws, stage.actor, stage.project.id, examples(stage)[0].example, nonce="another")
    assert last_moves.find_last_move(stage.ws, stage.actor, desk, moved) is None


def test_move_is_undone_on_the_desks_of_its_tools_alone_and_only_in_the_tab_that_made_it(stage: Stage) -> None:
    moved = publish_and_move(stage)
    pay = cataloguing.list_tools(stage.ws, stage.project.id)[0]
    assert moved.tool_ids == (pay.id,)
    desk = tool_desk.open_desk(stage.ws, stage.actor, stage.project.id, pay.id)
    found = last_moves.find_last_move(stage.ws, stage.actor, desk, moved)
    assert found is not None
    assert found.batch_id == moved.batch_id
    assert last_moves.find_last_move(stage.ws, stage.actor, desk, Moved()) is None
    other = msgspec.structs.replace(desk, object_id="another tool")
    assert last_moves.find_last_move(stage.ws, stage.actor, other, moved) is None
    undo = f"tool.undo.{pay.id}"
    assert not at_catalogue(stage, moved).button(key=undo).disabled
    elsewhere = stage.show("catalogue").button(key=undo)
    assert elsewhere.disabled
    assert "under Versions" in elsewhere.help
