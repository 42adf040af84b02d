"""Which tool a model calls instead of which; a cell opens its rows."""

from __future__ import annotations

from typing import Any

import streamlit as st

from curation.services.look_parts import Confusion, Part, confuse
from ui.charts import draw_kept
from ui.confusion_chart import confusion_map
from ui.layout import card_title
from ui.look_names import Names
from ui.row_choice import MOST_TOOLS, ROUND, Wanted, watch_rows
from ui.state import Slot
from ui.text import count, shorten

_CLICKED: Slot[tuple[str, str]] = Slot("evaluation.clicked", ("", ""))


def draw_confusion(part: Part, names: Names) -> None:
    """The table of one model, the last one unless another is chosen."""
    with st.container(border=True, height="stretch"):
        with card_title("Which tool instead"):
            label = st.selectbox(
                "Model",
                part.labels,
                len(part.labels) - 1,
                key=f"evaluation.confused.{part.look.id}",
                format_func=lambda one: shorten(names[one], 40),
                label_visibility="collapsed",
                width=150,
                persist_state="session",
            )
        shown = confuse(part, label, MOST_TOOLS)
        if not shown.expected:
            st.caption("No row to count.")
            return
        _draw_map(shown, part, label, names)
        _draw_list(shown, part, label)


def _draw_map(shown: Confusion, part: Part, label: str, names: Names) -> None:
    cells = tuple((row, column, n) for row, counted in shown.counts.items() for column, n in counted.items())
    wrong = _mistakes(shown)
    words = "; ".join(f"{row} called as {column}: {n}" for row, column, n in wrong[:20]) or "no tool is mistaken"
    picked = draw_kept(
        confusion_map,
        cells,
        shown.expected,
        shown.given,
        key=f"evaluation.confusion.{part.look.id}.{part.slice}.{label}.{ROUND.get()}",
        alt_text=f"Expected tools in rows, called tools in columns, by {names[label]}. {words}",
        on_select="rerun",
        selection_mode="cell",
    )
    clicked = _picked(picked)
    slot = _CLICKED.of(f"map.{ROUND.get()}")
    if clicked != slot.get():
        slot.set(clicked)
        if any(clicked):
            watch_rows(Wanted("cell", label, *clicked))
    st.caption("Rows: what is right; columns: what was called. A cell opens its rows.")


def _picked(picked: Any) -> tuple[str, str]:
    """The clicked cell as (expected, called), empty when none is."""
    rows = picked["selection"].get("cell", []) if picked else []
    return (rows[0]["expected"], rows[0]["called"]) if rows else ("", "")


def _mistakes(shown: Confusion) -> list[tuple[str, str, int]]:
    """The wrong cells, most frequent first."""
    found = [(row, column, n) for row, counts in shown.counts.items() for column, n in counts.items() if row != column]
    return sorted(found, key=lambda one: -one[2])


def _draw_list(shown: Confusion, part: Part, label: str) -> None:
    """The wrong cells as a list: a chart cannot be reached by key."""
    found = _mistakes(shown)
    if not found:
        return
    chosen = st.selectbox(
        "Mistakes",
        [(row, column) for row, column, _ in found],
        None,
        key=f"evaluation.mistakes.{part.look.id}.{part.slice}.{label}.{ROUND.get()}",
        format_func=lambda one: f"{shorten(one[0], 30)} → {shorten(one[1], 30)}",
        placeholder=f"{count(sum(n for *_, n in found), 'mistake')}: choose one",
        label_visibility="collapsed",
    )
    slot = _CLICKED.of(f"list.{ROUND.get()}")
    now = chosen or ("", "")
    if now != slot.get():
        slot.set(now)
        if chosen:
            watch_rows(Wanted("cell", label, *chosen))
