"""The chosen call in the inspector: its tool, and its arguments as a form or as JSON."""

from __future__ import annotations

import json

import streamlit as st

from curation.model.example import Call
from curation.model.values import Json
from curation.services.call_edits import find_definition
from curation.services.text_fields import arguments_at, arguments_text, field_text
from ui import state
from ui.chat import Scene
from ui.editor import Field, draw
from ui.forms import draw_form, list_arguments
from ui.layout import card_title
from ui.places import belongs_to
from ui.state import Slot

VIEW: Slot[str] = Slot("write.view", "Form")
VIEWS = ("Form", "JSON")


def draw_call(scene: Scene, turn: int, index: int, call: Call) -> None:
    """Name, tool and arguments of a call."""
    name = field_text(call.name)
    handle = f"{scene.ids[turn]}/{index}"
    with card_title(name or "no name", f"{field_text(call.id) or 'call'} in turn {turn + 1}"):
        if scene.is_editable:
            st.button(
                "Remove",
                key=f"write.uncall.{scene.example_id}.{handle}",
                type="tertiary",
                icon=":material/delete:",
                on_click=state.ask,
                args=("remove_call", handle),
            )
    _draw_tool_choice(scene, handle, name)
    at = arguments_at(turn, index)
    key = f"write.args.{scene.example_id}.{scene.ids[turn]}.{field_text(call.id) or index}"
    definition = find_definition(scene.example, name)
    schema = definition.view.parameters if definition else None
    form, raw = _view_tabs(scene)
    value = _parsed(arguments_text(call))
    if VIEW.get() == "Form":
        with form:
            _draw_form(scene, key, at, schema, value)
        return
    with raw:
        _draw_json(scene, key, at, call)


def _view_tabs(scene: Scene) -> tuple[st.delta_generator.DeltaGenerator, st.delta_generator.DeltaGenerator]:
    key = f"write.view.{scene.example_id}"
    st.session_state[key] = VIEW.get()
    tabs = st.tabs(list(VIEWS), key=key, on_change=_viewed, args=(key,))
    return tabs[0], tabs[1]


def _viewed(key: str) -> None:
    if st.session_state.get(key) in VIEWS:
        VIEW.set(str(st.session_state[key]))


def flip_view() -> None:
    """Form to JSON and back."""
    VIEW.set("JSON" if VIEW.get() == "Form" else "Form")


def _draw_form(scene: Scene, key: str, at: str, schema: Json, value: Json) -> None:
    arguments = list_arguments(schema, value if isinstance(value, dict) else {}, at)
    if not isinstance(value, dict):
        st.caption("The arguments are not one JSON object; put them right in the JSON view.")
    elif not arguments:
        st.caption("This tool takes no arguments, or the row offers no tool of this name.")
    else:
        scene.fields.update(
            draw_form(
                arguments,
                key=key,
                claim=scene.claim,
                judged=scene.judged,
                is_editable=scene.is_editable,
                page=scene.page,
            )
        )


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
            findings=tuple(one for one in scene.judged if belongs_to(one.finding.at, at)),
        )
    )
    scene.fields[f"{key}.json"] = at
    st.caption("Esc, then Tab leaves the field · Ctrl+S saves at once")


def _draw_tool_choice(scene: Scene, handle: str, name: str) -> None:
    if not scene.is_editable:
        return
    names = sorted({*scene.tools, *([name] if name else [])})
    key = f"write.tool.{scene.example_id}.{handle}.{name}"
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


def _tool_chosen(key: str, handle: str) -> None:
    state.ask("change_tool", handle, str(st.session_state[key]))


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
