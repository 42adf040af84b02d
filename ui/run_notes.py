"""What people write down about a run, beside what it was told to do."""

from __future__ import annotations

from functools import partial

import msgspec
import pandas as pd
import streamlit as st

from curation.services import run_noting
from curation.services.jobs import JobView
from curation.services.people import local_actor
from ui.errors import errors_shown
from ui.moments import ago
from ui.session import workspace
from ui.state import Act, ask
from ui.tabs import tab_label
from ui.text import plain, source, words

PAGE = "training"
NAMES = ("Notes", "Settings", "The exact order")


def draw_notes(job: JobView) -> None:
    """Notes first; the settings and the exact order behind a tab."""
    with st.container(border=True):
        notes, settings, order = st.tabs([tab_label(one) for one in NAMES])  # safe: our words
        with notes:
            _draw_notes(job)
        with settings:
            _draw_settings(job)
        with order:
            source(msgspec.json.format(msgspec.json.encode(job.spec, order="deterministic"), indent=2).decode())


def _draw_notes(job: JobView) -> None:
    for note in run_noting.list_notes(workspace(), job.id):
        st.caption(f"{plain(note.by)} · {ago(note.at)}")
        words(note.text)
    st.text_area(
        "Why this run, and what was seen in it",
        key=_field(job.id),
        height=80,
        persist_state="session",
        placeholder="Twice the rank of the last one; false calls rose.",
    )
    st.button(
        "Keep the note",
        key=f"run.note.keep.{job.id}",
        icon=":material/edit_note:",
        on_click=partial(ask, "note", job.id, page=PAGE),
    )


def _field(job_id: str) -> str:
    return f"run.note.{job_id}"


def keep_note(act: Act) -> None:
    """Write down what stands in the field; it is empty again afterwards."""
    ws = workspace()
    with errors_shown():
        text = str(st.session_state.get(_field(act.at)) or "")
        run_noting.add_note(ws, local_actor(ws), act.at, text, nonce=act.nonce)
        st.session_state[_field(act.at)] = ""


def _draw_settings(job: JobView) -> None:
    parameters = job.spec.get("parameters") or {}
    if not parameters:
        st.caption("It was ordered without settings of its own.")
        return
    frame = pd.DataFrame({"setting": list(parameters), "value": [str(value) for value in parameters.values()]})
    st.dataframe(frame, key=f"run.settings.{job.id}", hide_index=True)
