"""A card that says what the chat template of the project's base model does to the rows."""

from __future__ import annotations

import streamlit as st

from curation.services.projects import ProjectView
from curation.services.template_health import TemplateHealth, measure_template
from ui.session import workspace
from ui.text import count, named, plain


def draw_template(project: ProjectView) -> None:
    """A button, and below it what it found, until the next act."""
    is_asked = st.button("Try the newest rows", key="health.template", icon=":material/visibility:")
    if not is_asked:
        st.caption("Puts up to 200 rows through the template of the newest model, as a training would.")
        return
    with st.spinner("Trying rows"):
        found = measure_template(workspace(), project.id)
    if found is None:
        st.caption("No model yet: a training or an added model folder brings its template.")
    else:
        _draw_found(found)


def _draw_found(found: TemplateHealth) -> None:
    if found.problem:
        st.warning(named(found.problem))
        return
    st.caption(f"{found.n_rows:,} rows through {plain(found.base)}, {found.ms_a_row:.1f} ms a row.")
    for fault in found.faults:
        told = f"**{fault.code}** in {count(fault.n_rows, 'row')} ({fault.severity}): {named(fault.message)}"
        st.markdown(told)  # safe: code and severity are the checker's own words
    if not found.faults:
        st.caption("Nothing is refused, lost or left without loss.")
