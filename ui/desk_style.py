"""How the desk of the Write page bends to the width of the window."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.desk_style",
    html="",
    css=Path(__file__).with_name("desk.css").read_text(),
    isolate_styles=False,
)


def bend_desk() -> None:
    """Bars on one line at every width, one column in a narrow window; draw it behind the desk, it takes no room."""
    _MOUNT(key="write.desk_style")
