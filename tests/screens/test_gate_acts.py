"""The questions before a promotion and a way back do what they say, or say that something changed meanwhile."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from curation.services.evaluating import EvaluationView, Recorded
from curation.services.promoting import Floor, find_alias, promote, roll_back, set_floors
from tests.screens.stage import texts
from tests.services.evaluating_desk import Desk

FEW = Floor("harm", 0.1, "fixed:no such kind")
"""Nothing proves it: there are no such rows."""


def _draw_promotion(look_id: str, label: str) -> None:
    """The inside of the dialog on a page of its own: a test of screens cannot click inside a dialog."""
    import streamlit as st

    from curation.services.evaluating import get_evaluation
    from curation.services.promoting import read_gate
    from ui.gate_acts import begin_promotion, draw_promotion
    from ui.session import require_project, workspace

    project = require_project()
    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        begin_promotion(read_gate(workspace(), project.id, get_evaluation(workspace(), look_id), label))
    draw_promotion(project, look_id, label)


def _draw_way_back() -> None:
    import streamlit as st

    from curation.services.promoting import find_alias
    from ui.gate_acts import begin_way_back, draw_way_back
    from ui.session import require_project, workspace

    project = require_project()
    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        used = find_alias(workspace(), project.id)
        assert used is not None
        begin_way_back(used)
    draw_way_back(project)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A frozen version and two models, made once."""
    made = Desk(tmp_path_factory.mktemp("ready") / "home", count=80)
    set_floors(made.ws, made.actor, made.project_id, [Floor("tool_name_accuracy", 0.1)], nonce="floors")
    made.ws.close()
    return made


@pytest.fixture
def view(desk: Desk) -> EvaluationView:
    models = (desk.base, desk.tuned, desk.add_model("newest", "adapter"))
    return desk.record(*(Recorded(one, desk.right_answers()) for one in models))


def use(desk: Desk, view: EvaluationView, at: int) -> None:
    ws, model_id = desk.ws, view.models[at].model.id
    promote(
        ws,
        desk.actor,
        desk.project_id,
        view.id,
        model_id,
        reason="better",
        despite_not_proven=True,
        nonce=ws.new_id(),
    )


def in_use(desk: Desk) -> str | None:
    found = find_alias(desk.ws, desk.project_id)
    return found.model.name if found else None


def press(shown: AppTest, label: str) -> str:
    """Everything on screen afterwards."""
    next(one for one in shown.button if one.label == label).click().run()
    assert not shown.exception, shown.exception
    return texts(shown)


def open_promotion(view: EvaluationView, label: str) -> AppTest:
    shown = AppTest.from_function(_draw_promotion, default_timeout=60, args=(view.id, label)).run()
    assert not shown.exception, shown.exception
    shown.text_area[0].set_value("Right").run()
    return shown


def open_way_back(desk: Desk, view: EvaluationView) -> AppTest:
    """From the second of two models that were promoted one after the other."""
    use(desk, view, 0)
    use(desk, view, 1)
    shown = AppTest.from_function(_draw_way_back, default_timeout=60).run()
    assert not shown.exception, shown.exception
    shown.text_area[0].set_value("Slow").run()
    return shown


def test_a_way_back_leads_where_it_says(desk: Desk, view: EvaluationView) -> None:
    shown = open_way_back(desk, view)
    assert "**tiny** will be in production again at once, instead of tuned" in texts(shown)
    press(shown, "Roll back to tiny")
    assert in_use(desk) == "tiny"


def test_a_way_back_is_asked_anew_when_somebody_promoted_meanwhile(desk: Desk, view: EvaluationView) -> None:
    shown = open_way_back(desk, view)
    use(desk, view, 2)
    said = press(shown, "Roll back to tiny")
    assert in_use(desk) == "newest"
    assert "What is in production changed since this was opened: read it again." in said
    assert "**tuned** will be in production again at once, instead of newest" in said
    assert shown.text_area[0].value == "Slow", "what was typed is kept"
    press(shown, "Roll back to tuned")
    assert in_use(desk) == "tuned"


def test_a_way_back_that_somebody_else_went_is_none_any_more(desk: Desk, view: EvaluationView) -> None:
    shown = open_way_back(desk, view)
    roll_back(desk.ws, desk.actor, desk.project_id, reason="slow", nonce="theirs")
    assert "Nothing was in production before **tiny**" in press(shown, "Roll back to tiny")
    assert in_use(desk) == "tiny"


def test_what_is_not_proven_is_agreed_to_for_the_checks_on_screen_alone(desk: Desk, view: EvaluationView) -> None:
    set_floors(desk.ws, desk.actor, desk.project_id, [Floor("harm", 0.1, "fixed:none")], nonce="one")
    shown = open_promotion(view, "tuned")
    shown.checkbox[0].check().run()
    set_floors(desk.ws, desk.actor, desk.project_id, [Floor("harm", 0.1, "fixed:none"), FEW], nonce="two")
    said = press(shown, "Promote tuned")
    assert in_use(desk) is None
    assert "changed since this was opened: read it again." in said
    assert "2 checks not proven" in said
    assert not shown.checkbox[0].value
    assert "cannot tell whether" in press(shown, "Promote tuned")
    shown.checkbox[0].check().run()
    press(shown, "Promote tuned")
    assert in_use(desk) == "tuned"


def test_a_promotion_names_what_is_in_production_by_now(desk: Desk, view: EvaluationView) -> None:
    use(desk, view, 0)
    shown = open_promotion(view, "newest")
    if shown.checkbox:
        shown.checkbox[0].check().run()
    assert "instead of tiny" in texts(shown)
    use(desk, view, 1)
    assert "instead of tuned" in press(shown, "Promote newest")
    assert in_use(desk) == "tuned"
    use(desk, view, 2)
    shown.run()
    assert "**newest** is in production." in texts(shown)
