"""What can be done with a turn: its menu, and the same acts as verbs for the keys."""

from __future__ import annotations

import streamlit as st

from curation.model.example import Message
from curation.services.text_fields import field_text
from ui import keys, state
from ui.keys import Key
from ui.scene import Scene

_KEYS: dict[str, Key] = {
    "Move up": keys.MOVE_UP,
    "Move down": keys.MOVE_DOWN,
    "Duplicate": keys.DUPLICATE_TURN,
    "Split here": keys.SPLIT_TURN,
    "Remove": keys.REMOVE_TURN,
}
VERBS: dict[str, str] = {
    "Label": "label",
    "Text beside the calls": "say_beside",
    "Add a call here": "add_a_call_here",
    "Choose the result": "ask_result",
    "Move up": "move_up",
    "Move down": "move_down",
    "Duplicate": "duplicate_turn",
    "Split here": "split",
    "Remove": "remove",
}


def draw_turn_menu(scene: Scene, turn: int, message: Message) -> None:
    """The turn's menu; each act names its key."""
    key = f"{scene.page}.menu.{scene.example_id}.{scene.ids[turn]}"
    st.menu_button(
        ":material/more_vert:",
        turn_acts(scene, turn, message),
        key=key,
        type="tertiary",
        help=f"What to do with turn {turn + 1}",
        format_func=_with_key,
        on_click=_menu_chosen,
        args=(key, scene.ids[turn], scene.page),
    )


def turn_acts(scene: Scene, turn: int, message: Message) -> list[str]:
    """Only what can be done with this turn as it stands."""
    acts: list[str] = []
    if message.role == "assistant":
        acts += ["Label", "Add a call here"]
        if message.calls and not field_text(message.content):
            acts.insert(1, "Text beside the calls")
    if message.role == "tool":
        acts.append("Choose the result")
    if turn > 0:
        acts.append("Move up")
    if turn + 1 < len(scene.example.messages):
        acts.append("Move down")
    acts.append("Duplicate")
    if message.role == "user" and any(one.role not in ("system", "developer") for one in scene.example.messages[:turn]):
        acts.append("Split here")
    return [*acts, "Remove"]


def _with_key(act: str) -> str:
    key = _KEYS.get(act)
    return f"{act} · {key.shortcut.replace('+', ' + ')}" if key else act


def _menu_chosen(key: str, turn_id: str, page: str) -> None:
    state.ask(VERBS[str(st.session_state[key])], turn_id, page=page)
