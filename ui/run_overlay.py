"""Several runs in one chart: the same figure over the steps of each, and as a table."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation.services import jobs, run_watching
from curation.services.jobs import JobView
from curation.services.run_watching import LOOK_PREFIX, MOST_OVERLAID
from ui.charts import draw_kept, word_legend
from ui.layout import card_title
from ui.run_charts import overlaid
from ui.run_curves import ALL, figure, number_format
from ui.run_rail import list_runs
from ui.session import workspace
from ui.text import plain


def draw_overlay(job: JobView) -> None:
    """This run beside up to three others."""
    others = {run.id: run for run in list_runs(job.project_id) if run.id != job.id}
    if not others:
        return
    st.fragment(_draw)(job, others)


def _draw(job: JobView, others: dict[str, JobView]) -> None:
    with st.container(border=True, key="run-overlay"):
        with card_title("Beside other runs", "up to three"):
            pass
        left, right = st.columns([3, 2], gap="small")
        with left:
            chosen = st.multiselect(
                "Runs to lay over this one",
                list(others),
                max_selections=MOST_OVERLAID - 1,
                key=f"run.overlay.{job.id}",
                format_func=lambda one: f"{others[one].name} · {others[one].created_at[:16].replace('T', ' ')}",
            )
        if not chosen:
            return
        runs = {job.id: job, **{one: others[one] for one in chosen}}
        with right:
            name = _choose_figure(tuple(runs))
        if name:
            _draw_chart(runs, name)


def _choose_figure(job_ids: tuple[str, ...]) -> str | None:
    """Only figures that one of the runs has."""
    there = {name for one in job_ids for name in jobs.job_metrics(workspace(), one)}
    names = [name for name in ALL if name in there]
    return st.selectbox("Figure", names, key="run.overlay.figure", format_func=lambda one: ALL[one]) if names else None


def _draw_chart(runs: dict[str, JobView], name: str) -> None:
    found = run_watching.overlay(workspace(), tuple(runs), name)
    labels = {job_id: f"{n} {runs[job_id].name}" for n, job_id in enumerate(found, 1)}
    shown = tuple((labels[job_id], tuple(points)) for job_id, points in found.items())
    if not shown:
        st.caption("None of these runs has told this figure.")
        return
    is_rate = name.startswith(LOOK_PREFIX)
    last = [f"{plain(label, 40)} {_figure(points[-1][1], is_rate)}" for label, points in shown]
    st.markdown(word_legend(last), help="At the end of each")  # safe: names went through plain()
    draw_kept(overlaid, shown, is_rate, key="run.overlay.chart", alt_text=f"{ALL[name]} of {len(shown)} runs")
    with st.expander("As a table", type="compact", key="run.overlay.table"):
        steps = sorted({step for _, points in shown for step, _ in points})
        columns = {label: [dict(points).get(step) for step in steps] for label, points in shown}
        st.dataframe(
            pd.DataFrame({"step": steps, **columns}),
            key="run.overlay.figures",
            hide_index=True,
            placeholder="",
            column_config={label: number_format(name) for label in columns},
        )


def _figure(value: float, is_rate: bool) -> str:
    return f"{100 * value:.1f} %" if is_rate else figure(value)
