"""Tools that are easily taken for the one on the desk, with the contrast examples they have and lack."""

from __future__ import annotations

import uuid
from functools import partial

import streamlit as st

from curation.services import contrasting
from curation.services.contrasting import WANTED, LookAlike
from curation.services.people import local_actor
from ui import state
from ui.errors import errors_shown
from ui.measuring import list_look_alikes
from ui.order_batches import TAKE_BACK, take_back
from ui.placed_orders import draw_placed, remember
from ui.session import workspace
from ui.text import count, plain

MAX_PAIRS = 4
PAGE = "contrast"
_ASKED: state.Slot[tuple[str, str, str, str]] = state.Slot("contrast.asked", ("", "", "", ""))
"""What a button asked for: verb, both tools, nonce."""


def draw_look_alikes(project_id: str, tool: str) -> None:
    """Nothing is drawn for a tool that nobody would take for another."""
    with errors_shown():
        _perform(project_id)
    pairs = list_look_alikes(project_id, tool) if tool else ()
    if not pairs:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Easily taken for", anchor=False, width="content")
        lacking = sum(one.lacking for one in pairs)
        if lacking:
            st.badge(f"{count(lacking, 'contrast')} missing", icon=":material/compare_arrows:", color="orange")
    coming = contrasting.list_under_way(workspace(), project_id)
    for pair in pairs[:MAX_PAIRS]:
        _draw_pair(pair, tool, is_coming=frozenset((pair.a, pair.b)) in coming)
    if len(pairs) > MAX_PAIRS:
        st.caption(f"and {count(len(pairs) - MAX_PAIRS, 'more tool')}")
    draw_placed(project_id, PAGE)


def _draw_pair(pair: LookAlike, tool: str, *, is_coming: bool) -> None:
    other = pair.b if pair.a == tool else pair.a
    mine, theirs = (pair.n_a, pair.n_b) if pair.a == tool else (pair.n_b, pair.n_a)
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(other)}**", width="content")
            st.caption(plain("; ".join(pair.reasons)), width="content")
        for called, n in ((tool, mine), (other, theirs)):
            st.caption(f"Calls of **{plain(called)}** with the other beside it: {_of(n)}")  # safe: numbers
        with st.container(horizontal=True, gap="small"):
            key = f"{tool}.{other}"
            st.button(
                "Write one",
                key=f"contrast.write.{key}",
                type="tertiary",
                icon=":material/edit_square:",
                help="Opens a new conversation that offers these two tools",
                on_click=partial(_ask, "write", tool, other),
            )
            if pair.lacking:
                st.button(
                    f"Order {pair.to_order}",  # safe: a number
                    key=f"contrast.order.{key}",
                    type="tertiary",
                    icon=":material/auto_awesome:",
                    help="Orders pairs of requests, alike but for what decides; a person judges each",
                    disabled=is_coming,
                    on_click=partial(_ask, "order", tool, other),
                )


def _of(n: int) -> str:
    return f"{n:,} of {WANTED}" if n < WANTED else f"{n:,}{'+' if n == contrasting.MOST_COUNTED else ''}"


def _ask(verb: str, tool: str, other: str) -> None:
    _ASKED.set((verb, tool, other, uuid.uuid4().hex))


def _perform(project_id: str) -> None:
    """Do what a button asked for, once."""
    act = state.asked(PAGE)
    if act.verb == TAKE_BACK:
        take_back(act)
    verb, tool, other, nonce = _ASKED.take()
    if not verb:
        return
    ws = workspace()
    actor = local_actor(ws)
    if verb == "write":
        view = contrasting.begin_contrast(ws, actor, project_id, tool, other, nonce=nonce)
        state.EXAMPLE.set(view.id)
        st.switch_page("../pages/write.py")
    job = contrasting.order_contrasts(ws, actor, project_id, tool, other, nonce=nonce)
    remember(PAGE, (job.id,))
    state.NOTICE.set(f"{plain(job.name)}: ordered; they come into the queue as soon as they are made")
    st.rerun()
