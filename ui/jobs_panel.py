"""A run while it works and after: phase, steps, curves and log. It only reads, and polls only while active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from curation.model.states import JobState
from curation.services import jobs, people
from curation.services.jobs import JobView
from ui.charts import draw, word_legend
from ui.layout import card_title
from ui.moments import ago, clock
from ui.run_charts import curve, curves
from ui.run_look import LOOK, POLL_S, progress_words
from ui.session import workspace
from ui.text import count, plain, source

LOG_LINES = 12
RAW_LINES = 60
RATES = {
    "validation_valid_call_rate": "valid call",
    "validation_tool_name_accuracy": "right tool",
    "validation_argument_match": "right arguments",
    "validation_false_call_rate": "false call",
}
"""The tool-call metrics on validation rows, at most four in one chart."""
SMALL_CURVES = {
    "loss": "training loss",
    "eval_loss": "validation loss",
    "learning_rate": "learning rate",
    "grad_norm": "gradient norm",
}

Series = Mapping[str, Sequence[tuple[int, float]]]


def draw_run(job: JobView) -> None:
    """The panel of one run; the timer stops with the run."""
    is_active = not job.state.is_final
    st.fragment(_panel, run_every=POLL_S if is_active else None)(job.id, is_active)


def _panel(job_id: str, was_active: bool) -> None:
    ws = workspace()
    job = jobs.get_job(ws, job_id)
    if was_active and job.state.is_final:
        st.rerun()
    series = jobs.job_metrics(ws, job_id)
    _draw_progress(job)
    _draw_curves(job, series)
    if not any(series.get(name) for name in RATES):
        _draw_log(job)
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _draw_rates(job, series)
    with right:
        _draw_log(job)


def _draw_progress(job: JobView) -> None:
    word, icon, colour = LOOK[job.state]
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, icon=icon, color=colour)
            if job.phase:
                st.markdown(f"**{plain(job.phase)}**", width="content")
            st.caption(progress_words(job), width="content")
            st.space("stretch")
            st.caption(
                f"asked for {ago(job.created_at)} by {plain(people.get_person(workspace(), job.by).name)}",
                width="content",
            )
        st.progress(min(1.0, job.step / job.steps) if job.steps else 0.0)
    if job.error and job.state in (JobState.FAILED, JobState.LOST):
        st.error(plain(job.error), icon=":material/error:")
    elif job.error and not job.state.is_final:
        st.warning(plain(job.error), icon=":material/sync_problem:")


def _draw_curves(job: JobView, series: Series) -> None:
    shown = {name: title for name, title in SMALL_CURVES.items() if series.get(name)}
    if not shown:
        return
    for at, (column, (name, title)) in enumerate(zip(st.columns(len(shown)), shown.items(), strict=True)):
        with column, st.container(border=True):
            points = series[name]
            st.markdown(f"{title} **{points[-1][1]:.3g}**")
            first, last = points[0][1], points[-1][1]
            words = f"{title} over {len(points)} points, from {first:.3g} to {last:.3g}"
            draw(curve(points, job.steps, at), key=f"run.{name}.{job.id}", alt_text=words)


def _draw_rates(job: JobView, series: Series) -> None:
    shown = {title: series[name] for name, title in RATES.items() if series.get(name)}
    if not shown:
        return
    with st.container(border=True):
        with card_title("Tool calls on validation", count(max(map(len, shown.values())), "look")):
            pass
        last = [f"{title} {100 * points[-1][1]:.1f} %" for title, points in shown.items()]
        st.markdown(word_legend(last), help="At the last look")  # safe: our table of rates
        draw(curves(shown, job.steps), key=f"run.rates.{job.id}", alt_text=f"At the last look: {', '.join(last)}")


def _draw_log(job: JobView) -> None:
    """What the worker said in words; its raw output one click away."""
    events = jobs.job_events(workspace(), job.id)
    with st.container(border=True):
        lines = count(len(events), "line")
        with card_title("Log", f"the last {LOG_LINES} of {lines}" if len(events) > LOG_LINES else lines):
            pass
        if events:
            source("\n".join(f"{clock(event.at)}  {event.text}" for event in events[-LOG_LINES:]))
        else:
            st.caption("The worker has not said anything yet.")
        raw = "\n".join(jobs.log_tail(workspace(), job.id, RAW_LINES))
        if raw.strip():
            with st.expander("The worker's own output", type="compact"):
                source(raw)
