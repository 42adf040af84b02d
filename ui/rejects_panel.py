"""Rows of an imported file that could not be read: where, why, and their text to mend in place."""

from __future__ import annotations

import hashlib

import streamlit as st

from curation.services import import_reports, importing
from curation.services.importing import SourceView
from curation.services.people import local_actor
from ui.errors import errors_shown
from ui.import_sources import SOURCE
from ui.layout import card_title
from ui.session import workspace
from ui.state import NOTICE
from ui.text import named, plain, source

MAX_REJECTS = 50
MAX_CHARACTERS = 20_000


def draw_rejects(sources: tuple[SourceView, ...]) -> None:
    """The rejects of the chosen file, each with its text to mend in place."""
    chosen = next((one for one in sources if one.id == SOURCE.get() and not one.is_undone), None)
    if chosen is None or not chosen.n_rejected:
        return
    rejects = importing.list_rejects(workspace(), chosen.id)
    waiting = [one for one in rejects if not one.example_id]
    with st.container(border=True):
        with card_title("Rejected rows", f"{chosen.name}: {len(waiting)} of {len(rejects)} wait to be mended"):
            st.download_button(
                "Download",
                lambda: import_reports.write_rejects(workspace(), chosen.id),
                f"{chosen.name}.rejects.jsonl",
                key="import.rejects.download",
                type="tertiary",
                icon=":material/download:",
                help="What waits, with line, column, reason and the row as it came",
                on_click="ignore",
                disabled=not waiting,
            )
        for one in waiting[:MAX_REJECTS]:
            _draw_reject(one)
        if len(waiting) > MAX_REJECTS:
            st.caption(f"{len(waiting) - MAX_REJECTS:,} more once these are mended")


def _draw_reject(one: importing.RejectView) -> None:
    st.markdown(f"**Line {one.line:,}, column {one.column:,}** · {named(one.reason)}")
    text = one.bytes.decode("utf-8", "backslashreplace")
    if len(text) > MAX_CHARACTERS:
        source(text[:2000])
        st.caption(f"{len(one.bytes) / 1000:.1f} kB; the first 2,000 characters are drawn. Mend it in the file.")
        return
    mended = st.text_area("Row as it came", text, key=f"import.mend.{one.id}", label_visibility="collapsed", height=90)
    if st.button("Read it again", key=f"import.again.{one.id}", icon=":material/build:"):
        with errors_shown():
            ws, digest = workspace(), hashlib.sha256(mended.encode("utf-8", "surrogatepass")).hexdigest()
            view = importing.mend_reject(ws, local_actor(ws), one.id, mended, nonce=f"mend.{one.id}.{digest}")
            NOTICE.set(f"{plain(view.title, 40)} came in as a draft")
            st.rerun()
