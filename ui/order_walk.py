"""Candidates of an order as conversations, one at a time, by keys: the first that passed, the last dropped."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.model.definition import Tool
from curation.services import cataloguing, synthesis_views
from curation.services.order_choices import SHAPES
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.synthesis_views import MadeView, OrderView
from curation.services.trait_words import plain_name
from ui import keys
from ui.chat import draw_conversation
from ui.layout import card_title
from ui.machine_opinion import draw_opinions, draw_repaired
from ui.scene import Scene
from ui.session import workspace
from ui.state import Slot
from ui.text import plain
from ui.tokens import Claim

PAGE = "orders"
MOST = 20
PASSED, DROPPED = "Passed", "Dropped"
_AT: Slot[int] = Slot("orders.walk", 0)
"""Which one is shown; its own for every order and list."""


def draw_walk(project: ProjectView, view: OrderView) -> None:
    """What there is of both."""
    lists: dict[str, Sequence[MadeView]] = {
        PASSED: synthesis_views.list_made(view.job, most=MOST),
        DROPPED: synthesis_views.list_dropped(view.job, most=MOST),
    }
    lists = {word: made for word, made in lists.items() if made}
    if not lists:
        with st.container(border=True):
            st.header("Candidates", anchor=False)
            st.caption("The first ones stand here as soon as they are made.")
        return
    with st.container(border=True, gap="small"):
        with card_title("Sample" if view.waits_for_word else "Candidates"):
            word = next(iter(lists))
            if len(lists) > 1:
                word = st.radio(
                    "Which",
                    list(lists),
                    horizontal=True,
                    key=f"orders.list.{view.job.id}",
                    label_visibility="collapsed",
                    format_func=lambda one: "The first that passed" if one == PASSED else "The last that were dropped",
                )
        made = lists[word]
        slot = _AT.of(f"{view.job.id}.{word}")
        at = min(slot.get(), len(made) - 1)
        _draw_steps(slot, at, len(made))
        _draw_one(project, view, made[at], f"{word}.{at}")


def _draw_steps(slot: Slot[int], at: int, n: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, to, key, icon in (
            ("Back", at - 1, keys.BACK, ":material/arrow_upward:"),
            ("Next", at + 1, keys.NEXT, ":material/arrow_downward:"),
        ):
            st.button(
                label,
                key=f"orders.step.{label}",
                type="tertiary",
                icon=icon,
                shortcut=key.shortcut,
                disabled=not 0 <= to < n,
                on_click=slot.set,
                args=(to,),
            )
        st.caption(f"{at + 1:,} of {n:,}", width="content")


def _draw_one(project: ProjectView, view: OrderView, made: MadeView, name: str) -> None:
    one = made.candidate
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(plain(SHAPES.get(one.category, one.category)), color="blue")
        if one.kind:
            st.badge(plain(plain_name(one.kind)), color="violet")
        if one.tool:
            st.caption(plain(one.tool, 40), width="content")
        st.caption(f"offers {_count_tools(made):,} tools", width="content")
    if made.refused:
        st.markdown(f":red[:material/block: {plain(made.refused)}]")
    draw_repaired(made.repaired)
    draw_opinions(() if made.refused else made.opinions)
    draw_conversation(_scene(project, view, made, name))


def _scene(project: ProjectView, view: OrderView, made: MadeView, name: str) -> Scene:
    example, ws = made.candidate.example, workspace()
    shown = f"{view.job.id}.{name}"
    tools: dict[str, Tool] = {one.name: one.tool for one in cataloguing.list_tools(ws, project.id)}
    return Scene(
        example_id=shown,
        example=example,
        ids=tuple(f"t{turn}" for turn in range(len(example.messages))),
        judged=(),
        tools=tools,
        claim=Claim(local_actor(ws).person_id, project.id, "candidate", shown, ""),
        is_editable=False,
        page=PAGE,
    )


def _count_tools(made: MadeView) -> int:
    offered = made.candidate.example.tools
    return len(offered) if isinstance(offered, tuple) else 0
