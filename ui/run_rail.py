"""The rail of training runs, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from curation.services.jobs import JobView
from ui.links import glossary_link
from ui.moments import ago
from ui.run_look import badge_text
from ui.state import Slot, ask
from ui.text import plain
from ui.tool_fields import hold

RUN: Slot[str] = Slot("training.run", "")
"""Id of the run shown; NEW for the form of a new one."""
NEW = "new"
_KEY = "training.rail"


def draw_rail(runs: Sequence[JobView]) -> str:
    """Draw the rail and return the chosen run's id, or NEW."""
    ids = [run.id for run in runs]
    chosen = RUN.get() if RUN.get() in (*ids, NEW) else (ids[0] if ids else NEW)
    with st.sidebar:
        _draw_head(runs)
        if not runs:
            st.caption("No runs yet.")
        else:
            _draw_rows(runs, ids, chosen)
        st.divider()
        st.caption(":material/schedule: Jobs go on when this tab or the app is closed")
        glossary_link()
    return chosen


def _draw_head(runs: Sequence[JobView]) -> None:
    active = sum(not run.state.is_final for run in runs)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Runs", anchor=False, width="content")
        st.caption(f"{active} active" if active else f"{len(runs)}", width="content")
        st.space("stretch")
        begin = partial(ask, "new", page="training")
        st.button("New run", key="training.new", type="tertiary", icon=":material/add:", on_click=begin)


def _draw_rows(runs: Sequence[JobView], ids: list[str], chosen: str) -> None:
    by_id = {run.id: run for run in runs}
    hold(_KEY, chosen if chosen in ids else None)
    st.radio(
        "Runs",
        ids,
        key=_KEY,
        index=None,
        format_func=lambda one: f"{plain(by_id[one].name, 20)} {badge_text(by_id[one])}",
        captions=[f"{plain(run.provider)} · {ago(run.created_at)}" for run in runs],
        label_visibility="collapsed",
        on_change=_picked,
    )


def _picked() -> None:
    RUN.set(st.session_state[_KEY] or NEW)
