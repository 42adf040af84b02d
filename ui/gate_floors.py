"""The floors of the gate in a form: a bound changed, a floor taken away or one more asked for."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services.gate_floors import FloorField, floor_places, floor_rates, list_fields, make_floor
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.promoting import DEFAULT_FLOORS, Floor, Rules, read_rules, set_floors
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, plain

_NONCE: Slot[str] = Slot("evaluation.floors.nonce", "")
"""One for however often the button of the form is pressed; another one whenever its fields are filled anew."""
_SEEN: Slot[tuple[tuple[str, float, str], ...]] = Slot("evaluation.floors.seen", ())
"""Rate, bound and slice of every floor that was asked for when the form was opened."""
_IS_USUAL: Slot[bool] = Slot("evaluation.floors.usual", default=False)


def ask_for_floors(project: ProjectView, slices: frozenset[str]) -> None:
    """Open the form; `slices`: those of the look on screen."""
    begin_floors(project)
    _form(project, slices)


def begin_floors(project: ProjectView) -> None:
    """Fill the form with what is asked for now."""
    _NONCE.set(uuid.uuid4().hex)
    _IS_USUAL.clear()
    _SEEN.set(tuple((one.metric, one.bound, one.slice) for one in read_rules(workspace(), project.id).floors))


@st.dialog("Floors of the gate", icon=":material/rule:", width="medium")
def _form(project: ProjectView, slices: frozenset[str]) -> None:
    draw_floors(project, slices)


def draw_floors(project: ProjectView, slices: frozenset[str]) -> None:
    """A field a floor, one more, and the press that asks for them from now on."""
    seen = tuple(Floor(*one) for one in _SEEN.get())
    st.caption(
        "What the raw answers to the test split must reach, in per cent. An empty field asks for nothing. Beside the "
        "floors, a model must be no worse than the one in production, always."
    )
    fields = list_fields(DEFAULT_FLOORS if _IS_USUAL.get() else seen)
    with st.grid(2, min_column_width=240, gap="small", vertical_alignment="bottom"):
        wanted = [floor for one in fields if (floor := _draw_field(one)) is not None]
    more = _draw_more(slices)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button("Ask for these", key="evaluation.floors.yes", type="primary", icon=":material/rule:"):
            _set(project, Rules(seen), [*wanted, *more])
        st.button("The usual floors", key="evaluation.floors.usual.fill", type="tertiary", on_click=_fill_usual)


def _draw_field(one: FloorField) -> Floor | None:
    percent = _percent(one.title, f"{one.metric}.{one.slice}", one.percent)
    return None if percent is None else make_floor(one.metric, one.slice, percent)


def _draw_more(slices: frozenset[str]) -> list[Floor]:
    """One floor that is not asked for yet."""
    rates, places = floor_rates(), floor_places(slices)
    with st.grid(3, min_column_width=150, gap="small", vertical_alignment="bottom"):
        metric = st.selectbox(
            "One more",
            list(rates),
            index=None,
            key=f"evaluation.floors.more.rate.{_NONCE.get()}",
            format_func=lambda name: plain(rates[name]),
            placeholder="Choose a rate",
        )
        where = st.selectbox(
            "In",
            list(places),
            key=f"evaluation.floors.more.where.{_NONCE.get()}",
            format_func=lambda name: plain(places[name], 60),
        )
        percent = _percent("Bound", "more", None)
    if metric is None or percent is None:
        if metric is not None or percent is not None:
            st.caption(":material/info: One more takes a rate and a bound.")
        return []
    return [make_floor(metric, where, percent)]


def _percent(title: str, name: str, usual: float | None) -> float | None:
    key = f"evaluation.floors.{_NONCE.get()}.{name}"
    if usual is not None and key not in st.session_state:
        # A field that begins empty can be emptied again.
        st.session_state[key] = usual
    value = st.number_input(
        plain(f"{title[:1].upper()}{title[1:]}"),
        0.0,
        100.0,
        None,
        step=1.0,
        format="%g",
        key=key,
        icon=":material/percent:",
    )
    return None if value is None else float(value)


def _fill_usual() -> None:
    _NONCE.set(uuid.uuid4().hex)
    _IS_USUAL.set(True)


def _set(project: ProjectView, seen: Rules, floors: list[Floor]) -> None:
    ws = workspace()
    with errors_shown():
        rules = set_floors(ws, local_actor(ws), project.id, floors, seen=seen, nonce=_NONCE.get())
        NOTICE.set(f"The gate asks for {count(len(rules.floors), 'floor')}")
        st.rerun()
