"""What people write down about a run, beside what it was told to do."""

from __future__ import annotations

from functools import partial

import msgspec
import pandas as pd
import streamlit as st

from curation.errors import CurationError
from curation.model.values import Json
from curation.services import choices, run_noting
from curation.services.jobs import JobView
from curation.services.people import local_actor
from ui.moments import ago
from ui.session import workspace
from ui.state import Act, Slot, ask
from ui.tabs import tab_label
from ui.text import plain, source, words

PAGE = "training"
_REFUSED: Slot[str] = Slot("run.note.refused", "")
"""Why the last note was not kept; said at its field, which may be far below the head of the page."""
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
    refused = _REFUSED.of(job.id).take()
    if refused:
        st.error(plain(refused), icon=":material/error:")
    st.button(
        "Keep the note",
        key=f"run.note.keep.{job.id}",
        icon=":material/edit_note:",
        on_click=partial(ask, "note", job.id, page=PAGE),
    )


def _field(job_id: str) -> str:
    return f"run.note.{job_id}"


def keep_note(act: Act) -> None:
    """Write down what stands in the field; it is empty again afterwards, unless it was refused."""
    ws = workspace()
    text = str(st.session_state.get(_field(act.at)) or "")
    try:
        run_noting.add_note(ws, local_actor(ws), act.at, text, nonce=act.nonce)
    except CurationError as error:
        _REFUSED.of(act.at).set(f"{error.message} {error.hint}")
    else:
        st.session_state[_field(act.at)] = ""


def _draw_settings(job: JobView) -> None:
    parameters = job.spec.get("parameters") or {}
    if not parameters:
        st.caption("It was ordered without settings of its own.")
        return
    known = {one.name: one for one in choices.list_parameters(job.provider)}
    names = [*(name for name in known if name in parameters), *(name for name in parameters if name not in known)]
    frame = pd.DataFrame(
        {
            "setting": [known[name].title if name in known else name for name in names],
            "value": [_said(parameters[name]) for name in names],
            "by default": [_said(known[name].default) if name in known else "" for name in names],
        }
    )
    st.dataframe(frame, key=f"run.settings.{job.id}", hide_index=True)


def _said(value: Json) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
