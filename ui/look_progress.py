"""A look that is not finished: how far its jobs are; asks again only while one is active."""

from __future__ import annotations

import streamlit as st

from curation.services import evaluating, jobs
from curation.services.evaluating import EvaluationView
from ui.run_look import LOOK, POLL_S, progress_words
from ui.session import workspace
from ui.text import plain


def draw_progress(view: EvaluationView) -> None:
    """One line a model; the timer stops when all have ended."""
    is_active = not view.state.is_final
    st.fragment(_lines, run_every=POLL_S if is_active else None)(view.id, is_active)


def _lines(evaluation_id: str, was_active: bool) -> None:
    view = evaluating.get_evaluation(workspace(), evaluation_id)
    if was_active and view.state.is_final:
        st.rerun()
    for one in view.models:
        if one.report is not None or one.job_id is None:
            continue
        job = jobs.get_job(workspace(), one.job_id)
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
