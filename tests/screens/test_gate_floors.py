"""The form of the gate's floors: what is asked for, changed, taken away, added, and set by somebody else meanwhile."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from curation.services.promoting import DEFAULT_FLOORS, Floor, read_rules, set_floors
from tests.screens.stage import Stage, texts


def _draw_form() -> None:
    """The inside of the dialog on a page of its own: a test of screens cannot click inside a dialog."""
    import streamlit as st

    from ui.gate_floors import begin_floors, draw_floors
    from ui.session import require_project

    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        begin_floors(require_project())
    draw_floors(require_project(), frozenset({"tool:track_order"}))


@pytest.fixture
def form(stage: Stage) -> AppTest:
    return AppTest.from_function(_draw_form, default_timeout=60).run()


def field(form: AppTest, label: str):
    return next(one for one in form.number_input if one.label == label)


def press(form: AppTest, label: str) -> None:
    next(one for one in form.button if one.label == label).click().run()
    assert not form.exception, form.exception


def asked(stage: Stage) -> tuple[Floor, ...]:
    return read_rules(stage.ws, stage.project.id).floors


def test_every_floor_is_a_field_and_left_alone_stays_as_it_was(stage: Stage, form: AppTest) -> None:
    assert field(form, "Valid answers, at least").value == 98
    assert len(form.number_input) == len(DEFAULT_FLOORS) + 1
    press(form, "Ask for these")
    assert asked(stage) == DEFAULT_FLOORS


def test_a_floor_is_changed_one_taken_away_and_one_added(stage: Stage, form: AppTest) -> None:
    field(form, "Valid answers, at least").set_value(99.5)
    field(form, "False calls, at most").set_value(None)
    next(one for one in form.selectbox if one.label == "One more").set_value("false_call_rate")
    next(one for one in form.selectbox if one.label == "In").set_value("tool:track_order")
    field(form, "Bound").set_value(7)
    press(form, "Ask for these")
    kept = [one for one in DEFAULT_FLOORS if one.metric not in ("valid_call_rate", "false_call_rate") or one.slice]
    assert set(asked(stage)) == {
        *kept,
        Floor("valid_call_rate", 0.995),
        Floor("false_call_rate", 0.07, "tool:track_order"),
    }
    press(form, "The usual floors")
    assert field(form, "Valid answers, at least").value == 98


def test_floors_that_somebody_else_set_meanwhile_are_not_written_over(stage: Stage, form: AppTest) -> None:
    set_floors(stage.ws, stage.actor, stage.project.id, [Floor("harm", 0.2)], nonce="other")
    field(form, "Valid answers, at least").set_value(90.0)
    press(form, "Ask for these")
    assert asked(stage) == (Floor("harm", 0.2),)
    assert "Somebody else set the floors" in texts(form)


def test_two_floors_for_the_same_are_refused_by_name(stage: Stage, form: AppTest) -> None:
    next(one for one in form.selectbox if one.label == "One more").set_value("valid_call_rate")
    field(form, "Bound").set_value(50)
    press(form, "Ask for these")
    assert "There are two floors for valid answers" in texts(form)
    assert asked(stage) == DEFAULT_FLOORS


def test_one_more_without_its_bound_is_told(stage: Stage, form: AppTest) -> None:
    next(one for one in form.selectbox if one.label == "One more").set_value("harm").run()
    assert "takes a rate and a bound" in texts(form)
