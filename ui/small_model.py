"""The small model that comes with Callwright, offered where a project knows no model yet."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.errors import CurationError
from curation.services import choices, evaluating
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.session import workspace
from ui.text import named


def offer_small(project: ProjectView) -> None:
    """A button that makes it known to the project; to be drawn in a fragment."""
    st.caption("No model is known yet. A run makes one; the base model can be asked before any run.")
    if not st.button("Add the small model that comes with Callwright", key="evaluate.small", icon=":material/add:"):
        return
    ws = workspace()
    with st.spinner("Converting the small model; this happens once and takes about half a minute"):
        try:
            folder = choices.prepare_base(ws, choices.small_base(ws).folder)
        except CurationError as error:
            st.error(named(str(error)), icon=":material/error:")
            return
    with errors_shown():
        evaluating.register_base(ws, local_actor(ws), project.id, folder, nonce=uuid.uuid4().hex)
        st.rerun(scope="fragment")
