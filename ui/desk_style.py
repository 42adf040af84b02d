"""How the desks bend to the width and height of the window."""

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
    """Heads on one line, columns as tall as the window, one column in a narrow one; it takes no room itself."""
    _MOUNT(key="desk.style")
