"""The heat map of tool and category; the chosen cell can be filled at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from curation.model.filters import ExampleFilter, Use
from curation.model.states import ExampleState
from curation.model.traits import Trait, trait
from curation.services.health import Health
from curation.services.trait_words import CATEGORY_WORDS, say_category
from ui import keys
from ui.charts import draw_kept
from ui.health_charts import heat_map
from ui.health_choice import BARREN, CELL, COMING, ORDER_SIZE, more_button, order_button
from ui.layout import card_title
from ui.list_links import number_button
from ui.state import Slot, ask
from ui.text import count

_CLICKED: Slot[tuple[str, str]] = Slot("health.clicked", ("", ""))


def draw_map(measured: Health, *, is_next: bool, states: tuple[ExampleState, ...] = ()) -> None:
    """The map, and under it what can be done about one cell; `is_next` fills the button of the order."""
    with st.container(border=True, height="stretch"):
        with card_title("Examples by tool and category"):
            if measured.tools:
                st.caption("choose a cell to fill it", width="content")
        if not measured.tools:
            _draw_toolless()
            return
        picked = draw_kept(
            heat_map,
            tuple((cell.tool, say_category(cell.category), cell.n) for cell in measured.cells),
            key="health.map",
            alt_text=_map_words(measured),
            on_select="rerun",
            selection_mode="cell",
        )
        _take_click(_picked_cell(picked))
        _draw_cell(measured, states, is_next=is_next)


def _word_later(wanted: Trait) -> str:
    if wanted.address in COMING.get():
        return " · on order"
    return " · on the writing list" if wanted.address in BARREN.get() else ""


def _trait(tool: str, category: str) -> Trait:
    return trait("cell", tool, category)


def _draw_toolless() -> None:
    st.caption("No tools yet. A tool is a name, a description and parameters; every example is checked against it.")
    if st.button("Write the first tool", key="health.first", type="primary", icon=":material/construction:"):
        st.switch_page("../pages/catalogue.py")


def _map_words(measured: Health) -> str:
    empty = [f"{cell.tool} {say_category(cell.category)}" for cell in measured.cells if not cell.n]
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
    later = (*BARREN.get(), *COMING.get())
    ordered = sorted(measured.cells, key=lambda cell: (_trait(cell.tool, cell.category).address in later, cell.n))
    options = [(cell.tool, cell.category) for cell in ordered]
    chosen = CELL.get() if CELL.get() in options else options[0]
    # The labels carry no counts: a list knows its rows by what they say, and a count changes with every order.
    st.session_state["health.cells"] = chosen
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            "Cell",
            options,
            key="health.cells",
            format_func=lambda one: f"{one[0]} × {say_category(one[1])}",
            on_change=lambda: CELL.set(st.session_state["health.cells"]),
        )
        wanted = _trait(*chosen)
        st.button(
            "Write one",
            key="health.write",
            type="tertiary",
            icon=":material/edit_note:",
            on_click=partial(ask, "write", wanted.address, page="health"),
        )
        order_button(wanted, ORDER_SIZE, key="health.order", shortcut=keys.ORDER.shortcut, is_filled=is_next)
        more_button(wanted, key="health.more")
    n = measured.matrix[chosen]
    known = _word_later(wanted)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = f"{count(n, 'example')} of this kind{known}" if n else f"None of this kind yet{known}"
        st.caption(kind, width="content")  # safe: a number and our own words
        if n:
            # The map counts a row that calls nothing under every tool it offers.
            use = Use.OFFERED if chosen[1] == "no_call" else Use.CALLED
            behind = ExampleFilter(tool=chosen[0], category=chosen[1], use=use, states=states)
            number_button("Show", behind, key="health.show", icon=":material/chevron_right:")
