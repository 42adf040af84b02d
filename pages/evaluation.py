"""Evaluation: models on the test split, with how sure we are, and every row where they differ."""

from __future__ import annotations

import streamlit as st

from curation.model.states import Split
from curation.services import evaluating
from curation.services.evaluating import EvaluationView
from curation.services.portions import name_portion
from ui.answer_rows import draw_rows
from ui.comparison import contestants, draw_breakdown, draw_rates
from ui.evaluation_form import ask_to_evaluate
from ui.glossary import meaning_of
from ui.layout import keys_button, page_head
from ui.links import glossary_link
from ui.look_choice import choose_look, evaluate_button
from ui.look_progress import draw_progress
from ui.repair_table import draw_beside
from ui.session import require_project, require_role, workspace
from ui.state import asked
from ui.text import count, named


def draw_empty() -> None:
    """What the page says before the first look."""
    _, middle, _ = st.columns([1, 3, 1])
    with middle, st.container(border=True):
        st.header("No model was asked yet", anchor=False)
        st.markdown(
            "An evaluation lets models answer the test split and scores them by the validator that checks examples."
        )
        evaluate_button("evaluation.first", is_primary=True)


def draw_look(view: EvaluationView) -> None:
    """Figures, failures and rows of one look."""
    draw_progress(view)
    for warning in view.warnings:
        st.warning(named(warning), icon=":material/warning:")
    answered = contestants(view)
    if not answered:
        return
    draw_rates(answered)
    draw_breakdown(view, answered)
    draw_beside(view)
    draw_rows(view)


require_role()
project = require_project()
act = asked("evaluation")
looks = evaluating.list_evaluations(workspace(), project.id)
opened = evaluating.count_looks(workspace(), project.id)
with page_head("Compare on test"):
    if looks:
        chosen = choose_look(looks)
        evaluate_button("evaluation.new", is_primary=False)
    keys_button("evaluation")
if act.verb == "evaluate":
    ask_to_evaluate(project)
if not looks:
    draw_empty()
else:
    view = evaluating.get_evaluation(workspace(), chosen)
    rows = max((one.report.overall.n.rows for one in view.models if one.report), default=0)
    shifted = "" if view.split is Split.TEST else f", {name_portion(view.split)}"
    asked_for = f"{count(rows, 'row')} of dataset v{view.dataset_n}{shifted}" if rows else "Not answered yet"
    how = "greedy, raw output" + (" and under a grammar" if any(one.grammar for one in view.models) else "")
    facts = f"{asked_for} · {how} · test opened {count(opened, 'time')}"
    st.caption(facts, help=meaning_of("look"))  # safe: counts only
    draw_look(view)
glossary_link()
