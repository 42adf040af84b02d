"""Which look at the test split is on screen, and the way to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from curation.model.states import Split
from curation.services import evaluating
from curation.services.evaluating import EvaluationEntry
from ui.comparison import short_names
from ui.evaluation_form import EVALUATION
from ui.moments import ago
from ui.session import workspace
from ui.state import ask


def evaluate_button(key: str, *, is_primary: bool) -> None:
    """Opens the form."""
    st.button(
        "Evaluate models",
        key=key,
        type="primary" if is_primary else "secondary",
        icon=":material/balance:",
        on_click=partial(ask, "evaluate", page="evaluation"),
    )


def choose_look(looks: tuple[EvaluationEntry, ...]) -> str:
    """Which look is on screen, newest first."""
    titles = {
        one.id: f"Look {one.look_no}{_shifted(one)} · v{one.dataset_n} · {_models(one.labels)} · {ago(one.created_at)}"
        for one in looks
    }
    ids = list(titles)
    shown = evaluating.get_evaluation(workspace(), EVALUATION.get()).id if EVALUATION.get() else ids[0]
    at = ids.index(shown) if shown in ids else 0
    picked = st.selectbox(
        "Look",
        ids,
        at,
        key=f"evaluation.look.{shown}",
        format_func=titles.__getitem__,
        label_visibility="collapsed",
        width=360,
    )
    EVALUATION.set(picked)
    return str(picked)


def _shifted(one: EvaluationEntry) -> str:
    return "" if one.split is Split.TEST else " at test (shifted)"


def _models(labels: Sequence[str]) -> str:
    """What was new in a look: all but the model the others are compared with."""
    return ", ".join(short_names(labels)[1:] or labels)
