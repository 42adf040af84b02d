"""The writing list: what people are asked to write because nothing drafts it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from curation.services import writing_tasks
from curation.services.people import local_actor
from curation.services.trait_words import say_trait
from curation.services.writing_tasks import TaskView
from ui.errors import errors_shown
from ui.layout import card_title
from ui.moments import ago
from ui.session import workspace
from ui.state import Act, ask
from ui.text import plain

SHOWN = 8


def draw_tasks(tasks: Sequence[TaskView]) -> None:
    """What is left to write; nothing where there is nothing."""
    if not tasks:
        return
    with st.container(border=True, gap="xsmall"):
        with card_title("To write by hand", f"{len(tasks):,}"):
            pass
        for one in tasks[:SHOWN]:
            _draw_one(one)
        if len(tasks) > SHOWN:
            st.caption(f"{len(tasks) - SHOWN:,} more once these are written")


def _draw_one(one: TaskView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(plain(say_trait(one.trait), 60), width="content")
        st.caption(f"{one.n_done:,} of {one.n:,} · {ago(one.at)}", width="content")
        st.space("stretch")
        st.button(
            "Write one",
            key=f"health.task.{one.id}",
            type="tertiary",
            icon=":material/edit_note:",
            on_click=partial(ask, "write", one.trait.address, page="health"),
        )
        st.button(
            "Take off the list",
            key=f"health.task.end.{one.id}",
            type="tertiary",
            on_click=partial(ask, "end task", one.id, page="health"),
        )


def end_task(act: Act) -> None:
    """Take a task off the list."""
    ws = workspace()
    with errors_shown():
        writing_tasks.end_task(ws, local_actor(ws), act.at, nonce=act.nonce)
