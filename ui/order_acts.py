"""What can be done with an order: pause and resume it, make the rest, discard its sample."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from curation.model.states import JobState
from curation.services import synthesis_jobs
from curation.services.jobs import JobView
from curation.services.people import local_actor
from curation.services.synthesis_views import OrderView
from ui import keys
from ui.errors import errors_shown
from ui.layout import keys_button, page_head
from ui.order_batches import TAKE_BACK, take_back
from ui.order_rail import ORDER, list_orders
from ui.session import workspace
from ui.state import NOTICE, Act, ask
from ui.text import plain

PAGE = "orders"
WORK: dict[str, tuple[Callable[..., JobView], str]] = {
    "pause": (synthesis_jobs.pause_order, "It stops behind the candidate at work; what has passed goes into the queue"),
    "resume": (synthesis_jobs.resume_order, "It goes on"),
    "rest": (synthesis_jobs.make_rest, "The rest is on its way"),
    "discard": (synthesis_jobs.discard_sample, "Discarded; nothing of it came into the queue"),
}
"""Verb → what does it, and what is said of it."""


def perform(act: Act) -> None:
    """Do what a button asked for."""
    if act.verb == TAKE_BACK:
        take_back(act)
    if act.verb not in WORK:
        return
    work, said = WORK[act.verb]
    ws = workspace()
    with errors_shown():
        work(ws, local_actor(ws), act.at, nonce=act.nonce)
        NOTICE.set(said)
        st.rerun()


def draw_head(view: OrderView) -> None:
    """Name, facts and the acts this state allows."""
    job = view.job
    with page_head(job.name.partition(": ")[2] or job.name):
        if view.waits_for_word:
            _draw_word(view)
        elif not job.state.is_final and job.state is not JobState.CANCELLING:
            _button("Pause", "pause", job.id, ":material/pause:")
        elif job.can_retry:
            label = "Resume" if job.state is JobState.CANCELLED else "Try again"
            _button(label, "resume", job.id, ":material/play_arrow:", is_next=True)
        elif synthesis_jobs.is_discarded(job):
            _button("Make the rest after all", "rest", job.id, ":material/undo:")
        st.button(
            "Order again",
            key="orders.again",
            type="tertiary",
            icon=":material/content_copy:",
            help="Opens the form as it was filled in for this one",
            on_click=partial(_again, job.id, job.project_id),
        )
        keys_button(PAGE)


def _draw_word(view: OrderView) -> None:
    rest = synthesis_jobs.read_sheet(view.job).n_wanted - view.tally.passed
    _button("Discard", "discard", view.job.id, ":material/delete:")
    _button(f"Make the rest, {rest:,}", "rest", view.job.id, ":material/auto_awesome:", is_next=True)


def _button(label: str, verb: str, job_id: str, icon: str, *, is_next: bool = False) -> None:
    st.button(
        plain(label),
        key=f"orders.{verb}.{job_id}",
        type="primary" if is_next else "secondary",
        icon=icon,
        shortcut=keys.NEXT_ACT.shortcut if is_next else None,
        on_click=ask,
        args=(verb, job_id),
        kwargs={"page": PAGE},
    )


def _again(job_id: str, project_id: str) -> None:
    """Callback."""
    from ui.order_prefill import begin_like
    from ui.order_rail import NEW

    job = next((one for one in list_orders(project_id) if one.id == job_id), None)
    if job is not None:
        begin_like(project_id, synthesis_jobs.read_sheet(job))
        ORDER.set(NEW)
