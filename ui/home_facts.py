"""Home's head and its list of jobs."""

from __future__ import annotations

import streamlit as st

from curation.model.people import Actor
from curation.services import choices, jobs, run_watching
from curation.services.browsing import Glance
from curation.services.job_board import OF_STATE
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace
from ui import keys
from ui.board import KINDS, LOOK
from ui.layout import keys_button, page_head
from ui.order_rail import NEW, ORDER
from ui.project_choice import project_menu
from ui.pulse import draw_pulse
from ui.run_look import progress_words
from ui.text import count, plain, say

MAX_JOBS = 4


def project_head(ws: Workspace, actor: Actor, project: ProjectView, glance: Glance) -> None:
    """Name, facts, the ways to begin something."""
    target = choices.list_targets().get(project.working_target or "", "none")
    facts = [count(glance.n_tools, "tool"), count(glance.n_examples, "example"), f"target {plain(target)}"]
    with page_head(project.name, " · ".join(facts)):
        project_menu(ws, actor, project)
        if st.button("Import", key="home.import", icon=":material/upload:"):
            st.switch_page("../pages/import.py")
        if glance.n_tools and st.button("Order candidates", key="home.orders", icon=":material/auto_awesome:"):
            ORDER.set(NEW)
            st.switch_page("../pages/orders.py")
        if st.button("Continue writing", key="home.write", icon=":material/edit_note:", shortcut=keys.NEXT.shortcut):
            st.switch_page("../pages/write.py")
        keys_button("home")


def draw_jobs(ws: Workspace, project: ProjectView) -> None:
    """The newest jobs; it looks again by itself only while one is open."""
    st.header("Jobs and models", anchor=False)
    st.fragment(_jobs_card)(ws, project.id)


def _jobs_card(ws: Workspace, project_id: str) -> None:
    found = jobs.list_jobs(ws, project_id)
    is_open = any(not job.state.is_final for job in found)
    draw_pulse("runs", project_id, is_open=is_open, stamp=run_watching.stamp_listed(found))
    with st.container(border=True, gap="small"):
        if not found:
            st.caption("No job yet. Jobs go on when this tab or the app is closed.")
        for job in found[:MAX_JOBS]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(say("**{name}**", name=job.name), width="content")
                st.caption(plain(KINDS.get(job.kind, job.kind)), width="content")
                st.space("stretch")
                icon, colour = LOOK[OF_STATE[job.state]]
                st.badge(plain(OF_STATE[job.state]), icon=icon, color=colour)
            if not job.state.is_final and job.steps:
                st.progress(min(1.0, job.step / job.steps), text=progress_words(job))
