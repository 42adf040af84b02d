"""Home's head and its list of jobs."""

from __future__ import annotations

import streamlit as st

from curation.model.states import JobState
from curation.services import jobs, projects
from curation.services.browsing import Glance
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace
from ui import keys, state
from ui.layout import keys_button, page_head
from ui.text import count, plain, say

MAX_JOBS = 4
POLL_S = 3.0


def project_head(ws: Workspace, project: ProjectView, glance: Glance) -> None:
    """Name, facts, the ways to begin something."""
    facts = [count(glance.n_tools, "tool"), count(glance.n_examples, "example")]
    if project.working_target:
        facts.append(f"target {plain(project.working_target)}")
    with page_head(project.name, " · ".join(facts)):
        _switch_project(ws, project)
        if st.button("Import", key="home.import", icon=":material/upload:"):
            st.switch_page("../pages/import.py")
        if st.button("Continue writing", key="home.write", icon=":material/edit_note:", shortcut=keys.NEXT.shortcut):
            st.switch_page("../pages/write.py")
        keys_button("home")


def _switch_project(ws: Workspace, project: ProjectView) -> None:
    """The other projects of the workspace, where there are any."""
    others = projects.list_projects(ws)
    if len(others) < 2:
        return
    names = {one.id: one.name for one in others}
    ids = list(names)
    st.selectbox(
        "Project",
        ids,
        index=ids.index(project.id),
        format_func=lambda one: names[one],
        key=f"home.project.{project.id}",
        label_visibility="collapsed",
        width=200,
        on_change=_switched,
        args=(f"home.project.{project.id}",),
    )


def _switched(key: str) -> None:
    state.PROJECT.set(str(st.session_state[key]))
    state.EXAMPLE.clear()
    state.REVIEWED.clear()


def draw_jobs(ws: Workspace, project: ProjectView) -> None:
    """The newest jobs; it looks again by itself only while one is open."""
    st.header("Jobs and models", anchor=False)
    has_open = any(not job.state.is_final for job in jobs.list_jobs(ws, project.id)[:MAX_JOBS])
    st.fragment(_jobs_card, run_every=POLL_S if has_open else None)(ws, project.id)


def _jobs_card(ws: Workspace, project_id: str) -> None:
    found = jobs.list_jobs(ws, project_id)[:MAX_JOBS]
    with st.container(border=True, gap="small"):
        if not found:
            st.caption("No job yet. Jobs go on when this tab or the app is closed.")
        for job in found:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(say("**{name}**", name=job.name), width="content")
                st.caption(plain(job.kind), width="content")
                st.space("stretch")
                st.badge(plain(job.state.value), color=_colour(job.state))
            if not job.state.is_final and job.steps:
                st.progress(min(1.0, job.step / job.steps), text=f"step {job.step:,} of {job.steps:,}")


def _colour(value: JobState) -> str:
    if value is JobState.SUCCEEDED:
        return "green"
    if value in (JobState.FAILED, JobState.LOST):
        return "red"
    return "gray" if value.is_final else "blue"
