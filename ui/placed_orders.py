"""Orders live on the page they were placed from: what comes, what came, what was dropped, and the way on."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from curation.model.states import JobState
from curation.services import synthesis_views
from curation.services.synthesis_views import Placed
from ui.layout import Colour, card_title
from ui.order_batches import draw_batches
from ui.order_rail import ORDER, word_state
from ui.pulse import draw_pulse
from ui.session import workspace
from ui.state import Slot
from ui.text import count, plain

MOST = 5
_PLACED: Slot[tuple[str, ...]] = Slot("placed.orders", ())
"""Orders placed or seen under way here in this session: they stay on the page when they have ended."""


def remember(page: str, ids: Iterable[str]) -> None:
    """Show these on the page from now on; older ones make room."""
    slot = _PLACED.of(page)
    known = slot.get()
    if more := [one for one in ids if one not in known]:
        slot.set((*known, *more)[-MOST:])


def draw_placed(project_id: str, page: str) -> None:
    """Nothing where nothing was placed."""
    placed = _list(project_id, page)
    if placed:
        st.fragment(_draw)(project_id, page, _open(placed))


def _list(project_id: str, page: str) -> tuple[Placed, ...]:
    return synthesis_views.list_placed(workspace(), project_id, _PLACED.of(page).get())


def _open(placed: tuple[Placed, ...]) -> frozenset[str]:
    return frozenset(one.job.id for one in placed if not one.job.state.is_final)


def _draw(project_id: str, page: str, was_open: frozenset[str]) -> None:
    draw_pulse("orders", project_id, is_open=bool(was_open))
    placed = _list(project_id, page)
    with st.container(border=True, gap="xsmall"):
        with card_title("On order", "drafted by machine, through every gate; a person judges each"):
            pass
        for one in placed:
            _draw_one(one, page)
    # Last: what was pressed meanwhile comes before it.
    if _open(placed) != was_open:
        # One has ended: every figure of the page has moved with it.
        st.rerun()


def _draw_one(one: Placed, page: str) -> None:
    icon, colour = _look(one.job.state)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(plain(word_state(one.job)), icon=icon, color=colour)
        st.markdown(plain(one.title, 60), width="content")
        st.caption(_word(one), width="content")  # safe: numbers and our words
        st.space("stretch")
        draw_batches(one.batches, page)
        if st.button(
            "Its order",
            key=f"{page}.placed.{one.job.id}",
            type="tertiary",
            icon=":material/chevron_right:",
            icon_position="right",
        ):
            ORDER.set(one.job.id)
            st.switch_page("../pages/orders.py")
    for told in (one.job.error or "", one.why):
        if told:
            st.caption(plain(told, 300))


def _word(one: Placed) -> str:
    said = [f"{one.n_passed:,} of {count(one.n, 'candidate')} passed"]
    if one.n_dropped:
        said.append(f"{one.n_dropped:,} dropped")
    if one.n_asked:
        said.append(f"{one.n_asked:,} on the writing list")
    return ", ".join(said)


def _look(state: JobState) -> tuple[str, Colour]:
    if not state.is_final:
        return ":material/progress_activity:", "blue"
    return (":material/check:", "green") if state is JobState.SUCCEEDED else (":material/error:", "red")
