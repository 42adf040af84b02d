"""Above a conversation that a change of a tool broke: why it waits, and the act that takes the new definition."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from curation.model.people import Actor
from curation.services import catching_up
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui.session import workspace
from ui.state import Act, ask
from ui.text import say


def draw_repair(view: ExampleView, *, is_editable: bool) -> None:
    """Nothing is drawn for an example that waits for no repair."""
    waiting = catching_up.list_waiting(workspace(), view)
    if not waiting:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="write-repair"):
        st.badge("waits for repair", icon=":material/healing:", color="orange")
        for one in waiting:
            sentence = say("**{tool}** has changed: {reason}", tool=one.tool, reason=one.reason)
            st.markdown(sentence, width="content")  # safe: made by say()
        st.space("stretch")
        if is_editable and any(one.is_behind for one in waiting):
            st.button(
                "Take the new definition",
                key="write.take_definitions",
                icon=":material/update:",
                help="The tools as they are now, with calls converted where that is exact. Undo takes it back.",
                on_click=partial(ask, "take_definitions"),
            )


def _take(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    return catching_up.take_definitions(ws, actor, view, nonce=act.nonce)


REPAIRS: dict[str, Callable[[Workspace, Actor, ExampleView, Act], ExampleView]] = {"take_definitions": _take}
