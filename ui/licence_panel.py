"""Under which licence imported files came: written down once, and named in every data card."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services import importing, source_licences
from curation.services.importing import SourceView
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.session import workspace
from ui.text import count, plain

MOST = 20


def draw_button(project: ProjectView) -> None:
    """Opens the list."""
    if st.button("Licences", key="export.licences", type="tertiary", icon=":material/gavel:"):
        _dialog(project)


@st.dialog("Licences of imported files", icon=":material/gavel:")
def _dialog(project: ProjectView) -> None:
    draw_licences(project)


def draw_licences(project: ProjectView) -> None:
    """A field for each file, kept as soon as it is left."""
    ws = workspace()
    known = source_licences.list_licences(ws, project.id)
    sources = [one for one in importing.list_sources(ws, project.id) if not one.is_undone]
    st.caption("Name it, such as Apache-2.0. The data card of every export says it.")
    for one in sources[:MOST]:
        _draw_field(one, known.get(one.id, ""))
    if len(sources) > MOST:
        st.caption(f"and {count(len(sources) - MOST, 'older file')}")


def _draw_field(one: SourceView, before: str) -> None:
    licence = st.text_input(
        plain(one.name, 60), before, key=f"licence.{one.id}", max_chars=source_licences.MOST_CHARACTERS
    )
    if " ".join(licence.split()) != before:
        ws = workspace()
        with errors_shown():
            source_licences.set_licence(ws, local_actor(ws), one.id, licence, nonce=uuid.uuid4().hex)
