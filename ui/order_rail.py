"""The rail of orders for candidates, newest first."""

from __future__ import annotations

import streamlit as st

from curation.model.states import JobState
from curation.services import synthesis_jobs
from curation.services.jobs import JobView
from ui.links import glossary_link
from ui.moments import ago
from ui.pulse import draw_pulse
from ui.rail_choice import Row, draw_choice
from ui.session import workspace
from ui.state import Slot
from ui.text import count

ORDER: Slot[str] = Slot("orders.order", "")
"""Id of the order shown; NEW for the form of a new one."""
NEW = "new"
STATES: dict[JobState, str] = {
    JobState.INTENT: "waiting",
    JobState.STARTING: "starting",
    JobState.RUNNING: "being made",
    JobState.CANCELLING: "pausing",
    JobState.SUCCEEDED: "made",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "paused",
    JobState.LOST: "lost",
}


def draw_rail(project_id: str) -> str:
    """Draw the rail and return the chosen order's id or NEW; it is drawn again when an order has moved."""
    orders = list_orders(project_id)
    ids = [one.id for one in orders]
    if ORDER.get() not in (*ids, NEW):
        ORDER.set(ids[0] if ids else NEW)
    is_active = any(not one.state.is_final for one in orders)
    with st.sidebar:
        st.fragment(_draw_orders)(project_id, ORDER.get(), is_active)
        st.divider()
        st.caption(":material/schedule: Orders go on when this tab or the app is closed")
        st.page_link("../pages/review.py", label="Review", icon=":material/rate_review:")
        st.page_link("../pages/jobs.py", label="All jobs", icon=":material/list_alt:")
        glossary_link()
    return ORDER.get()


def list_orders(project_id: str) -> tuple[JobView, ...]:
    """The orders of a project, newest first."""
    return synthesis_jobs.list_orders(workspace(), project_id)


def word_state(job: JobView) -> str:
    """How an order stands, in a word or two; while it is made, how far it is."""
    if job.state is JobState.RUNNING and job.steps:
        return f"{100 * job.step / job.steps:.0f} %"
    if synthesis_jobs.is_sample(job) and job.state is JobState.SUCCEEDED:
        return "sample discarded" if synthesis_jobs.is_discarded(job) else "sample to look at"
    return STATES[job.state]


def _draw_orders(project_id: str, shown: str, was_active: bool) -> None:
    """Head and rows; another choice is another page, so it draws everything again."""
    draw_pulse("orders", project_id, is_open=was_active)
    orders = list_orders(project_id)
    if ORDER.get() != shown or was_active is not any(not one.state.is_final for one in orders):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Orders", anchor=False, width="content")
        st.caption(f"{len(orders):,}", width="content")
        st.space("stretch")
        st.button(
            "New order", key="orders.new", type="tertiary", icon=":material/add:", on_click=ORDER.set, args=(NEW,)
        )
    if not orders:
        st.caption("No order yet.")
        return
    draw_choice("Orders", [_row(one) for one in orders], key="orders.rail", kept=ORDER)


def _row(job: JobView) -> Row:
    wanted = count(synthesis_jobs.read_sheet(job).n_wanted, "candidate")
    return Row(
        job.id, job.name.partition(": ")[2] or job.name, note=f"{word_state(job)} · {wanted} · {ago(job.created_at)}"
    )
