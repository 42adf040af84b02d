"""Every number opens what it counts: from a figure to the list behind it."""

from __future__ import annotations

import streamlit as st

from curation.model.filters import ExampleFilter
from ui.list_filter import put
from ui.state import EXAMPLE, REVIEWED, Slot
from ui.text import plain

CHOSEN: dict[str, Slot[str]] = {"write": EXAMPLE, "review": REVIEWED}
"""The open row of a page: a list opened from elsewhere begins at its top."""


def open_list(wanted: ExampleFilter, page: str = "examples") -> None:
    """Go to a page with its list narrowed to this."""
    put(page, wanted)
    if page in CHOSEN:
        CHOSEN[page].clear()
    st.switch_page(f"../pages/{page}.py")


def number_button(
    label: str, wanted: ExampleFilter, *, key: str, icon: str | None = None, page: str = "examples"
) -> None:
    """A figure, or our own word beside it, that opens what it counts."""
    if st.button(plain(label), key=key, type="tertiary", icon=icon):
        open_list(wanted, page)
