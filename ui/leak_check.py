"""A file of benchmark rows held against the examples: what a model would be measured by and has been trained on."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from curation.services import leaking
from curation.services.leaking import LeakageReport
from curation.services.projects import ProjectView
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import EXAMPLE
from ui.text import count, plain

SHOWN = 10


def draw_check(project: ProjectView) -> None:
    """An upload, and which of its rows the project has already; nothing is stored."""
    upload = st.file_uploader("Benchmark rows, in any format Callwright reads", key="health.benchmark")
    if upload is None:
        st.caption("Rows of a benchmark that stand in the training data make its score worthless.")
        return
    with errors_shown():
        _draw_report(_check(project.id, upload.file_id, upload.name, _content=bytes(upload.getbuffer())))


@st.cache_data(max_entries=2, show_spinner="Comparing the rows")
def _check(project_id: str, held: str, name: str, *, _content: bytes) -> LeakageReport:  # noqa: ARG001
    """Kept by upload, so that a rerun does not compare it again."""
    with tempfile.TemporaryDirectory() as folder:
        # Under its own name, which stands in the sentences about it.
        copy = Path(folder) / (Path(name).name or "rows.jsonl")
        copy.write_bytes(_content)
        return leaking.check_leakage(workspace(), project_id, copy)


def _draw_report(report: LeakageReport) -> None:
    unreadable = f"; {count(report.n_unreadable, 'row')} cannot be read" if report.n_unreadable else ""
    st.markdown(f"Read as **{plain(report.format)}**: {count(report.n_rows, 'row')}{unreadable}.")
    if not report.n_leaks:
        st.badge("none of them is among the examples", icon=":material/check:", color="green")
        return
    where = ", ".join(f"{split or 'not drawn'} {n:,}" for split, n in sorted(report.n_by_split.items()))
    st.badge(f"{count(report.n_leaks, 'row')} among the examples", icon=":material/error:", color="red")
    st.caption(f"By split of the example: {where}.")
    for leak in report.leaks[:SHOWN]:
        first = leak.alike[0]
        likeness = f"{100 * first.likeness:.0f} %"
        label = f"line {leak.line:,}: example {first.number:,} · {plain(first.title, 50)} · {likeness}"
        if st.button(label, key=f"health.leak.{leak.line}", type="tertiary"):
            EXAMPLE.set(first.example_id)
            st.switch_page("../pages/write.py")
    if report.n_leaks > SHOWN:
        st.caption(f"{report.n_leaks - SHOWN:,} more")
