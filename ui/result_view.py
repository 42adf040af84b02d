"""A result in the conversation: folded to one line, its whole text inside."""

from __future__ import annotations

import streamlit as st

from curation.model.example import Message
from curation.services.result_edits import error_in
from curation.services.text_fields import content_at, field_text
from ui.call_lines import result_summary
from ui.field import draw_field
from ui.scene import Scene
from ui.text import clip, count, plain, source
from ui.turn_look import PLACEHOLDERS

MAX_EDITED = 200_000
"""Longer results are shown from their beginning: the server takes no field of more than a megabyte."""
MAX_SUMMARY = 140
"""Long enough for a sentence: what a result says to the model must not hide behind its first fields."""


def result_key(page: str, example_id: str, turn_id: str) -> str:
    """The key of a result's fold; the session holds whether it is open."""
    return f"{page}.fold.{example_id}.{turn_id}"


def draw_result(scene: Scene, turn: int, message: Message) -> None:
    """One result."""
    text = field_text(message.content)
    failure = error_in(text)
    key = result_key(scene.page, scene.example_id, scene.ids[turn])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if failure is not None:
            st.badge("failed", icon=":material/close:", color="red")
        # The summary names the fold to Streamlit: as another one it would fold while its text is being written.
        st.session_state[key] = bool(st.session_state.get(key))
        summary = plain(result_summary(text) if failure is None else failure, MAX_SUMMARY)
        fold = st.expander(summary or "empty result", type="compact", key=key, on_change="rerun")
        # What is folded is not drawn: a hundred kilobytes that nobody looks at would travel with every run.
        if not fold.open:
            return
        with fold:
            if len(text) > MAX_EDITED or not scene.is_editable:
                _draw_text(text, is_long=scene.is_editable)
            else:
                _draw_editor(scene, turn, message, text)


def _draw_text(text: str, *, is_long: bool) -> None:
    shown, rest = clip(text)
    source(shown)
    if rest:
        st.caption(plain(rest))
    if is_long:
        st.caption(f"Results of more than {count(MAX_EDITED, 'character')} are not edited here; choose another result.")


def _draw_editor(scene: Scene, turn: int, message: Message, text: str) -> None:
    draw_field(
        scene,
        content_at(turn),
        f"{scene.page}.text.{scene.example_id}.{scene.ids[turn]}",
        label=f"Result of {field_text(message.tool_call_id) or 'no call'}, turn {turn + 1}",
        value=text,
        mode="json",
        placeholder=PLACEHOLDERS["tool"],
    )
