"""What every candidate of a new order is to show, beyond its shape: it came from Health, and it can be taken out."""

from __future__ import annotations

import streamlit as st

from curation.model.traits import parse_trait
from curation.services.trait_words import say_trait
from ui.state import Slot
from ui.text import plain

_SHOWS: Slot[str] = Slot("orders.new.shows", "")
"""Address of the trait; empty: any."""


def begin_with(shows: str) -> None:
    """Put it into the form instead of what stands there."""
    _SHOWS.set(shows)


def draw_shows() -> str:
    """What is asked for, with a way to take it out; nothing where nothing is."""
    if shows := _SHOWS.get():
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.badge(f"Every candidate shows {plain(say_trait(parse_trait(shows)), 60)}", icon=":material/visibility:")
            st.button(
                "",
                key="orders.new.shows.remove",
                type="tertiary",
                icon=":material/close:",
                help="Take this out: candidates need not show it",
                on_click=_SHOWS.clear,
            )
    return shows
