"""The form of a new order: strategy, tools, what is made, how people speak, who is asked; beside it the plan."""

from __future__ import annotations

import streamlit as st

from curation.services import cataloguing
from curation.services.order_choices import Sheet, Strategy, list_strategies
from curation.services.projects import ProjectView
from ui.knobs import draw_knobs
from ui.layout import empty_card, keys_button, page_head
from ui.order_mix import draw_wanted
from ui.order_model import draw_model
from ui.order_plan import Unread, draw_plan
from ui.order_records import draw_records
from ui.order_seeds import draw_seeds
from ui.order_shows import draw_shows
from ui.order_values import draw_values
from ui.order_voice import draw_voice
from ui.session import workspace
from ui.state import Act
from ui.text import plain, show_unseen

PAGE = "orders"
NARROWEST_PX = 380
MOST_SEED = 2**31 - 1


def draw_form(project: ProjectView, act: Act) -> None:
    """The form at the left, the plan at the right; both live."""
    with page_head("New order", "A person still accepts every candidate"):
        keys_button(PAGE)
    tools = tuple(view.name for view in cataloguing.list_tools(workspace(), project.id))
    if not tools:
        _draw_toolless()
        return
    with st.grid(2, min_column_width=NARROWEST_PX, gap="medium"):
        with st.container(gap="medium"):
            sheet, problems = _draw_sheet(project, tools)
        with st.container(border=True, gap="small"):
            draw_plan(project, sheet, problems, act)


def _draw_toolless() -> None:
    with empty_card():
        st.header("Nothing to order for yet", anchor=False)
        st.markdown("Candidates are conversations in which tools are called, and this project has no tool.")
        if st.button("Write the first tool", key="orders.first", type="primary", icon=":material/construction:"):
            st.switch_page("../pages/catalogue.py")


def _draw_sheet(project: ProjectView, names: tuple[str, ...]) -> tuple[Sheet, Unread]:
    problems: Unread = {}
    with st.container(border=True, gap="small"):
        strategy = _choose_strategy()
        tools = st.multiselect(
            "Tools",
            names,
            key="orders.new.tools",
            placeholder="All of them",
            format_func=show_unseen,
            persist_state="session",
        )
        wanted = draw_wanted(names, has_mix=strategy.is_mixing, shapes=strategy.shapes)
        shows = draw_shows()
        seed = st.number_input(
            "Seed",
            0,
            MOST_SEED,
            0,
            key="orders.new.seed",
            help="The same order with the same seed drafts the same candidates.",
            persist_state="session",
            width=180,
        )
    records = draw_records(project, problems) if "records" in strategy.needs else ()
    seeds = draw_seeds(project, names, problems) if "examples" in strategy.needs else ()
    asked = draw_model(project, strategy)
    voice = draw_voice(strategy)
    if strategy.parameters:
        with st.expander("Knobs of the strategy", icon=":material/tune:"):
            knobs = draw_knobs(strategy.parameters, owner=f"orders.knob.{strategy.name}", columns=2)
    else:
        knobs = {}
    draw_values(project)
    sheet = Sheet(
        strategy=strategy.name,
        count=wanted.n,
        seed=int(seed),
        tools=tuple(tools),
        cells=wanted.cells,
        shows=shows,
        mix=wanted.mix,
        parameters=knobs,
        voice=voice,
        seed_examples=seeds,
        records=records,
        endpoint=asked.endpoint,
        spending=asked.spending,
    )
    return sheet, problems


def _choose_strategy() -> Strategy:
    strategies = {one.name: one for one in list_strategies()}
    name = st.selectbox(
        "Strategy",
        list(strategies),
        key="orders.new.strategy",
        format_func=lambda one: show_unseen(strategies[one].title),
        persist_state="session",
    )
    chosen = strategies[name]
    needs = {
        "model": "It asks a language model.",
        "examples": "It starts from examples of this project.",
        "records": "It starts from scenario records.",
    }
    said = [chosen.about or "Drafts from the tools' schemas alone.", *(needs[one] for one in sorted(chosen.needs))]
    if "model" not in chosen.needs:
        said.append("No model is asked, nothing leaves this machine.")
    st.caption(plain(" ".join(said)))
    return chosen
