"""Which look at the test split is on screen, and the way to the next one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from curation.model.states import Split
from curation.services import evaluating
from curation.services.evaluating import EvaluationEntry, EvaluationView
from curation.services.look_parts import ALL, Part, list_slices, take_part
from curation.services.rate_words import say_slice
from ui.evaluation_form import EVALUATION
from ui.look_names import MOST_SHOWN, Names, short_names
from ui.moments import ago
from ui.session import workspace
from ui.state import ask
from ui.text import shorten


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
        width=300,
    )
    EVALUATION.set(picked)
    return str(picked)


def show_model(look_id: str, label: str) -> None:
    """Put a model among those that are shown, in place of the last one where there is no room."""
    for key in [str(key) for key in st.session_state if str(key).startswith(f"{_models_key(look_id)}.")]:
        shown = list(st.session_state[key])
        if shown and label not in shown:
            st.session_state[key] = [*shown[: MOST_SHOWN - 1], label]


def _models_key(look_id: str) -> str:
    return f"evaluation.models.{look_id}"


def slice_key(look_id: str) -> str:
    """Where the chosen rows of a look are kept."""
    return f"evaluation.slice.{look_id}"


def sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]


def choose_part(view: EvaluationView, names: Names) -> Part:
    """Which models on which rows; everything on the page follows."""
    answered = [one.label for one in view.models if one.report is not None]
    slices = {one.name: one.n for one in list_slices(view)}
    labels = answered
    if len(answered) > 1:
        labels = st.multiselect(
            "Models shown",
            answered,
            answered if len(answered) <= MOST_SHOWN else [answered[0], *answered[1 - MOST_SHOWN :]],
            key=f"{_models_key(view.id)}.{len(answered)}",
            format_func=lambda one: shorten(names[one], 24),
            max_selections=MOST_SHOWN,
            label_visibility="collapsed",
            placeholder="Every model",
            width=430,
            persist_state="session",
        )
    chosen = ALL
    if slices:
        chosen = st.selectbox(
            "Rows",
            [ALL, *slices],
            key=slice_key(view.id),
            format_func=lambda one: (
                f"{sentence_case(shorten(say_slice(one), 44))} · {slices[one]:,}" if one else "All rows"
            ),
            label_visibility="collapsed",
            width=210,
            persist_state="session",
        )
    return take_part(view, [one for one in answered if one in labels] or answered, chosen)


def _shifted(one: EvaluationEntry) -> str:
    return "" if one.split is Split.TEST else " at test (shifted)"


def _models(labels: Sequence[str]) -> str:
    """What was new in a look: all but the model the others are compared with."""
    return ", ".join(short_names(labels)[1:] or labels)
