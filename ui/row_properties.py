"""What belongs to the whole example: hard cases, the tools offered, and putting it away."""

from __future__ import annotations

import json

import streamlit as st

from curation.model.example import HARD_CASES
from ui import keys, state
from ui.keys import Key
from ui.row_view import flip_button
from ui.scene import Scene
from ui.text import plain


def draw_row_properties(scene: Scene) -> None:
    """Tags, offered tools, and what can be done with the example as a whole."""
    offered = [one.view.name or "" for one in scene.example.tools] if isinstance(scene.example.tools, tuple) else []
    tags = list(scene.example.tags)
    key = f"write.tags.{scene.example_id}.{'.'.join(tags)}"
    st.multiselect(
        "Hard cases",
        [*HARD_CASES, *(tag for tag in tags if tag not in HARD_CASES)],
        default=tags,
        format_func=lambda one: one.replace("_", " "),
        key=key,
        disabled=not scene.is_editable,
        on_change=_tagged,
        args=(key, "tags"),
    )
    scene.spots["/tags"] = key
    names = sorted({*scene.tools, *offered} - {""})
    key = f"write.offered.{scene.example_id}.{'.'.join(offered)}"
    st.multiselect(
        "Tools offered to the model",
        names,
        default=[name for name in offered if name],
        key=key,
        disabled=not scene.is_editable,
        on_change=_tagged,
        args=(key, "offered"),
    )
    scene.spots["/tools"] = key
    _draw_acts(scene)


def _draw_acts(scene: Scene) -> None:
    """What can be done with the example as a whole."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        flip_button()
        _act(scene, "Duplicate", "duplicate", ":material/content_copy:", keys.DUPLICATE)
        if scene.is_editable:
            _act(scene, "System turn", "add_system", ":material/settings:")
            _act(scene, "Put this example away", "archive", ":material/archive:")
        else:
            _act(scene, "Take it back as a draft", "restore", ":material/unarchive:")


def _act(scene: Scene, label: str, verb: str, icon: str, key: Key | None = None) -> None:
    st.button(
        plain(label),
        key=f"write.{verb}.{scene.example_id}",
        type="tertiary",
        icon=icon,
        shortcut=key.shortcut if key else None,
        on_click=state.ask,
        args=(verb,),
    )


def _tagged(key: str, part: str) -> None:
    state.ask(part, "", json.dumps(st.session_state[key]))
