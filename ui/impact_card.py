"""Under a tool: how many examples are written for another version, and which tools it is easily taken for."""

from __future__ import annotations

from functools import partial

import streamlit as st

from curation.services.tool_desk import Desk
from ui.look_alikes import draw_look_alikes
from ui.measuring import count_behind
from ui.state import ask
from ui.text import count


def draw_around(desk: Desk) -> None:
    """What examples and other tools have to do with the tool on the desk, as it is saved."""
    draw_behind(desk.project_id)
    draw_look_alikes(desk.project_id, desk.view.name if desk.view else "")


def draw_behind(project_id: str) -> None:
    """Nothing is drawn while every example offers the tools as they are."""
    n = count_behind(project_id)
    if not n:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = (
            "is written for tools before their last change"
            if n == 1
            else "are written for tools before their last change"
        )
        st.caption(f"All tools together: {count(n, 'example')} {words}", width="content")
        st.space("stretch")
        st.button(
            "What breaks",
            key="catalogue.impact",
            type="tertiary",
            icon=":material/difference:",
            help="What the tools as they are now break, by finding; nothing is published yet.",
            on_click=partial(ask, "publish", page="catalogue"),
        )
