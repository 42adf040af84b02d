"""Evaluation: models on the test split, with how sure we are, and every row where they differ."""

from __future__ import annotations

import streamlit as st

from curation.services import evaluating
from curation.services.evaluating import EvaluationView
from curation.services.look_parts import Part
from ui.answer_in_full import DRAFT, draw_in_full, make_draft
from ui.answer_rows import draw_differing
from ui.comparison import draw_rates, draw_warnings
from ui.confusion_card import draw_confusion
from ui.cost_table import draw_costs
from ui.desk_style import bend_desk
from ui.evaluation_form import ask_to_evaluate
from ui.failure_card import draw_failures
from ui.gate_desk import Judged, draw_judged, judge_look, perform_gate
from ui.layout import empty_card, keys_button, page_head
from ui.links import glossary_link
from ui.look_choice import choose_look, choose_part, evaluate_button
from ui.look_facts import draw_facts, report_button
from ui.look_progress import draw_progress
from ui.repair_table import draw_beside
from ui.session import require_project, require_role, workspace
from ui.state import Act, asked


def draw_empty() -> None:
    """What the page says before the first look."""
    with empty_card():
        st.header("No model was asked yet", anchor=False)
        st.markdown(
            "An evaluation lets models answer the test split and scores them by the validator that checks examples."
        )
        evaluate_button("evaluation.first", is_primary=True)


def draw_part(part: Part, judged: Judged) -> None:
    """Figures, failures and rows of what is on screen."""
    draw_warnings(part, judged.names)
    if not part.models:
        return
    names = judged.names
    with st.container(key="evaluation.columns"):
        left, right = st.columns([9, 4], gap="medium")
        low, middle, wide = st.columns([7, 7, 10], gap="medium")
    with left:
        draw_rates(part, names)
    with right:
        draw_judged(judged)
    with low:
        draw_failures(part, names)
    with middle:
        draw_confusion(part, names)
    with wide:
        chosen = draw_differing(part, names)
    if chosen is not None:
        draw_in_full(chosen, part, names)
    draw_costs(part, names)
    draw_beside(part, names)


def draw_look(view: EvaluationView, act: Act) -> None:
    """The models and rows chosen, then all about them."""
    bend_desk()
    judged = judge_look(project, view)
    perform_gate(project, act, judged)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        draw_facts(view)
        st.space("stretch")
        part = choose_part(view, judged.names)
    draw_progress(view)
    draw_part(part, judged)


require_role()
project = require_project()
act = asked("evaluation")
if act.verb == DRAFT:
    make_draft(act)
looks = evaluating.list_evaluations(workspace(), project.id)
with page_head("Compare on test"):
    if looks:
        chosen = choose_look(looks)
        view = evaluating.get_evaluation(workspace(), chosen)
        report_button(view)
        evaluate_button("evaluation.new", is_primary=False)
    keys_button("evaluation")
if act.verb == "evaluate":
    ask_to_evaluate(project)
if looks:
    draw_look(view, act)
else:
    draw_empty()
glossary_link()
