"""What an order is to make: a mix of shapes by their shares, or exactly these lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from curation.services.order_choices import MOST, SHAPES, Cell, usual_mix
from ui.order_cells import begin_with, draw_cells

MIX, EXACT = "So many in all", "Exactly these"
"""The same words for every strategy: a browser forgets which one is chosen when its words change."""
_WAY = "orders.new.way"
SHARED = ("no_tool", "recovery", "multi_step", "parallel")
REST = "positive"
USUAL_COUNT = 50


class Wanted(NamedTuple):
    """How many of what."""

    n: int
    mix: dict[str, float]
    cells: tuple[Cell, ...]


def begin_exactly(cells: tuple[Cell, ...]) -> None:
    """Open the form with these lines."""
    begin_with(cells)
    st.session_state[_WAY] = EXACT


def begin_mixed(count: int, mix: Mapping[str, float]) -> None:
    """Open the form with so many in all, by these shares."""
    kept = st.session_state
    kept[_WAY] = MIX
    kept["orders.new.count"] = count
    for name in SHARED:
        if name in mix:
            kept[f"orders.new.share.{name}"] = round(100 * mix[name])


def draw_wanted(tools: tuple[str, ...], *, has_mix: bool, shapes: tuple[str, ...] = ()) -> Wanted:
    """The mix or the lines; without a mix of its own shares a strategy makes what it is there for."""
    way = st.radio(
        "What is made",
        [MIX, EXACT],
        key=_WAY,
        horizontal=True,
        persist_state="session",
    )
    if way == EXACT:
        cells = draw_cells(tools)
        _warn_of_others(cells, shapes)
        return Wanted(sum(cell.count for cell in cells), {}, cells)
    count = st.number_input(
        "How many", 1, MOST, USUAL_COUNT, step=10, key="orders.new.count", persist_state="session", width=180
    )
    return Wanted(int(count), _draw_shares() if has_mix else {}, ())


def _warn_of_others(cells: tuple[Cell, ...], shapes: tuple[str, ...]) -> None:
    """Lines that this strategy cannot make, told before the order is short of them."""
    others = {SHAPES[cell.category]: None for cell in cells if shapes and cell.category not in shapes}
    if others:
        made = " and ".join(SHAPES[one] for one in shapes)
        st.caption(
            f":orange[:material/warning: This strategy makes {made} only:] none of {', '.join(others)}."
        )  # safe: our own words


def _draw_shares() -> dict[str, float]:
    usual = usual_mix()
    shares = {}
    with st.grid(2, min_column_width=200, gap="small"):
        for name in SHARED:
            shares[name] = (
                st.number_input(
                    f"{SHAPES[name].capitalize()}, %",  # safe: our own words
                    0,
                    100,
                    round(100 * usual.get(name, 0)),
                    step=1,
                    key=f"orders.new.share.{name}",
                    persist_state="session",
                )
                / 100
            )
    rest = 1 - sum(shares.values())
    if rest < 0:
        st.caption(f":orange[:material/warning: Together {100 * (1 - rest):.0f} %:] each share shrinks to fit.")
    else:
        st.caption(f"The other {100 * rest:.0f} % call one tool.")
    return {REST: round(max(rest, 0.0), 4), **shares}
