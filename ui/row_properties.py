"""What belongs to the whole example: hard cases, the tools offered, and putting it away."""

from __future__ import annotations

import json

import streamlit as st

from curation.model.example import HARD_CASES
from ui import state
from ui.chat import Scene


def draw_row_properties(scene: Scene) -> None:
    """Tags, offered tools, and the way out of the queue."""
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
    if scene.is_editable:
        st.button(
            "Put this example away",
            key=f"write.archive.{scene.example_id}",
            type="tertiary",
            icon=":material/archive:",
            on_click=state.ask,
            args=("archive",),
        )


def _tagged(key: str, part: str) -> None:
    state.ask(part, "", json.dumps(st.session_state[key]))
