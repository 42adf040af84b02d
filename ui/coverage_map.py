"""The heat map of tool and category; the chosen cell can be filled at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from curation.model.filters import ExampleFilter, Use
from curation.model.states import ExampleState
from curation.services import beginning, choices, synthesizing
from curation.services.health import Health
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui import keys
from ui.charts import draw
from ui.errors import errors_shown
from ui.health_charts import heat_map
from ui.layout import card_title
from ui.list_links import number_button
from ui.session import workspace
from ui.state import EXAMPLE, NOTICE, Act, Slot, ask
from ui.text import count, plain

CATEGORY_WORDS = {
    "single": "single",
    "parallel": "parallel",
    "multi_step": "multi-step",
    "recovery": "recovery",
    "no_call": "no call",
}
ORDERED = {
    "single": "positive",
    "parallel": "parallel",
    "multi_step": "multi_step",
    "recovery": "recovery",
    "no_call": "no_tool",
}
"""Category → what a synthesizer is asked for to fill it."""
ORDER_SIZE = 5


CELL: Slot[tuple[str, str]] = Slot("health.cell", ("", ""))
"""The chosen (tool, category)."""
_CLICKED: Slot[tuple[str, str]] = Slot("health.clicked", ("", ""))
_BARREN: Slot[tuple[tuple[str, str], ...]] = Slot("health.barren", ())
"""Cells an order could not fill; they are proposed last."""


def draw_map(measured: Health, *, is_next: bool, states: tuple[ExampleState, ...] = ()) -> None:
    """The map, and under it what can be done about one cell; `is_next` fills the button of the order."""
    with st.container(border=True, height="stretch"):
        with card_title("Examples by tool and category"):
            if measured.tools:
                st.caption("choose a cell to fill it", width="content")
        if not measured.tools:
            _draw_toolless()
            return
        categories = [_word(name) for name in measured.categories]
        counts = {(cell.tool, _word(cell.category)): cell.n for cell in measured.cells}
        picked = draw(
            heat_map(counts, measured.tools, categories),
            key="health.map",
            alt_text=_map_words(measured),
            on_select="rerun",
            selection_mode="cell",
        )
        _take_click(_picked_cell(picked))
        _draw_cell(measured, states, is_next=is_next)


def _draw_toolless() -> None:
    st.caption("No tools yet. A tool is a name, a description and parameters; every example is checked against it.")
    if st.button("Write the first tool", key="health.first", type="primary", icon=":material/construction:"):
        st.switch_page("../pages/catalogue.py")


def _word(category: str) -> str:
    return CATEGORY_WORDS.get(category, category)


def _map_words(measured: Health) -> str:
    empty = [f"{cell.tool} {_word(cell.category)}" for cell in measured.cells if not cell.n]
    return f"Examples by tool and category. Empty: {', '.join(empty[:20]) or 'none'}"


def _picked_cell(picked: Any) -> tuple[str, str]:
    """The clicked cell as (tool, category), empty when none is."""
    rows = picked["selection"].get("cell", []) if picked else []
    if not rows:
        return "", ""
    names = {word: name for name, word in CATEGORY_WORDS.items()}
    return rows[0]["tool"], names.get(rows[0]["category"], rows[0]["category"])


def _take_click(clicked: tuple[str, str]) -> None:
    """A new click on the map wins over the list; an old one does not come back by itself."""
    if clicked != _CLICKED.get():
        _CLICKED.set(clicked)
        if any(clicked):
            CELL.set(clicked)


def _draw_cell(measured: Health, states: tuple[ExampleState, ...], *, is_next: bool) -> None:
    """A list of the cells beside the map, for those who do not click charts; emptiest first."""
    barren = _BARREN.get()
    ordered = sorted(measured.cells, key=lambda cell: ((cell.tool, cell.category) in barren, cell.n))
    options = [(cell.tool, cell.category) for cell in ordered]
    chosen = CELL.get() if CELL.get() in options else options[0]
    # The labels carry no counts: a list knows its rows by what they say, and a count changes with every order.
    st.session_state["health.cells"] = chosen
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Cell",
            options,
            key="health.cells",
            format_func=lambda one: f"{one[0]} × {_word(one[1])}",
            on_change=lambda: CELL.set(st.session_state["health.cells"]),
        )
        st.button(
            "Write one",
            key="health.write",
            type="tertiary",
            icon=":material/edit_note:",
            on_click=partial(ask, "write", chosen[0], chosen[1], page="health"),
        )
        st.button(
            f"Order {ORDER_SIZE}",
            key="health.order",
            type="primary" if is_next else "secondary",
            icon=":material/auto_awesome:",
            shortcut=keys.ORDER.shortcut,
            help=f"Drafts {ORDER_SIZE} candidates of this kind for {plain(chosen[0])}; a person still accepts each.",
            on_click=partial(ask, "order", chosen[0], chosen[1], page="health"),
        )
    n = measured.matrix[chosen]
    known = " · no wording of this kind without a model: write it by hand" if chosen in barren else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = f"{count(n, 'example')} of this kind{known}" if n else f"None of this kind yet{known}"
        st.caption(kind, width="content")  # safe: a number and our own words
        if n:
            # The map counts a row that calls nothing under every tool it offers.
            use = Use.OFFERED if chosen[1] == "no_call" else Use.CALLED
            wanted = ExampleFilter(tool=chosen[0], category=chosen[1], use=use, states=states)
            number_button("Show", wanted, key="health.show", icon=":material/chevron_right:")


def order_cell(project: ProjectView, act: Act) -> None:
    """Draft candidates for one cell with the offline synthesiser; what it cannot fill is not proposed again."""
    ws = workspace()
    with errors_shown():
        report = synthesizing.draft_candidates(
            ws,
            local_actor(ws),
            project.id,
            choices.offline_synthesizer(),
            count=ORDER_SIZE,
            seed=int(act.nonce[:6], 16),
            tool_names=[act.at],
            mix={ORDERED.get(act.value, "positive"): 1.0},
            nonce=act.nonce,
        )
        if not report.n_added:
            _BARREN.set((*_BARREN.get(), (act.at, act.value)))
        # The next proposal is the emptiest cell again, so that the same key does not fill this one twice.
        CELL.clear()
        NOTICE.set(_say_order(report.n_added, act))
        st.rerun()


def write_cell(project: ProjectView, act: Act) -> None:
    """Begin a conversation of this cell and go to it."""
    ws = workspace()
    with errors_shown():
        begun = beginning.begin_example(ws, local_actor(ws), project.id, act.at, act.value, nonce=act.nonce)
        EXAMPLE.set(begun.id)
        st.switch_page("../pages/write.py")


def _say_order(n_added: int, act: Act) -> str:
    """What came of an order; not every cell can be drafted without a model."""
    kind = _word(act.value)
    if not n_added:
        return f"Offline there is no {plain(kind)} wording for {plain(act.at)}; write one by hand"
    return f"{count(n_added, 'candidate')} ({plain(kind)}) for {plain(act.at)} wait for review"
