"""The buttons of the playground that ask for an act by its name."""

from __future__ import annotations

import streamlit as st

from ui import state
from ui.playground_setup import PAGE
from ui.text import plain


def act_button(label: str, verb: str, icon: str, shortcut: str | None = None) -> None:
    """A quiet button; what it asks for is done in the next run."""
    st.button(
        plain(label),
        key=f"playground.{verb}",
        type="tertiary",
        icon=icon,
        shortcut=shortcut,
        on_click=state.ask,
        args=(verb,),
        kwargs={"page": PAGE},
    )
