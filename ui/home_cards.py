"""The cards of Home: what to do next, the loop in six figures, what waits, what needs attention, the glance."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from curation.model.states import ExampleState
from curation.services.browsing import Glance
from curation.services.gauging import NoToolGauge
from ui import keys
from ui.charts import draw
from ui.health_charts import gauge as gauge_chart
from ui.layout import Colour, card_title
from ui.rail import TAB
from ui.text import count, plain, say


@dataclass(frozen=True)
class NextAct:
    """The one sentence at the top of Home and where its button leads."""

    sentence: str
    button: str
    page: str
    icon: str


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
    if glance.n_with_errors:
        sentence = f"{count(glance.n_with_errors, 'example')} with errors; they stay out of the next dataset."
        return NextAct(sentence, "Mend them", "write", "build")
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
    if pressed:
        st.switch_page(f"../pages/{act.page}.py")


@dataclass(frozen=True)
class Station:
    """One card of the loop."""

    word: str
    icon: str
    figure: str
    note: str
    colour: Colour
    page: str


def stations(glance: Glance) -> tuple[Station, ...]:
    """From the catalogue to the evaluation."""
    return (*_data_stations(glance), *_model_stations(glance))


def _data_stations(glance: Glance) -> tuple[Station, ...]:
    n_submitted = glance.states[ExampleState.SUBMITTED]
    catalogue = f"Catalogue v{glance.catalogue_n}" if glance.catalogue_n else "Catalogue"
    colour: Colour = "blue" if glance.n_unpublished else "green" if glance.n_tools else "gray"
    errors = f"{glance.n_with_errors:,} with errors" if glance.n_with_errors else "no errors"
    faulty: Colour = "red" if glance.n_with_errors else "green"
    accepted = f"{glance.states[ExampleState.ACCEPTED]:,}"
    waiting = f"{n_submitted:,} to review"
    return (
        Station(catalogue, "construction", count(glance.n_tools, "tool"), _catalogue_note(glance), colour, "catalogue"),
        Station("Examples", "forum", f"{glance.n_examples:,}", errors, faulty, "write"),
        Station("Accepted", "check_circle", accepted, waiting, "orange" if n_submitted else "gray", "review"),
    )


def _model_stations(glance: Glance) -> tuple[Station, ...]:
    has_dataset = glance.dataset_n is not None
    dataset = f"v{glance.dataset_n}" if has_dataset else "none"
    rows = count(sum(glance.dataset_counts.values()), "row") if has_dataset else "not frozen yet"
    running = f"{glance.n_jobs_open:,} running" if glance.n_jobs_open else "nothing running"
    models, looks = count(glance.n_models, "model"), "on the test split" if glance.n_evaluations else "not yet"
    evaluated: Colour = "green" if glance.n_evaluations else "gray"
    return (
        Station("Dataset", "ac_unit", dataset, rows, "green" if has_dataset else "gray", "health"),
        Station("Training", "model_training", models, running, "blue" if glance.n_jobs_open else "gray", "training"),
        Station("Evaluation", "balance", f"{glance.n_evaluations:,}", looks, evaluated, "evaluation"),
    )


def _catalogue_note(glance: Glance) -> str:
    if glance.n_unpublished:
        return count(glance.n_unpublished, "draft")
    return "published" if glance.n_tools else "empty"


def draw_stations(glance: Glance) -> None:
    """Six bordered columns; the figure opens what it counts."""
    for column, station in zip(st.columns(6, gap="small"), stations(glance), strict=True):
        with column, st.container(border=True, gap="xxsmall", height="stretch"):
            st.caption(f":material/{station.icon}: {plain(station.word)}")  # safe: our own table
            if st.button(
                say("**{figure}**", figure=station.figure), key=f"home.station.{station.page}", type="tertiary"
            ):
                st.switch_page(f"../pages/{station.page}.py")
            st.badge(plain(station.note), color=station.colour)


@dataclass(frozen=True)
class Waiting:
    """One list that waits for somebody: its word, how many, and the tab that shows it."""

    word: str
    icon: str
    state: ExampleState
    note: str
    page: str
    tab: str


WAITING = (
    Waiting("Drafts", "edit_note", ExampleState.DRAFT, "being written", "write", "Drafts"),
    Waiting("Changes requested", "undo", ExampleState.CHANGES_REQUESTED, "sent back", "write", "Asked"),
    Waiting("To review", "rate_review", ExampleState.SUBMITTED, "submitted", "review", "To review"),
    Waiting("Candidates", "auto_awesome", ExampleState.CANDIDATE, "drafted by machine", "review", "Candidates"),
)


def draw_waiting(glance: Glance, n_drafts: int) -> None:
    """What waits for a person, each line opens its list."""
    st.header("Waiting for you", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for one in WAITING:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f":material/{one.icon}: {plain(one.word)}", width=170)  # safe: our own table
                st.markdown(f"**{glance.states[one.state]:,}**", width=36)
                st.caption(plain(one.note), width="content")
                st.space("stretch")
                if _link("Open", f"home.open.{one.word}"):
                    TAB.of(one.page).set(one.tab)
                    st.switch_page(f"../pages/{one.page}.py")
        if n_drafts:
            st.caption(f"{count(n_drafts, 'field')} with typed text that is not in its example yet.")


def _link(label: str, key: str) -> bool:
    return bool(
        st.button(plain(label), key=key, type="tertiary", icon=":material/chevron_right:", icon_position="right")
    )


def draw_attention(glance: Glance) -> None:
    """What would stop or spoil the next dataset."""
    st.header("Needs attention", anchor=False)
    with st.container(border=True, gap="small"):
        if glance.n_with_errors:
            sentence = f"{count(glance.n_with_errors, 'example')} with errors"
            _attention("error", "red", sentence, "They cannot be submitted or accepted.", "write")
        if glance.n_unpublished:
            sentence = f"{count(glance.n_unpublished, 'tool')} not published"
            _attention("warning", "orange", sentence, "Examples call what the catalogue published.", "catalogue")
        if not glance.n_with_errors and not glance.n_unpublished:
            st.markdown(":material/check_circle: Nothing needs attention.")


def _attention(word: str, colour: Colour, sentence: str, note: str, page: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(plain(word), color=colour, icon=f":material/{word}:")
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(plain(sentence))
            st.caption(plain(note))
        if _link("Show", f"home.show.{page}"):
            st.switch_page(f"../pages/{page}.py")


def draw_gauge(gauge: NoToolGauge) -> None:
    """The share of decisions that call nothing, against the band of 10 to 20 %."""
    share = gauge.n_no_tool / gauge.n_decisions if gauge.n_decisions else 0.0
    word, colour = _band(share)
    with card_title("No-tool decisions"):
        st.markdown(f"**{100 * share:.1f} %**", width="content")
        st.badge(plain(word), color=colour)
    if gauge.n_decisions:
        words_for_it = f"{100 * share:.1f} % of decisions call nothing; the band is 10 to 20 %"
        draw(gauge_chart(100 * share, 10, 20), key="home.gauge", alt_text=words_for_it)
    st.caption(f"{gauge.n_no_tool:,} of {count(gauge.n_decisions, 'decision')} · in {count(gauge.n_rows, 'row')}")


def _band(share: float) -> tuple[str, Colour]:
    if share < 0.1:
        return "below 10–20 %", "orange"
    if share > 0.2:
        return "above 10–20 %", "orange"
    return "within 10–20 %", "green"
