"""The gate before production: what it says of a model, why not, and the ways on."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.services.evaluating import EvaluationView
from curation.services.gate_orders import cell_for, say_order
from curation.services.look_parts import Part
from curation.services.promoting import AliasView, GateView, State
from ui import keys
from ui.gate_checks import draw_checks, first_with_rows, watch_check
from ui.gate_history import draw_history
from ui.gate_serving import draw_serving
from ui.layout import Colour, card_title
from ui.look_names import Names
from ui.order_prefill import USUAL, open_with
from ui.state import ask
from ui.text import count, plain, shorten

BADGES: dict[State, tuple[str, str, Colour]] = {
    State.PASSED: ("passes", ":material/check:", "green"),
    State.FAILED: ("not yet", ":material/block:", "red"),
    State.NOT_PROVEN: ("not proven", ":material/help:", "orange"),
}
MOST_ALARMS = 2
PROMOTE, ROLL_BACK, FLOORS = "promote", "roll back", "floors"


def choose_candidate(view: EvaluationView, candidates: tuple[str, ...]) -> str:
    """Which model the gate looks at: the last one unless another is chosen."""
    return str(st.session_state.get(_candidate_key(view), "") if _chosen_is_here(view, candidates) else candidates[-1])


def _chosen_is_here(view: EvaluationView, candidates: tuple[str, ...]) -> bool:
    return st.session_state.get(_candidate_key(view)) in candidates


def _candidate_key(view: EvaluationView) -> str:
    return f"evaluation.candidate.{view.id}"


def draw_gate(
    gate: GateView | None, whole: Part, names: Names, candidates: tuple[str, ...], used: AliasView | None, why: str
) -> None:
    """The card; without a ruling the sentence why there is none."""
    with st.container(border=True, height="stretch", gap="small", key="evaluation.gate"):
        with card_title("Gate for production"):
            if gate is not None:
                _badge(gate)
            _floors_button()
        if len(candidates) > 1:
            st.selectbox(
                "Judged",
                candidates,
                candidates.index(names.candidate) if names.candidate in candidates else 0,
                key=_candidate_key(whole.look),
                format_func=lambda one: shorten(names[one], 40),
                label_visibility="collapsed",
                persist_state="session",
            )
        if gate is None:
            st.markdown(plain(why))
            _roll_back_button(used)
        else:
            _draw_ruling(gate, whole, used)
        draw_history(whole.look.project_id)
        if used is not None:
            draw_serving(whole.look.project_id, used.model.name)


def _badge(gate: GateView) -> None:
    if gate.is_production:
        st.badge("in production", icon=":material/verified:", color="blue")
        return
    word, icon, colour = BADGES[gate.state]
    st.badge(word, icon=icon, color=colour)  # safe: from the table above


def _draw_ruling(gate: GateView, whole: Part, used: AliasView | None) -> None:
    why = next(iter((*gate.failed, *gate.not_proven)), None)
    st.markdown(plain(gate.summary) + (f" **{plain(why.sentence)}**" if why else ""))
    for one in gate.alarms[:MOST_ALARMS]:
        where = f" ({', '.join(plain(name, 40) for name in one.slices[:3])})" if one.slices else ""
        st.caption(f":material/warning: {plain(one.title)}{where}")
    draw_checks(gate, whole)
    with st.container(horizontal=True, gap="small"):
        _ways_on(gate, whole)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not gate.is_production:
            _promote_button(gate)
        _roll_back_button(used)


def _ways_on(gate: GateView, whole: Part) -> None:
    """See what went wrong, and order more of it."""
    found = first_with_rows(gate.failed, gate, whole)
    if found:
        check, n = found
        st.button(
            f"See the {count(n, 'row')}",
            key="evaluation.gate.rows",
            type="primary",
            icon=":material/list:",
            shortcut=keys.NEXT_ERROR.shortcut,
            on_click=partial(watch_check, whole.look.id, gate.label, check),
        )
    open_ones = [one for one in (*gate.failed, *gate.not_proven) if one.is_about_rows]
    if not open_ones:
        return
    cell = cell_for((found[0] if found else open_ones[0]).check, USUAL)
    if st.button(
        plain(say_order(cell), 60),
        key="evaluation.gate.order",
        type="tertiary",
        icon=":material/auto_awesome:",
        help="Opens Orders with examples of this kind in the form",
    ):
        open_with(cell)


def _promote_button(gate: GateView) -> None:
    is_open = gate.state is not State.FAILED
    st.button(
        "Promote",
        key="evaluation.gate.promote",
        type="primary" if gate.state is State.PASSED else "secondary",
        icon=":material/verified:",
        shortcut=keys.SUBMIT.shortcut,
        disabled=not is_open,
        on_click=partial(ask, PROMOTE, gate.evaluation_id, gate.label, page="evaluation"),
    )
    if not is_open:
        st.caption("Promote opens when nothing fails.")


def _floors_button() -> None:
    st.button(
        "Floors",
        key="evaluation.gate.floors",
        type="tertiary",
        icon=":material/rule:",
        help="What the gate asks for, and the way to ask for something else",
        on_click=partial(ask, FLOORS, page="evaluation"),
    )


def _roll_back_button(used: AliasView | None) -> None:
    if used is None or used.previous is None:
        return
    st.button(
        f"Roll back to {plain(used.previous.name, 30)}",
        key="evaluation.gate.back",
        icon=":material/undo:",
        on_click=partial(ask, ROLL_BACK, used.model.id, used.previous.name, page="evaluation"),
    )
