"""Taking back what came in together: as many examples are hit, it is asked first."""

from __future__ import annotations

import streamlit as st

from curation.services import batching
from curation.services.batching import UndoReport
from curation.services.people import local_actor
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE
from ui.text import count, plain


@st.dialog("Take this back?", icon=":material/undo:")
def ask_back(batch: str, told: str, nonce: str) -> None:
    """The question; `told` names what goes, as it came."""
    st.markdown(f"This takes back {plain(told, 80)}, except what somebody has worked on since.")
    if st.button("Take it back", key=f"back.yes.{batch}", type="primary", icon=":material/undo:"):
        ws = workspace()
        with errors_shown():
            report = batching.undo_batch(ws, local_actor(ws), batch, nonce=nonce)
            NOTICE.set(_say(report))
            st.rerun()


def _say(report: UndoReport) -> str:
    said = f"{count(report.n_removed, 'example')} taken back"
    return f"{said}; {report.n_kept:,} stayed, as somebody has worked on them" if report.n_kept else said
