"""What a worker said, with a search; its raw output one click away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.services import jobs, run_watching
from curation.services.jobs import JobView
from curation.services.run_watching import Event
from ui.layout import card_title
from ui.moments import clock
from ui.session import workspace
from ui.text import count, source

LINES = 12
MORE_LINES = 200
RAW_LINES = 60


def draw_log(job: JobView, events: Sequence[Event]) -> None:
    """The last lines, or those that hold what is looked for."""
    with st.container(border=True):
        lines = count(len(events), "line")
        with card_title("Log", f"the last {LINES} of {lines}" if len(events) > LINES else lines):
            pass
        if not events:
            st.caption("The worker has not said anything yet.")
        else:
            wanted = st.text_input(
                "Search the log",
                key=f"run.log.{job.id}",
                type="search",
                placeholder="Search the log",
                label_visibility="collapsed",
                live="250ms",
            )
            found = run_watching.search_log(events, wanted)
            shown = found[-(MORE_LINES if wanted.strip() else LINES) :]
            if wanted.strip():
                st.caption(f"{count(len(found), 'line')} of {len(events):,}")
            if shown:
                source("\n".join(f"{clock(event.at)}  {event.text}" for event in shown))
        raw = "\n".join(jobs.log_tail(workspace(), job.id, RAW_LINES))
        if raw.strip():
            with st.expander("The worker's own output", type="compact"):
                source(raw)
