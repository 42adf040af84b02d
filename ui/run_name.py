"""What a new run is called: kept while it is prepared, empty again once it was launched."""

from __future__ import annotations

import streamlit as st

from curation.services.people import NAME_LENGTH
from ui.state import Slot

_NUMBER: Slot[int] = Slot("training.name.number", 0)
"""How many runs this tab has launched: each has a field of its own."""


def draw_name(made_of: str) -> str:
    """The field; empty for a run that is called after what it is made of."""
    name: str = st.text_input(
        "Name of the run",
        key=f"training.name.{_NUMBER.get()}",
        max_chars=NAME_LENGTH,
        placeholder=made_of,
        persist_state="session",
    )
    return name


def begin_next() -> None:
    """The run was launched: the next one is called otherwise."""
    _NUMBER.set(_NUMBER.get() + 1)
