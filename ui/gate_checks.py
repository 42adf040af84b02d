"""Every check of the gate on a line: passed, failed or not proven, with its figure; a failed one opens its rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from curation.services.look_parts import ALL, Part, rows_against
from curation.services.promoting import CheckView, GateView, State
from ui.look_choice import show_model, slice_key
from ui.row_choice import Wanted, watch_all, watch_rows
from ui.text import count, plain

LOOK = {
    State.PASSED: ":green[:material/check:]",
    State.FAILED: ":red[:material/close:]",
    State.NOT_PROVEN: ":orange[:material/help:]",
}
"""The sign of a state; what is not proven says so in words too."""
MOST_LINES = 6
_ORDER = (State.FAILED, State.NOT_PROVEN, State.PASSED)


def draw_checks(gate: GateView, whole: Part) -> None:
    """What failed first, then what is open; the rest folds away."""
    ordered = sort_checks(gate.checks)
    with st.container(gap="xxsmall"):
        for one in ordered[:MOST_LINES]:
            _draw_line(one, gate, whole)
    opened = st.expander(
        f"All {len(ordered)} checks", type="compact", key="evaluation.checks.fold", on_change="rerun"
    )  # safe: a number
    if opened.open:
        with opened:
            say_checks(ordered)


def sort_checks(checks: Sequence[CheckView]) -> list[CheckView]:
    """What failed first, then what is open."""
    return sorted(checks, key=lambda one: _ORDER.index(one.state))


def say_checks(checks: Sequence[CheckView]) -> None:
    """Every check with its sentence."""
    for one in checks:
        told = f"{one.sentence} {one.remedy}".strip()
        st.markdown(f"{LOOK[one.state]} {plain(one.title)}")
        st.caption(plain(told))


def _draw_line(one: CheckView, gate: GateView, whole: Part) -> None:
    title = f"**{plain(one.title)}**" if one.state is State.FAILED else plain(one.title)
    proven = " · not proven" if one.state is State.NOT_PROVEN else ""
    line = f"{LOOK[one.state]} {title} :small[{plain(one.figure)}{proven}]"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.markdown(line, width="stretch")
        if one.state is State.FAILED:
            _rows_button(one, gate, whole)


def _rows_button(one: CheckView, gate: GateView, whole: Part) -> None:
    n = len(rows_of_check(one, gate, whole))
    # A rate may fail its floor and be worse than production as well.
    kind = "worse" if one.is_against_production else "floor"
    if n:
        st.button(
            f"{n:,}",
            key=f"evaluation.check.{kind}.{one.check.metric}.{one.check.slice}",
            type="tertiary",
            icon=":material/list:",
            help=f"Shows the {count(n, 'row')} that count against it",
            on_click=partial(watch_check, whole.look.id, gate.label, one),
        )


def rows_of_check(one: CheckView, gate: GateView, whole: Part) -> frozenset[int]:
    """Positions of the rows that count against a model in a check; shifted rows are those of another look."""
    if one.check.metric not in whole.rates or (one.check.slice and one.check.slice not in whole.slices):
        return frozenset()
    return rows_against(whole, gate.label, one.check.metric, one.check.slice)


def watch_check(look_id: str, label: str, one: CheckView) -> None:
    """List the rows of a check, whatever part of the look was on screen."""
    st.session_state[slice_key(look_id)] = ALL
    show_model(look_id, label)
    watch_all()
    watch_rows(Wanted("check", label, one.check.metric, one.check.slice))


def first_with_rows(checks: Sequence[CheckView], gate: GateView, whole: Part) -> tuple[CheckView, int] | None:
    """The first failed check that there are rows of, and how many."""
    counted = ((one, len(rows_of_check(one, gate, whole))) for one in checks)
    return next(((one, n) for one, n in counted if n), None)
