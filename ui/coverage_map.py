"""The heat map of tool and category; the chosen cell can be filled at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from curation.services import choices, synthesizing
from curation.services.health import Health
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui import keys
from ui.charts import draw
from ui.errors import errors_shown
from ui.health_charts import heat_map
from ui.layout import card_title
from ui.session import workspace
from ui.state import NOTICE, Act, ask
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


def draw_map(measured: Health) -> None:
    """The map, and under it what can be done about one cell."""
    with st.container(border=True, height="stretch"):
        with card_title("Examples by tool and category"):
            st.caption("choose a cell to fill it", width="content")
        if not measured.tools:
            st.caption(
                "No tools yet. A tool is a name, a description and parameters; every example is checked against it."
            )
            st.page_link("../pages/catalogue.py", label="Write the first tool", icon=":material/construction:")
            return
        categories = [CATEGORY_WORDS.get(name, name) for name in measured.categories]
        counts = {(cell.tool, CATEGORY_WORDS.get(cell.category, cell.category)): cell.n for cell in measured.cells}
        picked = draw(
            heat_map(counts, measured.tools, categories),
            key="health.map",
            alt_text=_map_words(measured),
            on_select="rerun",
            selection_mode="cell",
        )
        _draw_cell(measured, _picked_cell(picked))


def _map_words(measured: Health) -> str:
    empty = [f"{cell.tool} {CATEGORY_WORDS.get(cell.category, cell.category)}" for cell in measured.cells if not cell.n]
    return f"Examples by tool and category. Empty: {', '.join(empty[:20]) or 'none'}"


def _picked_cell(picked: Any) -> tuple[str, str]:
    """The clicked cell as (tool, category), empty when none is."""
    rows = picked["selection"].get("cell", []) if picked else []
    if not rows:
        return "", ""
    names = {word: name for name, word in CATEGORY_WORDS.items()}
    return rows[0]["tool"], names.get(rows[0]["category"], rows[0]["category"])


def _draw_cell(measured: Health, picked: tuple[str, str]) -> None:
    """A list of the cells beside the map, for those who do not click charts; emptiest first."""
    ordered = sorted(measured.cells, key=lambda cell: cell.n)
    options = [(cell.tool, cell.category) for cell in ordered]
    key = f"health.cell.{picked}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Cell",
            options,
            options.index(picked) if picked in options else 0,
            key=key,
            format_func=lambda one: (
                f"{one[0]} × {CATEGORY_WORDS.get(one[1], one[1])}: {measured.matrix[one] or 'none'}"
            ),
        )
        st.page_link("../pages/write.py", label="Write one", icon=":material/edit_note:")
        st.button(
            f"Order {ORDER_SIZE}",
            key="health.order",
            icon=":material/auto_awesome:",
            shortcut=keys.ORDER.shortcut,
            help=f"Drafts {ORDER_SIZE} candidates of this kind for {plain(chosen[0])}; a person still accepts each.",
            on_click=partial(ask, "order", chosen[0], chosen[1], page="health"),
        )


def order_cell(project: ProjectView, act: Act) -> None:
    """Draft candidates for one cell with the offline synthesiser."""
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
        NOTICE.set(_say_order(report.n_added, act))
        st.rerun()


def _say_order(n_added: int, act: Act) -> str:
    """What came of an order; not every cell can be drafted without a model."""
    kind = CATEGORY_WORDS.get(act.value, act.value)
    if not n_added:
        return f"The offline synthesiser knows no {kind} wording for {plain(act.at)}; write one by hand"
    return f"{count(n_added, 'candidate')} for {plain(act.at)} wait for review"
