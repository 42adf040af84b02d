"""A look that is not finished: how far its jobs are; drawn again when one of them has moved."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from curation.services import jobs
from curation.services.evaluating import EvaluationView
from ui.pulse import draw_pulse
from ui.run_look import LOOK, progress_words
from ui.session import workspace
from ui.text import plain


class Answering(NamedTuple):
    """A model without figures yet, as it stood when the page was drawn."""

    label: str
    job_id: str
    was_final: bool


def draw_progress(view: EvaluationView) -> None:
    """One line a model; nothing asks any more when all have ended."""
    waiting = tuple(
        Answering(one.label, one.job_id, one.state.is_final)
        for one in view.models
        if one.report is None and one.job_id is not None
    )
    if waiting:
        st.fragment(_lines)(view.id, waiting)


def _lines(evaluation_id: str, waiting: tuple[Answering, ...]) -> None:
    draw_pulse("look", evaluation_id, is_open=not all(one.was_final for one in waiting))
    found = [(one, jobs.get_job(workspace(), one.job_id)) for one in waiting]
    if any(job.state.is_final and not one.was_final for one, job in found):
        # Its figures are there, and stand outside.
        st.rerun()
    for one, job in found:
        word, icon, colour = LOOK[job.state]
        with st.container(border=True):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f"**{plain(one.label)}**", width="content")
                st.badge(word, icon=icon, color=colour)
                st.caption(progress_words(job), width="content")
            if not job.state.is_final:
                st.progress(min(1.0, job.step / job.steps) if job.steps else 0.0)
            elif job.error:
                st.error(plain(job.error), icon=":material/error:")
