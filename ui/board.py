"""The list of everything long, with a way to where each is looked at, and to stop what runs."""

from __future__ import annotations

import streamlit as st

from curation.services import job_board, jobs
from curation.services.job_board import Entry
from curation.services.people import local_actor
from ui.change_running import WORDS
from ui.errors import errors_shown
from ui.evaluation_form import EVALUATION
from ui.layout import Colour
from ui.moments import ago, span
from ui.order_rail import ORDER
from ui.pulse import draw_pulse
from ui.run_rail import CASE, RUN
from ui.session import workspace
from ui.state import NOTICE, Act, ask_now
from ui.text import count, plain

PAGE = "jobs"
LOOK: dict[str, tuple[str, Colour]] = {
    "waiting": (":material/schedule:", "gray"),
    "running": (":material/progress_activity:", "blue"),
    "stopping": (":material/stop_circle:", "orange"),
    "done": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
    "stopped": (":material/stop:", "orange"),
    "lost": (":material/help:", "red"),
    "taken back": (":material/undo:", "gray"),
}
KINDS = {
    "train": "Training",
    "evaluate": "Evaluation",
    "case": "Should we tune?",
    "trial": "Trial of three steps",
    "import": "Import",
    "recheck": "Check again",
    "synthesise": "Order for candidates",
    "synthesised": "Candidates",
    "bulk": "Change of many",
    "migration": "Change of a tool",
}
EVERYTHING = "Everything"
OPENS = {"train": "training", "case": "training", "evaluate": "evaluation", "import": "import", "synthesise": "orders"}
"""Where a kind is looked at."""


def draw_board(project_id: str) -> None:
    """Drawn again when an entry has moved."""
    is_open = any(one.is_open for one in job_board.list_entries(workspace(), project_id))
    st.fragment(_draw)(project_id, is_open)


def _draw(project_id: str, was_open: bool) -> None:
    draw_pulse("board", project_id, is_open=was_open)
    entries = job_board.list_entries(workspace(), project_id)
    if entries:
        _draw_entries(entries)
    else:
        st.caption("Nothing has run yet: trainings, evaluations, imports and checks of many examples stand here.")
    # Last: what was pressed meanwhile comes before it.
    if any(one.is_open for one in entries) is not was_open:
        st.rerun()


def _draw_entries(entries: tuple[Entry, ...]) -> None:
    kinds = list(dict.fromkeys(one.kind for one in entries))
    chosen = st.selectbox(
        "Kind",
        [EVERYTHING, *kinds],
        key="jobs.kind",
        format_func=lambda kind: kind if kind == EVERYTHING else f"{_kind(kind)} · {_count(entries, kind)}",
        width=280,
    )
    for one in entries:
        if chosen in (EVERYTHING, one.kind):
            _draw_entry(one)


def _count(entries: tuple[Entry, ...], kind: str) -> int:
    return sum(one.kind == kind for one in entries)


def _kind(kind: str) -> str:
    return KINDS.get(kind, kind.capitalize())


def _name(one: Entry) -> str:
    """Acts over many examples are named by their verb alone."""
    words = {act.value: word for act, (word, _, _) in WORDS.items()}
    return words.get(one.name, one.name)


def _draw_entry(one: Entry) -> None:
    icon, colour = LOOK[one.standing]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(plain(one.standing), icon=icon, color=colour)
            st.markdown(f"**{plain(_name(one), 48)}**", width="content")
            st.caption(f"{plain(_kind(one.kind))} · {plain(one.by)} · {ago(one.at)}", width="content")
            st.space("stretch")
            _draw_acts(one)
        left = f" · {span(one.eta_s)} left" if one.is_open and one.eta_s else ""
        if one.is_open:
            st.progress(one.share, f"{plain(one.fact)}{left}")
        elif one.fact:
            st.caption(plain(one.fact))


def _draw_acts(one: Entry) -> None:
    may_stop = one.is_job and one.is_open and one.standing != "stopping"
    if may_stop:
        st.button(
            "Stop",
            key=f"jobs.stop.{one.id}",
            type="tertiary",
            icon=":material/stop:",
            on_click=ask_now,
            args=("stop", one.id),
            kwargs={"page": PAGE},
        )
    page = OPENS.get(one.kind)
    if page and st.button(
        "Open", key=f"jobs.open.{one.id}", type="tertiary", icon=":material/chevron_right:", icon_position="right"
    ):
        if one.kind == "train":
            RUN.set(one.id)
        elif one.kind == "case":
            RUN.set(CASE)
        elif one.kind == "evaluate":
            EVALUATION.set(one.id)
        elif one.kind == "synthesise":
            ORDER.set(one.id)
        st.switch_page(f"../pages/{page}.py")


def perform(act: Act) -> None:
    """Stop what a button asked for."""
    if act.verb != "stop":
        return
    ws = workspace()
    with errors_shown():
        job = jobs.cancel_job(ws, local_actor(ws), act.at, nonce=act.nonce)
        NOTICE.set(f"{plain(job.name)} is stopping")
        st.rerun()


def count_open(project_id: str) -> str:
    """For the page's head."""
    entries = job_board.list_entries(workspace(), project_id)
    n = sum(one.is_open for one in entries)
    return f"{n:,} under way" if n else count(len(entries), "entry", "entries")
