"""Where Tab stops: at what can be used, not at frames, at code that fits, or at each column of a grid."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.tab_stops", html="", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def tidy_tab_stops() -> None:
    """Draw it once a page."""
    _MOUNT(key="focus.tab_stops", data={})
