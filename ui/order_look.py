"""One order, live: how far it is, what passed and what was dropped why; its sample; the way to what it made."""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from curation.model.states import JobState
from curation.services import jobs, people, synthesis_jobs, synthesis_views
from curation.services.jobs import JobView
from curation.services.projects import ProjectView
from curation.services.synthesis_views import OrderView
from ui import order_batches
from ui.layout import Colour, card_title
from ui.moments import ago, span
from ui.order_acts import PAGE, draw_head
from ui.order_facts import draw_sheet
from ui.order_rail import STATES
from ui.order_walk import draw_walk
from ui.pulse import draw_pulse
from ui.sample_panel import draw_batches
from ui.session import require_role, workspace
from ui.text import count, named, plain

LOOK: dict[JobState, tuple[str, Colour]] = {
    JobState.INTENT: (":material/schedule:", "gray"),
    JobState.STARTING: (":material/hourglass_top:", "blue"),
    JobState.RUNNING: (":material/progress_activity:", "blue"),
    JobState.CANCELLING: (":material/pause:", "orange"),
    JobState.SUCCEEDED: (":material/check:", "green"),
    JobState.FAILED: (":material/error:", "red"),
    JobState.CANCELLED: (":material/pause:", "orange"),
    JobState.LOST: (":material/help:", "red"),
}
MOST_REASONS = 12
ENDS = {
    "done": "All of it is drafted",
    "sample": "The sample is full",
    "stopped": "Paused",
    "budget": "The budget is spent",
}


def draw_order(project: ProjectView, job: JobView) -> None:
    """Its acts, and the panel that is drawn anew when it has moved; nothing asks any more when it has ended."""
    draw_head(synthesis_views.view_order(workspace(), job))
    st.fragment(_panel)(project, job.id, job.state)


def _panel(project: ProjectView, job_id: str, was: JobState) -> None:
    draw_pulse("order", job_id, is_open=not was.is_final)
    ws = workspace()
    job = jobs.get_job(ws, job_id)
    view = synthesis_views.view_order(ws, job)
    _draw_progress(view)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        draw_walk(project, view)
    with right:
        _draw_queued(view)
        _draw_yield(view)
        _draw_dropped(view)
        draw_sheet(synthesis_jobs.read_sheet(job))
    # Last: what was pressed meanwhile comes before it.
    if job.state is not was:
        # What can be done with it has changed, and the rail says so too.
        st.rerun()


def _draw_progress(view: OrderView) -> None:
    job = view.job
    icon, colour = LOOK[job.state]
    is_sample = synthesis_jobs.is_sample(job)
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(STATES[job.state], icon=icon, color=colour)
            if is_sample:
                word = "sample discarded" if synthesis_jobs.is_discarded(job) else "a sample of ten first"
                st.badge(word, icon=":material/science:", color="violet")
            st.markdown(_word_step(view), width="content")  # safe: numbers and our words
            st.space("stretch")
            by = plain(people.get_person(workspace(), job.by).name)
            st.caption(f"ordered {ago(job.created_at)} by {by}", width="content")
        if not job.state.is_final:
            st.progress(min(1.0, job.step / job.steps) if job.steps else 0.0)
        if view.tally.note:
            st.caption(plain(view.tally.note))
        if view.waits_for_word:
            st.markdown("Look at the sample; then make the rest, or discard it and order otherwise.")
    if job.error:
        show = st.error if job.state in (JobState.FAILED, JobState.LOST) else st.warning
        show(plain(job.error), icon=":material/error:")


def _word_step(view: OrderView) -> str:
    job = view.job
    if job.state.is_final:
        if view.tally.ended == "done" and view.tally.short:
            return "**Drafted as far as it goes**"
        return f"**{ENDS.get(view.tally.ended, 'Ended')}**"
    if not job.steps:
        return "Waiting for its turn" if job.state is JobState.INTENT else "Nothing drafted yet"
    words = f"**{job.step:,} of {job.steps:,} drafted**"
    if job.eta_s:
        done = datetime.now().astimezone() + timedelta(seconds=job.eta_s)
        words += f" · {span(job.eta_s)} left, done near {done:%H:%M}"
    return words


def _draw_yield(view: OrderView) -> None:
    tally = view.tally
    dropped = sum(one.count for one in view.dropped)
    with st.container(border=True, gap="small"):
        with card_title("Yield", _word_share(view)):
            pass
        table = {
            "Step": ["asked for", "drafted", "passed every gate", "of these repaired first", "dropped", "in the queue"],
            "Candidates": [
                f"{n:,}" for n in (tally.asked, tally.drafted, tally.passed, tally.repaired, dropped, view.n_queued)
            ],
        }
        st.table(table, border="horizontal", hide_index=True)
        for why, n in tally.short.items():
            st.caption(f":material/info: {count(n, 'candidate')} could not be drafted: {plain(why, 300)}")


def _word_share(view: OrderView) -> str:
    n = view.tally.drafted
    return f"{100 * view.tally.passed / n:.0f} % of what was drafted passed" if n else "nothing drafted yet"


def _draw_dropped(view: OrderView) -> None:
    with st.container(border=True, gap="small"):
        with card_title("Dropped", "by gate and reason"):
            pass
        if not view.dropped:
            st.caption("Nothing was dropped." if view.tally.drafted else "Nothing is judged yet.")
            return
        shown = view.dropped[:MOST_REASONS]
        table = {
            "Gate": [plain(one.title) for one in shown],
            "Reason": [named(one.reason.replace("_", " ")) for one in shown],
            "How many": [f"{one.count:,}" for one in shown],
        }
        st.table(table, border="horizontal", hide_index=True)


def _draw_queued(view: OrderView) -> None:
    ws = workspace()
    batches = synthesis_views.list_batches(ws, view.job.id)
    with st.container(border=True, gap="small"):
        with card_title("In the queue", count(view.n_queued, "candidate")):
            pass
        if not batches:
            st.caption("What passes comes into the queue when the order ends or is paused, most wanted first.")
            return
        with st.container(horizontal=True, gap="small"):
            order_batches.draw_batches(batches, PAGE)
        with st.expander("Accept by a sample", type="compact", icon=":material/casino:"):
            st.caption("Some are judged one by one, then all of the others are accepted or none.")
            draw_batches(ws, require_role(), tuple(batches))
