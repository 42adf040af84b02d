"""Write: typed text becomes a revision, buttons do what they say, a submission that cannot be says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from curation.errors import StateError
from curation.model.states import ExampleState
from curation.services import browsing, drafting, reviewing, settling, writing
from tests.browser.filling import Filling, make_answer, make_example
from tests.screens.pressing import hand_over, press, show
from ui.write_memory import OWN


def test_first_example_is_begun_with_the_published_tools(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    press(open_page("write"), "write.first")
    (row,) = browsing.list_examples(filling.ws, filling.project.id).rows
    example = filling.read(row.id).example
    assert [message.role for message in example.messages] == ["user"]
    assert isinstance(example.tools, tuple)
    assert [one.view.name for one in example.tools] == ["track_order"]


def test_text_handed_over_is_saved_once_as_a_revision(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    screen.run()
    screen.run()
    saved = filling.read(example.id)
    assert saved.head_rev == 2
    assert saved.example.messages[1].content == "My pleasure."


def refuse(*_: object, **__: object) -> None:
    raise StateError("The database is busy.", hint="Try again in a moment.")


def test_text_stays_unhandled_until_it_is_saved(
    filling: Filling, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    monkeypatch.setattr(writing, "save_example", refuse)
    screen.run()
    assert "The database is busy" in screen.error[0].value
    monkeypatch.undo()
    monkeypatch.setenv("CALLWRIGHT_HOME", str(filling.ws.home))
    hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    screen.run()
    assert filling.read(example.id).example.messages[1].content == "My pleasure."


def test_press_that_was_refused_with_its_text_is_not_made_later(
    filling: Filling, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    with monkeypatch.context() as busy:
        busy.setattr(writing, "save_example", refuse)
        press(screen, "write.submit")
    assert "The database is busy" in screen.error[0].value
    hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.", nonce="n2")
    screen.run()
    saved = filling.read(example.id)
    assert saved.example.messages[1].content == "My pleasure."
    assert saved.state is ExampleState.DRAFT


def test_tab_knows_the_revision_it_made_though_a_newer_run_was_asked_for_meanwhile(
    filling: Filling, open_page: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or its next act would be on an older revision, and its fields would be other fields."""
    settle = settling.settle

    def overtaken(*args: Any, **kwargs: Any) -> settling.Settled:
        settled = settle(*args, **kwargs)
        context = get_script_run_ctx()
        if context and context.script_requests and settled.taken:
            context.script_requests.request_rerun(RerunData(page_script_hash=context.page_script_hash))
        return settled

    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    monkeypatch.setattr(settling, "settle", overtaken)
    hand_over(screen, f"write.text.{example.id}.t1", "My pleasure.")
    screen.run()
    assert not screen.exception
    assert filling.read(example.id).head_rev == 2
    assert OWN.of(example.id).name in screen.session_state
    assert screen.session_state[OWN.of(example.id).name] == (2,)
    assert f"write.text.{example.id}.t1" in screen.session_state[f"write.fields.{example.id}"]


def test_undo_is_refused_when_somebody_else_saved_in_between(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    other = make_answer("Thanks", "Somebody else's words.")
    writing.save_example(filling.ws, filling.actor, example.id, 1, other, nonce="other")
    press(screen, "write.undo")
    assert "saved by somebody in between" in screen.error[0].value
    assert filling.read(example.id).example == other


def test_draft_left_by_a_closed_tab_is_taken_in(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    person = filling.actor.person_id
    drafting.save_draft(filling.ws, person, "example", example.id, "/messages/1/content", 1, "Half a sent")
    open_page("write")
    assert filling.read(example.id).example.messages[1].content == "Half a sent"
    assert drafting.read_drafts(filling.ws, person, "example", example.id) == {}


def test_submit_with_an_error_says_so_and_goes_to_the_first(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    """Submit is never closed in the browser: a key pressed right after the cure would be swallowed."""
    example = filling.write(make_example("Where is order 12?", order_id="12"))
    screen = press(open_page("write"), "write.submit")
    assert screen.toast[0].value == "Not submitted: 1 error first"
    assert filling.read(example.id).state is ExampleState.DRAFT
    assert screen.session_state["write.aim"].at.endswith("/arguments/order_id")


def test_submit_at_zero_errors(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    press(open_page("write"), "write.submit")
    assert filling.read(example.id).state is ExampleState.SUBMITTED


def test_turns_are_added_and_removed_and_undone(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = press(open_page("write"), "write.add_user")
    assert len(filling.read(example.id).example.messages) == 3
    press(screen, "write.undo")
    assert len(filling.read(example.id).example.messages) == 2


def test_choice_in_the_form_writes_its_value(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    screen = open_page("write")
    box = next(one for one in screen.selectbox if one.label.startswith("priority"))
    box.select("high").run()
    assert not screen.exception
    call = (filling.read(example.id).example.messages[1].calls or ())[0]
    assert json.loads(call.arguments.text) == {"order_id": "B4821", "priority": "high"}  # type: ignore[union-attr]


def test_label_is_set_on_the_decision(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_answer("Thanks"))
    screen = open_page("write")
    next(one for one in screen.selectbox if one.label == "Why no tool is called").select("refuse").run()
    label = filling.read(example.id).example.messages[1].label
    assert label is not None
    assert label.reason == "refuse"


def test_names_of_turns_survive_an_edit(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    """A field keeps its key when a turn is added before it, so that its text stays on screen."""
    example = filling.write(make_answer("Thanks"))
    screen = press(open_page("write"), f"write.add_system.{example.id}")
    hand_over(screen, f"write.text.{example.id}.t1", "Still the answer.", base_rev=2)
    screen.run()
    assert filling.read(example.id).example.messages[2].content == "Still the answer."


def test_undo_after_other_edits_leaves_an_earlier_submission_alone(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    waiting = filling.write(make_answer("Bye"))
    submitted = filling.write(make_answer("Thanks"))
    screen = press(open_page("write"), "write.submit")
    hand_over(screen, f"write.text.{waiting.id}.t1", "My pleasure.")
    screen.run()
    assert filling.read(waiting.id).example.messages[1].content == "My pleasure."
    press(screen, "write.undo")
    assert filling.read(submitted.id).state is ExampleState.SUBMITTED
    assert filling.read(waiting.id).example == waiting.example


def test_undo_takes_the_submission_back_and_nothing_done_elsewhere_since(
    filling: Filling, open_page: Callable[..., AppTest]
) -> None:
    filling.write(make_answer("Bye"))
    submitted = filling.write(make_answer("Thanks"))
    screen = press(open_page("write"), "write.submit")
    reviewing.accept(filling.ws, filling.actor, submitted.id, 1, nonce="elsewhere")
    press(screen, "write.undo")
    assert "Something else was done" in screen.error[0].value
    assert filling.read(submitted.id).state is ExampleState.ACCEPTED


def test_submit_is_no_next_act_of_what_is_submitted(filling: Filling, open_page: Callable[..., AppTest]) -> None:
    example = filling.write(make_example("Where is B4821?"))
    writing.submit(filling.ws, filling.actor, example.id, 1, nonce="submitted")
    screen = show(open_page("write"), example.id)
    assert screen.button(key="write.submit").proto.type == "secondary"
