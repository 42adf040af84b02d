"""The conversation on screen: one row a turn, text in place, a card a call, one line a result."""

from __future__ import annotations

import streamlit as st

from curation.model.example import Message
from curation.model.values import Exact
from curation.services.text_fields import content_at, field_text
from ui.call_view import draw_call_card, draw_result_button
from ui.expected_words import draw_expected_lines
from ui.field import draw_field
from ui.result_view import draw_result, result_key
from ui.scene import Scene
from ui.state import Slot
from ui.text import clip, plain, say, words
from ui.turn_look import PLACEHOLDERS, ROLE_LOOK, short_role
from ui.turn_menu import draw_turn_menu, turn_acts

__all__ = ["Scene", "draw_conversation", "result_key", "turn_acts"]

GUTTER_PX = 104
MENU_PX = 34
GUTTER_FOOT_PX = 8
CARD_HEAD_PX = 8
"""How much lower than running text the first line of a call card stands."""
BESIDE: Slot[tuple[str, ...]] = Slot("write.beside", ())
"""Turns that call and are to say something beside it: their text has a field although it is empty."""


def draw_conversation(scene: Scene) -> None:
    """Every turn, top to bottom."""
    for turn, message in enumerate(scene.example.messages):
        with st.container(horizontal=True, wrap=False, gap="xsmall", key=row_key(scene, turn)):
            with st.container(width=GUTTER_PX, gap="xxsmall"):
                _gutter(turn, message)
            with st.container(width="stretch", gap="small"):
                _body(scene, turn, message)
                if scene.below is not None:
                    scene.below(turn)
            if scene.is_editable:
                with st.container(width=MENU_PX, gap=None):
                    if message.calls and not _has_text(scene, turn, message):
                        st.space(CARD_HEAD_PX)
                    draw_turn_menu(scene, turn, message)


def row_key(scene: Scene, turn: int) -> str:
    """The key of the box around a turn."""
    return f"{scene.page}.turn.{scene.example_id}.{scene.ids[turn]}"


def _gutter(turn: int, message: Message) -> None:
    icon, word = ROLE_LOOK.get(field_text(message.role), (":material/help:", field_text(message.role) or "no role"))
    st.markdown(say(f"{icon} **{{word}}**", word=short_role(word)))
    note = field_text(message.tool_call_id) if message.role == "tool" else f"turn {turn + 1}"
    st.caption(plain(note, 14))
    # A caption reaches 14 px below its own box; without room for that the whole row gets a scrollbar.
    st.space(GUTTER_FOOT_PX)


def _body(scene: Scene, turn: int, message: Message) -> None:
    if message.role == "tool":
        draw_result(scene, turn, message)
        return
    calls = message.calls or ()
    if _has_text(scene, turn, message):
        _text(scene, turn, message)
    for index, call in enumerate(calls):
        draw_call_card(scene, turn, index, call)
    if scene.is_editable and calls:
        draw_result_button(scene, turn)
    if message.label is not None:
        _label_badges(message)
    if calls and not scene.is_editable:
        draw_expected_lines(scene, turn, message)


def _has_text(scene: Scene, turn: int, message: Message) -> bool:
    """Whether the turn shows its text: it has some, calls nothing, or is to say something beside its calls."""
    is_wanted = scene.is_editable and scene.ids[turn] in BESIDE.of(scene.example_id).get()
    return bool(field_text(message.content)) or not message.calls or is_wanted


def _text(scene: Scene, turn: int, message: Message) -> None:
    text = field_text(message.content)
    if not scene.is_editable:
        shown, rest = clip(text)
        words(shown)
        if rest:
            st.caption(plain(rest))
        return
    role = field_text(message.role)
    draw_field(
        scene,
        content_at(turn),
        f"{scene.page}.text.{scene.example_id}.{scene.ids[turn]}",
        label=f"{ROLE_LOOK.get(role, ('', role))[1]}, turn {turn + 1}",
        value=text,
        mode="json" if isinstance(message.content, Exact) else "text",
        placeholder="What the assistant says beside its calls" if message.calls else PLACEHOLDERS.get(role, ""),
    )


def _label_badges(message: Message) -> None:
    label = message.label
    if label is None:
        return
    with st.container(horizontal=True, gap="small"):
        for word in (label.reason, label.recovery):
            if word:
                st.badge(plain(word.replace("_", " ")), icon=":material/label:", color="violet")
        if label.missing:
            st.badge(plain("asks for " + ", ".join(label.missing), 40), icon=":material/help:", color="violet")
