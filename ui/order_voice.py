"""How the people in the conversations speak; what is left empty is up to the strategy."""

from __future__ import annotations

import streamlit as st

from curation.services.order_choices import Voice
from ui.text import show_unseen

PARTS = {"personas": "Who speaks", "tones": "Tone", "lengths": "Length", "languages": "Language"}
OFFERED = {
    "personas": ("a hurried customer", "a polite pensioner", "a colleague"),
    "tones": ("plain", "friendly", "annoyed"),
    "lengths": ("short", "medium", "long"),
    "languages": ("en", "de", "es", "fr"),
}


def draw_voice() -> Voice:
    """Folded away: most orders leave it as it is."""
    with st.expander("How people speak", icon=":material/record_voice_over:"):
        with st.grid(2, min_column_width=190, gap="small"):
            said = {part: _choose(part) for part in PARTS}
        slips = st.slider(
            "Requests with a slip of the keyboard, %",
            0,
            100,
            0,
            key="orders.new.slips",
            help="Never inside a value that a tool is called with.",
            persist_state="session",
        )
    return Voice(said["personas"], said["tones"], said["lengths"], said["languages"], slips / 100)


def _choose(part: str) -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            PARTS[part],  # safe: our own words
            OFFERED[part],
            key=f"orders.new.{part}",
            placeholder="As the strategy likes",
            format_func=show_unseen,
            accept_new_options=True,
            persist_state="session",
        )
    )
