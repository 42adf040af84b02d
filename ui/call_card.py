"""The chosen call in the inspector: its tool, and its arguments as a form or as JSON."""

from __future__ import annotations

import streamlit as st

from curation.model.example import Call, Example
from curation.model.places import call_of, turn_of
from curation.services.argument_edits import line_at
from curation.services.argument_forms import read_form, takes_other_keys, why_no_form
from curation.services.text_fields import arguments_at, arguments_text, field_text
from ui import keys, state
from ui.cursor import CALL
from ui.editor import Field, draw
from ui.forms import draw_form
from ui.layout import card_title
from ui.scene import Scene
from ui.state import Slot
from ui.text import plain

FORM = "Form"
JSON = "JSON"
VIEW: Slot[str] = Slot("write.view", FORM)
MAX_NAME = 40


def draw_call(scene: Scene, turn: int, index: int, call: Call) -> None:
    """Name, tool and arguments of a call."""
    name = field_text(call.name)
    handle = f"{scene.ids[turn]}/{index}"
    with card_title(name[:MAX_NAME] or "no name", f"{field_text(call.id)[:MAX_NAME] or 'call'} in turn {turn + 1}"):
        if scene.is_editable:
            _remove_button(scene, handle)
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        _draw_tool_choice(scene, handle, name)
        no_form = why_no_form(call)
        _view_button(no_form)
    at = arguments_at(turn, index)
    key = f"write.args.{scene.example_id}.{scene.ids[turn]}.{field_text(call.id) or index}"
    drawn = len(scene.spots)
    if VIEW.get() == FORM and not no_form:
        _draw_form(scene, key, turn, index, call)
    else:
        _draw_json(scene, key, at, call)
    for key in list(scene.spots.values())[drawn:][:1]:
        scene.spots[CALL] = key
    if scene.is_editable:
        scene.spots[f"/messages/{turn}/tool_calls/{index}/function/name"] = _tool_key(scene, handle, name)


def _remove_button(scene: Scene, handle: str) -> None:
    st.button(
        "Remove",
        key=f"write.uncall.{scene.example_id}.{handle}",
        type="tertiary",
        icon=":material/delete:",
        on_click=state.ask,
        args=("remove_call", handle),
    )


def _view_button(no_form: str) -> None:
    """The way to the other view of the same arguments; without a form it answers with the reason."""
    is_form = not no_form and VIEW.get() == FORM
    st.button(
        "As JSON" if is_form else "As a form",
        key="write.flip",
        type="tertiary",
        icon=":material/data_object:" if is_form else ":material/list_alt:",
        shortcut=keys.FORM_OR_JSON.shortcut,
        on_click=state.ask,
        args=("flip", "", no_form),
    )


def say_no_form(why: str) -> None:
    """Why the arguments stay JSON."""
    st.toast(plain(f"No form: {why}. Change the text instead."), icon=":material/info:")


def show_argument(example: Example, at: str) -> None:
    """Turn to JSON where the form has no field for a pointer: arguments that are no object."""
    turn, index = turn_of(at), call_of(at)
    if turn is None or index is None or not at.startswith(f"{arguments_at(turn, index)}/"):
        return
    if line_at(example, at) is None:
        VIEW.set(JSON)


def flip_view() -> None:
    """Form to JSON and back."""
    VIEW.set(JSON if VIEW.get() == FORM else FORM)


def _draw_form(scene: Scene, key: str, turn: int, index: int, call: Call) -> None:
    """A field for every argument."""
    lines = read_form(scene.example, turn, index, call)
    takes_others = takes_other_keys(scene.example, call)
    if not lines and not takes_others:
        st.caption("This tool takes no arguments, or the row offers no tool of this name.")
    draw_form(scene, lines, key=key, root=arguments_at(turn, index), takes_others=takes_others)


def _draw_json(scene: Scene, key: str, at: str, call: Call) -> None:
    draw(
        Field(
            key=f"{key}.json",
            label=f"Arguments of {field_text(call.name) or 'the call'} as JSON",
            value=arguments_text(call),
            claim=scene.field_claim(at),
            mode="json",
            placeholder="{}",
            is_disabled=not scene.is_editable,
            findings=scene.at_field(at),
        )
    )
    scene.add_field(f"{key}.json", at)
    scene.told.append(at)
    st.caption("Esc, then Tab leaves the field · Ctrl+S saves at once")


def _draw_tool_choice(scene: Scene, handle: str, name: str) -> None:
    if not scene.is_editable:
        return
    names = sorted({*scene.tools, *([name] if name else [])})
    key = _tool_key(scene, handle, name)
    st.selectbox(
        "Tool",
        names,
        index=names.index(name) if name in names else None,
        key=key,
        placeholder="Choose a tool",
        label_visibility="collapsed",
        on_change=_tool_chosen,
        args=(key, handle),
    )


def _tool_key(scene: Scene, handle: str, name: str) -> str:
    return f"write.tool.{scene.example_id}.{handle}.{name}"


def _tool_chosen(key: str, handle: str) -> None:
    state.ask("change_tool", handle, str(st.session_state[key]))
