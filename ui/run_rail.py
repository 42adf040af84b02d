"""The rail of training runs, newest first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.services import jobs
from curation.services.jobs import JobView
from ui.links import glossary_link
from ui.moments import ago
from ui.pulse import draw_pulse
from ui.rail_choice import Row, draw_choice
from ui.run_look import state_words
from ui.session import workspace
from ui.state import Slot

RUN: Slot[str] = Slot("training.run", "")
"""Id of the run shown; NEW for the form of a new one, CASE for whether a run is worth it at all."""
NEW, CASE = "new", "case"


def draw_rail(project_id: str) -> str:
    """Draw the rail and return the chosen run's id, NEW or CASE; it is drawn again when a run has moved."""
    runs = list_runs(project_id)
    ids = [run.id for run in runs]
    if RUN.get() not in (*ids, NEW, CASE):
        RUN.set(ids[0] if ids else NEW)
    is_active = any(not run.state.is_final for run in runs)
    with st.sidebar:
        st.fragment(_draw_runs)(project_id, RUN.get(), is_active)
        st.divider()
        st.caption(":material/schedule: Jobs go on when this tab or the app is closed")
        st.page_link("../pages/jobs.py", label="All jobs", icon=":material/list_alt:")
        glossary_link()
    return RUN.get()


def list_runs(project_id: str) -> list[JobView]:
    """The training runs of a project, newest first."""
    runs = [job for job in jobs.list_jobs(workspace(), project_id) if job.kind == "train"]
    return sorted(runs, key=lambda job: job.created_at, reverse=True)


def _draw_runs(project_id: str, shown: str, was_active: bool) -> None:
    """Head and rows; another choice is another page, so it draws everything again, as does a run that has begun."""
    draw_pulse("runs", project_id, is_open=was_active)
    runs = list_runs(project_id)
    if RUN.get() != shown or was_active is not any(not run.state.is_final for run in runs):
        st.rerun()
    _draw_head(runs)
    if not runs:
        st.caption("No runs yet.")
        return
    draw_choice(
        "Runs",
        [Row(run.id, run.name, note=f"{state_words(run)} · {run.provider} · {ago(run.created_at)}") for run in runs],
        key="training.rail",
        kept=RUN,
    )


def _draw_head(runs: Sequence[JobView]) -> None:
    active = sum(not run.state.is_final for run in runs)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Runs", anchor=False, width="content")
        st.caption(f"{active} active" if active else f"{len(runs)}", width="content")
        st.space("stretch")
        st.button("New run", key="training.new", type="tertiary", icon=":material/add:", on_click=RUN.set, args=(NEW,))
    st.button(
        "Should we tune?", key="training.case", type="tertiary", icon=":material/help:", on_click=RUN.set, args=(CASE,)
    )
