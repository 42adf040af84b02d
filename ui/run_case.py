"""Should we tune? The target first, then what prompting alone reaches, and what each way costs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from curation.services import choices, freezing, tuning_case
from curation.services.evaluation_views import gather_notes
from curation.services.freezing import DatasetView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tuning_case import METRICS, Case, Plan, Way
from ui.decision_bar import decision_bar
from ui.errors import errors_shown
from ui.layout import card_title, keys_button, page_head
from ui.look_progress import draw_progress
from ui.moments import ago
from ui.run_form import choose_base, choose_version, draw_no_version
from ui.run_rail import NEW, RUN
from ui.session import workspace
from ui.state import NOTICE, Act, ask
from ui.text import count, named, plain

PAGE = "training"
NARROWEST_PX = 330


def draw_case(project: ProjectView, act: Act) -> None:
    """Target and criteria at the left, what was measured at the right, the answer below."""
    with page_head("Should we tune?", "Prompting is cheaper than a run, where it reaches the target"):
        keys_button(PAGE)
    versions = freezing.list_datasets(workspace(), project.id)
    if not versions:
        draw_no_version()
        return
    grid = st.grid(2, min_column_width=NARROWEST_PX, gap="medium")
    with grid, st.container():
        with st.container(border=True):
            plan = _draw_target(project)
        with st.container(border=True):
            version = choose_version(versions)
            base = choose_base()
    if act.verb == "write target":
        _write(project, plan, act)
    if act.verb == "ask base" and base is not None:
        _ask(project, version, base, act)
    with grid:
        case = tuning_case.make_case(workspace(), project.id, version.n, base)
        _draw_measured(case, base)
    _draw_bar(case)


def _draw_target(project: ProjectView) -> Plan:
    """The form; nothing of it counts before it is written down."""
    kept = tuning_case.read_plan(workspace(), project.id)
    owner = f"training.case.{project.id}"
    with card_title("The target", "write it down before you measure"):
        pass
    left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    metric = left.selectbox(
        "What must be right",
        list(METRICS),
        list(METRICS).index(kept.metric),
        key=f"{owner}.metric",
        format_func=lambda one: METRICS[one],
    )
    goal = right.number_input("In percent of rows", 1.0, 100.0, 100 * kept.goal, 1.0, key=f"{owner}.goal", format="%g")
    note = st.text_input("Why so much", kept.note, key=f"{owner}.note", placeholder="Refunds go out unseen")
    yes = []
    for one in tuning_case.list_evidence(workspace(), project.id):
        with st.container(gap="xxsmall"):
            if st.checkbox(plain(one.question), one.criterion in kept.yes, key=f"{owner}.{one.criterion}"):
                yes.append(one.criterion)
            st.caption(plain(one.fact))
    with st.expander("Prices", type="compact", key=f"{owner}.prices"):
        columns = st.columns(3, gap="small")
        read = columns[0].number_input("1 M tokens read", 0.0, None, kept.in_price, 0.1, key=f"{owner}.read")
        written = columns[1].number_input("1 M tokens written", 0.0, None, kept.out_price, 0.1, key=f"{owner}.said")
        minutes = columns[2].number_input("Minutes a label", 0.0, None, kept.minutes_a_label, 1.0, key=f"{owner}.label")
    plan = Plan(metric, goal / 100, note, tuple(yes), read, written, minutes, kept.at)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Write it down",
            key="training.case.write",
            type="secondary" if kept.at else "primary",
            icon=":material/edit_note:",
            on_click=partial(ask, "write target", page=PAGE),
            disabled=plan == kept and bool(kept.at),
        )
        if kept.at:
            st.caption(f"written down {ago(kept.at)}" + ("" if plan == kept else ", and changed since"))
    return plan


def _write(project: ProjectView, plan: Plan, act: Act) -> None:
    ws = workspace()
    with errors_shown():
        tuning_case.write_plan(ws, local_actor(ws), project.id, plan, nonce=act.nonce)
        NOTICE.set("The target is written down")
        st.rerun()


def _ask(project: ProjectView, version: DatasetView, base: Path, act: Act) -> None:
    ws = workspace()
    with errors_shown(), st.spinner("Making the base model ready"):
        ready = choices.prepare_base(ws, base)
        tuning_case.ask_base(ws, local_actor(ws), project.id, version.n, ready, nonce=act.nonce or uuid.uuid4().hex)
        NOTICE.set("The base model will answer validation rows")
        st.rerun()


def _draw_measured(case: Case, base: Path | None) -> None:
    with st.container(border=True):
        with card_title("What each way reaches", "on validation rows; the test split stays shut"):
            st.button(
                "Ask the base model" if case.view is None else "Ask again",
                key="training.case.ask",
                type="primary" if case.view is None and base is not None and case.plan.at else "secondary",
                icon=":material/quiz:",
                on_click=partial(ask, "ask base", page=PAGE),
                disabled=base is None or (case.view is not None and not case.view.state.is_final),
            )
        if base is None:
            st.caption("Choose a base model first.")
        elif case.view is None:
            held = ", and under a grammar" if case.can_use_grammar else ""
            st.caption(f"It answers up to 64 rows: as it is, after four worked examples{held}.")
        elif not case.view.state.is_final or any(way.rate is None for way in case.ways if way.is_prompting):
            draw_progress(case.view)
        _draw_ways(case)
        for note in case.view.unasked.notes if case.view else ():
            st.caption(named(note))
        if case.is_afterthought:
            st.caption(":material/warning: The target was written down after these figures were there.")
        _draw_grammar(case)


def _draw_grammar(case: Case) -> None:
    """What a grammar does and what it did not, or why there is none."""
    if not case.can_use_grammar:
        st.caption(f"Not asked under a grammar: {named(case.no_grammar)}")
        return
    if case.view is not None and case.view.state.is_final and not case.is_grammar_asked:
        st.caption("This base was not asked under a grammar: ask again for that.")
        return
    st.caption(
        "Under a grammar a model can only choose among the tools on offer, with arguments that fit, or none; whether "
        "the choice is right is up to it."
    )
    for note in case.held.notes if case.held else ():
        st.caption(f":material/warning: {named(note)}")
    if case.held and case.held.closed:
        st.caption("An answer whose end the model did not write counts as wrong here.")


def _draw_ways(case: Case) -> None:
    """A column a way: what it reaches, and what it costs."""
    told: dict[str, Callable[[Way], str]] = {
        METRICS[case.plan.metric]: _rate,
        "rows": lambda way: f"{way.rate.n:,}" if way.rate and way.rate.n else "",
        "labels to write": lambda way: f"{way.labels:,}",
        "work to write them": lambda way: _hours(way.labels * case.plan.minutes_a_label),
        "tokens read a request": lambda way: _number(way.prompt_tokens),
        "time an answer": _seconds,
        "price of 1,000 requests": lambda way: _money(case, way),
    }
    columns = {way.name: [say(way) for say in told.values()] for way in case.ways}
    known = [any(column[at] for column in columns.values()) for at in range(len(told))]
    frame = pd.DataFrame({"figure": list(told), **columns})[known]
    st.table(frame, border="horizontal", hide_index=True)
    for note, models in gather_notes(case.view.lengths if case.view else {}).items():
        st.caption(f":material/content_cut: {plain('; '.join(models))}: {named(note)}")


def _rate(way: Way) -> str:
    if way.rate is None or way.rate.value is None:
        return "not yet"
    doubt = ""
    if way.rate.low is not None and way.rate.high is not None:
        doubt = f" ({100 * way.rate.low:.0f}–{100 * way.rate.high:.0f})"
    return f"{100 * way.rate.value:.1f} %{doubt}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _hours(minutes: float) -> str:
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.0f} h"


def _seconds(way: Way) -> str:
    return "" if way.latency_ms is None else f"{way.latency_ms / 1000:.2g} s"


def _money(case: Case, way: Way) -> str:
    price = tuning_case.price_thousand(case.plan, way)
    if price is None:
        return ""
    return f"{price:,.2f}" if case.plan.in_price or case.plan.out_price else "no price"


def _draw_bar(case: Case) -> None:
    """The answer in one sentence, and the way on."""
    with decision_bar() as (words, acts):
        words.markdown(_verdict(case))  # safe: our words and numbers
        acts.button(
            "New run",
            key="training.case.run",
            type="secondary" if case.is_reached or case.best is None else "primary",
            icon=":material/add:",
            on_click=RUN.set,
            args=(NEW,),
        )


def _verdict(case: Case) -> str:
    best, goal = case.best, f"{100 * case.plan.goal:g} % {METRICS[case.plan.metric]}"
    if best is None or best.rate is None:
        return f"Not measured yet: the target is {goal}"
    reached = f"{100 * (best.rate.value or 0):.1f} %"
    if case.is_sure:
        return f"**Prompting is enough**: the base model {best.name} reaches {reached}, the target is {goal}"
    if case.is_reached:
        return (
            f"**Prompting reaches the target**: {reached} {best.name}, though {count(best.rate.n, 'row')} also allow "
            f"{100 * (best.rate.low or 0):.0f} %"
        )
    n = len(case.plan.yes)
    held = f"{n} of {len(tuning_case.QUESTIONS)} reasons for a run hold"
    return f"**A run may pay**: prompting reaches {reached}, the target is {goal}; {held}"
