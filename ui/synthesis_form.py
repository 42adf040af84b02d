"""Candidates by machine: a small question on Home, and the drafting with its progress."""

from __future__ import annotations

import streamlit as st

from curation.model.people import Actor
from curation.services import cataloguing, choices, synthesizing
from curation.services.projects import ProjectView
from curation.services.synthesizing import SynthesisReport
from curation.services.workspace import Workspace
from ui import state
from ui.errors import errors_shown
from ui.queues import CANDIDATES
from ui.rail_tabs import TAB
from ui.text import count, plain

PAGE = "home"
MOST_AT_ONCE = 2_000
"""More than a person reviews in a month; bigger orders go through the command line."""


def synthesis_button() -> None:
    """Opens the question."""
    st.button(
        "Order candidates",
        key="home.synthesise",
        icon=":material/auto_awesome:",
        on_click=state.ask,
        args=("synthesise",),
        kwargs={"page": PAGE},
    )


@st.dialog("Order candidates", icon=":material/auto_awesome:")
def ask_for_candidates(ws: Workspace, actor: Actor, project: ProjectView, nonce: str) -> None:
    """Which tools, how many, how mixed; a person still accepts each."""
    names = [view.name for view in cataloguing.list_tools(ws, project.id)]
    st.caption("Candidates are made from the tools' schemas, checked, and wait for review. No model is asked.")
    tools = st.multiselect("Tools", names, key="synthesise.tools", placeholder="All of them")
    left, right = st.columns(2, gap="small")
    wanted = left.number_input("How many", 1, MOST_AT_ONCE, 50, key="synthesise.count")
    seed = right.number_input("Seed", 0, 2**31 - 1, 0, key="synthesise.seed", help="The same seed drafts the same rows")
    no_tool = left.slider("No tool is called, %", 0, 50, 15, key="synthesise.no_tool")
    recovery = right.slider("A failure is recovered, %", 0, 50, 10, key="synthesise.recovery")
    if not st.button("Order them", key="synthesise.go", type="primary", icon=":material/auto_awesome:"):
        return
    bar = st.progress(0.0, text="Drafting …")
    with errors_shown():
        report = synthesizing.draft_candidates(
            ws,
            actor,
            project.id,
            choices.offline_synthesizer(),
            count=int(wanted),
            seed=int(seed),
            tool_names=tools,
            mix=synthesizing.mix_with(no_tool / 100, recovery / 100),
            progress=lambda n: bar.progress(min(1.0, n / wanted), text=f"{count(n, 'candidate')} stored"),
            nonce=nonce,
        )
        state.NOTICE.set(report_words(report))
        TAB.of("review").set(CANDIDATES)
        st.rerun()


def report_words(report: SynthesisReport) -> str:
    """What came of an order, in one sentence."""
    if not report.n_added:
        return "No new candidate was made; another seed or other tools may give more"
    dropped = sum(report.dropped.values())
    rest = [f"{report.n_duplicates:,} were there already"] if report.n_duplicates else []
    rest += [f"{dropped:,} broke a rule and were left out"] if dropped else []
    return plain("; ".join([f"{count(report.n_added, 'candidate')} wait for review", *rest]))
