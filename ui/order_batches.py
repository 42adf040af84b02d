"""What an order brought into the queue: the way to judge it, and one press that takes all of it back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from ui.list_links import number_button
from ui.state import Act, ask_now
from ui.taking_back import ask_back
from ui.text import count

TAKE_BACK = "take back"


def draw_batches(batches: Mapping[str, int], page: str) -> None:
    """Both for each batch; an order has one more for every pause. They stand in fragments."""
    for batch, n in batches.items():
        wanted = ExampleFilter(batch=batch, states=(ExampleState.CANDIDATE,))
        icon = ":material/rate_review:"
        number_button(f"Review {n:,}", wanted, key=f"{page}.review.{batch}", icon=icon, page="review")
        st.button(
            "Take back",
            key=f"{page}.back.{batch}",
            type="tertiary",
            icon=":material/undo:",
            help="All that came in together goes, but for what somebody has worked on since",
            on_click=ask_now,
            args=(TAKE_BACK, batch, str(n)),
            kwargs={"page": page},
        )


def take_back(act: Act) -> None:
    """Ask, then do so as one act."""
    ask_back(act.at, f"the {count(int(act.value), 'candidate')} that came in together", act.nonce)
