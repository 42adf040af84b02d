"""What an order brought into the queue: the way to judge it, and one press that takes all of it back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from curation.model.filters import ExampleFilter
from curation.model.states import ExampleState
from curation.services import batching
from curation.services.people import local_actor
from ui.errors import errors_shown
from ui.list_links import number_button
from ui.session import workspace
from ui.state import NOTICE, Act, ask_now
from ui.text import count

TAKE_BACK = "take back"


def draw_batches(batches: Mapping[str, int], page: str) -> None:
    """Both for each batch; an order has one more for every pause. They stand in fragments."""
    for batch, n in batches.items():
        wanted = ExampleFilter(batch=batch, states=(ExampleState.CANDIDATE,))
        icon = ":material/rate_review:"
        number_button(f"Review {n:,}", wanted, key=f"{page}.review.{batch}", icon=icon, page="review")
        if st.button(
            "Take back",
            key=f"{page}.back.{batch}",
            type="tertiary",
            icon=":material/undo:",
            help="All that came in together goes, but for what somebody has worked on since",
        ):
            ask_now(TAKE_BACK, batch, page=page)


def take_back(act: Act) -> None:
    """Do so, as one act."""
    ws = workspace()
    with errors_shown():
        report = batching.undo_batch(ws, local_actor(ws), act.at, nonce=act.nonce)
        kept = f"; {count(report.n_kept, 'example')} stayed, as somebody has worked on them" if report.n_kept else ""
        NOTICE.set(f"{count(report.n_removed, 'candidate')} taken back{kept}")
        st.rerun()
