"""Exporting tools: choose a form, see what it cannot hold, take the file."""

from __future__ import annotations

import hashlib

import streamlit as st

from curation.services import cataloguing, tool_exporting, tool_writing
from curation.services.projects import ProjectView
from curation.services.tool_exporting import ToolFile
from ui.errors import errors_shown
from ui.session import workspace
from ui.text import count, named

NOW = 0
MOST_LOSSES = 12


def open_dialog(project: ProjectView) -> None:
    """Open it."""
    _dialog(project)


@st.dialog("Export tools", width="medium", icon=":material/download:")
def _dialog(project: ProjectView) -> None:
    titles = {form.name: form.title for form in tool_writing.list_written_forms()}
    versions = [one.n for one in cataloguing.list_catalogues(workspace(), project.id)]
    left, right = st.columns(2, gap="small")
    form = left.selectbox(
        "Form", list(titles), index=list(titles).index("openai"), key="toolexport.form", format_func=titles.__getitem__
    )
    version = right.selectbox(
        "Tools",
        [NOW, *versions],
        key="toolexport.version",
        format_func=lambda n: f"Version {n}" if n else "As they are now",
    )
    with errors_shown():
        file = _write(project.id, form, version, _stored(project))
        _draw_losses(file)
        st.download_button(
            f"Download {count(file.n_tools, 'tool')}",
            file.text.encode(),
            file.name,
            key=f"toolexport.take.{form}.{version}",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )


def _stored(project: ProjectView) -> str:
    views = cataloguing.list_tools(workspace(), project.id)
    return hashlib.sha256(repr([(view.id, view.revision) for view in views]).encode()).hexdigest()


@st.cache_data(max_entries=6, show_spinner="Writing the tools")
def _write(project_id: str, form: str, version: int, stored: str) -> ToolFile:  # noqa: ARG001 - names the catalogue
    return tool_exporting.export_tools(workspace(), project_id, form, version=version or None)


def _draw_losses(file: ToolFile) -> None:
    if not file.losses:
        st.markdown("This form holds everything.")
        return
    st.markdown("This form cannot hold everything:")
    st.markdown("\n".join(f"- {named(one)}" for one in file.losses[:MOST_LOSSES]))
    if len(file.losses) > MOST_LOSSES:
        st.caption(f"and {len(file.losses) - MOST_LOSSES:,} more")
