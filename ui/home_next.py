"""The one sentence at the top of Home: what the project needs first."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from curation.model.filters import ExampleFilter, Level, Special
from curation.model.states import ExampleState
from curation.services.browsing import Glance
from ui import keys
from ui.list_links import open_list
from ui.text import count, plain, say


@dataclass(frozen=True)
class NextAct:
    """The one sentence at the top of Home and where its button leads."""

    sentence: str
    button: str
    page: str
    icon: str
    narrowed: ExampleFilter | None = None
    """What the list of that page is narrowed to."""


def next_act(glance: Glance) -> NextAct:
    """What a project needs first; the order is that of the loop."""
    states = glance.states
    if not glance.n_tools:
        return NextAct(
            "Begin with a tool: every example is checked against it.", "Write a tool", "catalogue", "construction"
        )
    if glance.catalogue_n is None or glance.n_unpublished:
        sentence = (
            f"{count(glance.n_unpublished or glance.n_tools, 'tool')} not published yet; examples call published tools."
        )
        return NextAct(sentence, "Publish the catalogue", "catalogue", "publish")
    if not glance.n_examples:
        return NextAct(
            "The tools are ready; now show a model how they are called.", "Write an example", "write", "edit_note"
        )
    if glance.n_repairs:
        sentence = count(glance.n_repairs, "example waits for repair", "examples wait for repair")
        sentence += " after a change of a tool, outside the next dataset."
        return NextAct(sentence, "Repair them", "examples", "healing", ExampleFilter(special=Special.REPAIR))
    if glance.n_with_errors:
        sentence = f"{count(glance.n_with_errors, 'example')} with errors; they stay out of the next dataset."
        return NextAct(sentence, "Mend them", "write", "build", ExampleFilter(level=Level.ERROR))
    if states[ExampleState.SUBMITTED]:
        sentence = f"{count(states[ExampleState.SUBMITTED], 'example')} wait for a decision."
        return NextAct(sentence, "Review", "review", "rate_review")
    if glance.dataset_n is None and states[ExampleState.ACCEPTED]:
        return NextAct("Accepted work is ready to be frozen into a dataset.", "Freeze a dataset", "health", "ac_unit")
    if glance.dataset_n is not None and not glance.n_models:
        return NextAct("A dataset is frozen; see whether training on it helps.", "Train", "training", "model_training")
    if glance.n_models and not glance.n_evaluations:
        return NextAct("A model is trained; prove that it calls better.", "Evaluate", "evaluation", "balance")
    return NextAct("Nothing is blocked. More examples make a better model.", "Continue writing", "write", "edit_note")


def draw_next_act(act: NextAct) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.badge("next", icon=":material/flag:", color="orange")
        st.markdown(say("**{sentence}**", sentence=act.sentence), width="content")
        st.space("stretch")
        pressed = st.button(
            plain(act.button),
            key="home.next",
            type="primary",
            icon=f":material/{act.icon}:",
            shortcut=keys.NEXT_ACT.shortcut,
        )
    if pressed and act.narrowed is not None:
        open_list(act.narrowed, act.page)
    if pressed:
        st.switch_page(f"../pages/{act.page}.py")
