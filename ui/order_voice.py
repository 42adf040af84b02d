"""How the people in the conversations speak; what is left empty is up to the strategy."""

from __future__ import annotations

import streamlit as st

from curation.services.order_choices import Strategy, Voice, voice_choices
from ui.text import show_unseen

PARTS = {"personas": "Who speaks", "tones": "Tone", "lengths": "Length", "languages": "Language"}


def draw_voice(strategy: Strategy) -> Voice:
    """Folded away: most orders leave it as it is. A model is told any words, the offline wordings know their own."""
    asks = "model" in strategy.needs
    with st.expander("How people speak", icon=":material/record_voice_over:"):
        with st.grid(2, min_column_width=190, gap="small"):
            said = {part: _choose(part, takes_others=asks) for part in PARTS}
        slips = st.number_input(
            "Requests with a slip of the keyboard, %",
            0,
            100,
            0,
            step=5,
            key="orders.new.slips",
            help="Never inside a value that a tool is called with.",
            persist_state="session",
        )
    return Voice(said["personas"], said["tones"], said["lengths"], said["languages"], slips / 100)


def _choose(part: str, *, takes_others: bool) -> tuple[str, ...]:
    # A field of its own for each: one that takes other words would hand them to a strategy that knows none.
    key = f"orders.new.{part}" + (".free" if takes_others else "")
    return tuple(
        st.multiselect(
            PARTS[part],  # safe: our own words
            voice_choices()[part],
            key=key,
            placeholder="As the strategy likes",
            format_func=show_unseen,
            accept_new_options=takes_others,
            persist_state="session",
        )
    )
