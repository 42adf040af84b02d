"""A run while it works and after: its way, figures, curves, tool calls and log. It is drawn anew when it has moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from curation.model.states import JobState
from curation.services import jobs, models, people, run_watching
from curation.services.jobs import JobView
from curation.services.run_watching import Series
from ui.layout import Colour
from ui.moments import ago, span
from ui.pulse import draw_pulse
from ui.run_curves import draw_curves, draw_rates, draw_table
from ui.run_log import draw_log
from ui.run_look import LOOK, progress_words
from ui.session import workspace
from ui.text import plain

GIGA = 1024
NARROWEST_PX = 320
"""Of a card with a chart or a log in it."""
WAYS: dict[str, tuple[str, Colour]] = {
    "done": (":material/check:", "green"),
    "now": (":material/progress_activity:", "blue"),
    "ended here": (":material/stop:", "orange"),
    "ahead": (":material/schedule:", "gray"),
}


def draw_run(job: JobView) -> None:
    """The panel of one run; nothing asks any more when it has ended."""
    st.fragment(_panel)(job.id, job.state)


def _panel(job_id: str, was: JobState) -> None:
    draw_pulse("run", job_id, is_open=not was.is_final)
    ws = workspace()
    # Read at one moment, as charts take theirs: the log is not to be ahead of the progress.
    job, series, events = jobs.get_job(ws, job_id), jobs.job_metrics(ws, job_id), jobs.job_events(ws, job_id)
    if job.state is not was:
        # What can be done with it has changed, and stands in the head.
        st.rerun()
    _draw_progress(job, series)
    draw_curves(job, series)
    if any(name.startswith(run_watching.LOOK_PREFIX) for name in series):
        with st.grid(2, min_column_width=NARROWEST_PX, gap="small"):
            draw_rates(job, series)
            draw_log(job, events)
    else:
        draw_log(job, events)
    draw_table(job, series)


def _draw_progress(job: JobView, series: Series) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _draw_way(job)
            st.space("stretch")
            st.caption(
                f"asked for {ago(job.created_at)} by {plain(people.get_person(workspace(), job.by).name)}",
                width="content",
            )
        st.markdown(_figures(job, series))  # safe: numbers and our words
        st.progress(min(1.0, job.step / job.steps) if job.steps else 0.0)
        if job.state.is_final:
            st.caption(_outcome(job, series))  # safe: numbers, our words, and a place made by plain()
    if job.error and (not job.state.is_final or job.state is JobState.CANCELLED):
        st.warning(plain(job.error), icon=":material/warning:")
    elif job.error and job.state in (JobState.FAILED, JobState.LOST):
        st.error(plain(job.error), icon=":material/error:")


def _outcome(job: JobView, series: Series) -> str:
    """When it ended, and where what it has learned lies."""
    took = f"Ended {span(_seconds(job))} after it began" if job.started_at and job.finished_at else "Never began"
    if job.model_id is None:
        return f"{took} · no model came of it"
    model, best = models.get_model(workspace(), job.model_id), run_watching.find_best(series)
    of_step = f" of step {best.step:,}" if best else ""
    if model.remote_name:
        return f"{took} · the model{of_step} is kept at its host as {plain(model.remote_name)}"
    if model.details.get("recorded"):
        return f"{took} on another machine · its curves and answers came with the demo, the model{of_step} did not"
    state = "is gone from" if model.is_gone else "is kept in"
    return f"{took} · the model{of_step} {state} {plain(model.location)}"


def _seconds(job: JobView) -> float:
    """From its first start, pauses and all."""
    began, ended = (datetime.fromisoformat(at) for at in (job.started_at or "", job.finished_at or ""))
    return (ended - began).total_seconds()


def _draw_way(job: JobView) -> None:
    """The state; then its stretches one after the other, with the worker's own word for what it does."""
    word, icon, colour = LOOK[job.state]
    st.badge(word, icon=icon, color=colour)
    for stretch in run_watching.list_stretches(job):
        icon, colour = WAYS[stretch.state]
        name = job.phase if stretch.state == "now" and job.phase else stretch.name
        st.caption(":material/chevron_right:", width="content")
        st.badge(plain(name), icon=icon, color=colour)
    if job.phase and not run_watching.list_stretches(job):
        st.markdown(f"**{plain(job.phase)}**", width="content")


def _figures(job: JobView, series: Series) -> str:
    """Step, time left, speed and memory in one line."""
    parts = [f"**{progress_words(job)}**"]
    if job.eta_s and not job.state.is_final:
        done = datetime.now().astimezone() + timedelta(seconds=job.eta_s)
        parts.append(f"done near {done:%H:%M}")
    # Until a resumed run has counted a step, its curves tell of the attempt before.
    last = {name: points[-1][1] for name, points in series.items() if points and job.steps}
    if "step_s" in last:
        parts.append(f"{last['step_s']:.2g} s a step")
    if "tokens_per_s" in last:
        parts.append(f"{last['tokens_per_s']:,.0f} tokens a second")
    if "memory_mb" in last:
        limit = last.get("memory_limit_mb")
        of = f" of {limit / GIGA:.1f}" if limit else ""
        parts.append(f"{last['memory_mb'] / GIGA:.1f}{of} GB of memory")
    return " · ".join(parts)
