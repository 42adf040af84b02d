"""A call in the conversation: a card with its tool, what that does, and the arguments in one column."""

from __future__ import annotations

import streamlit as st

from curation.model.example import Call
from curation.model.finding import Severity
from curation.model.places import call_of
from curation.services.result_edits import unanswered_calls
from curation.services.text_fields import arguments_text, field_text
from ui import state
from ui.call_lines import call_lines
from ui.scene import Scene
from ui.text import clip, named, plain, say, source
from ui.turn_look import EFFECT_LOOK

MAX_FAULTS = 4


def draw_call_card(scene: Scene, turn: int, index: int, call: Call) -> None:
    """One call; the open one's faults stand at its fields, beside this card."""
    mine = [one for one in scene.at_turn(turn) if call_of(one.finding.at) == index]
    errors = [one for one in mine if one.severity is Severity.ERROR]
    handle = f"{scene.ids[turn]}/{index}"
    with st.container(border=True, gap="small"):
        _head(scene, call, handle, len(errors))
        shown, rest = clip(call_lines(arguments_text(call)))
        source(shown or "no arguments")
        if rest:
            st.caption(plain(rest))
        for one in errors[:MAX_FAULTS] if scene.selected != handle or not scene.is_editable else ():
            st.markdown(f":red[:material/error: {named(one.finding.message)}]")
            scene.told.append(one.finding.at)


def _head(scene: Scene, call: Call, handle: str, n_errors: int) -> None:
    name = field_text(call.name) or "no name"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(say("**{name}**", name=name), width="content")
        effect = scene.tools[name].side_effect if name in scene.tools else None
        if effect:
            icon, colour = EFFECT_LOOK[effect]
            st.badge(plain(effect), icon=icon, color=colour)
        st.caption(plain(field_text(call.id) or "no id", 24), width="content")
        st.space("stretch")
        if n_errors:
            st.badge(f"{n_errors:,}", icon=":material/error:", color="red", help="errors in this call")
        _open_button(scene, handle)


def _open_button(scene: Scene, handle: str) -> None:
    if not scene.is_editable:
        return
    if scene.selected == handle:
        st.badge("open", icon=":material/arrow_forward:", color="gray")
        return
    st.button(
        "Edit",
        key=f"{scene.page}.open.{scene.example_id}.{handle}",
        type="tertiary",
        icon=":material/edit:",
        on_click=state.ask,
        args=("select", handle),
        kwargs={"page": scene.page},
    )


def draw_result_button(scene: Scene, turn: int) -> None:
    """The way to the results that are missing."""
    if not unanswered_calls(scene.example, turn):
        return
    st.button(
        "Add the result",
        key=f"{scene.page}.result.{scene.example_id}.{scene.ids[turn]}",
        type="tertiary",
        icon=":material/subdirectory_arrow_right:",
        on_click=state.ask,
        args=("add_result", scene.ids[turn]),
        kwargs={"page": scene.page},
    )
