"""How far two reviewers agree, by kind of decision, with how sure that is; and the share of double reviews."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.people import Actor
from curation.services import agreeing, second_looks
from curation.services.agreeing import FEW_UNITS, Agreement, AgreementReport
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace
from ui.errors import errors_shown
from ui.layout import card_title
from ui.text import count, plain

WORDS: dict[str, str] = {
    "verdict": "Verdict on the example",
    "kind": "What the turn does",
    "tool": "Which tool",
    "reason": "Why no tool",
    "recovery": "Kind of recovery",
    "correct": "Right or wrong",
}
"""Kind of decision → what people read; kinds without a word show their own name."""


def draw_agreement(ws: Workspace, actor: Actor, project: ProjectView) -> None:
    """The figures, and the share they come from."""
    report = agreeing.measure_agreement(ws, project.id)
    with st.container(border=True, gap="small"):
        with card_title("Agreement", "Krippendorff's alpha: 1 is full agreement, 0 is chance"):
            _choose_share(ws, actor, project)
        if not any(one.n for one in report.kinds.values()):
            st.caption(_nothing_yet(second_looks.read_share(ws, project.id), report))  # safe: our words
            return
        st.table(_table(report), border="horizontal", hide_index=True)
        if any(0 < one.n < FEW_UNITS for one in report.kinds.values()):
            st.caption(f"Under {FEW_UNITS} decided by two, alpha would be mostly luck: it is not shown.")
        st.caption(f"{report.n_open:,} wait for a second word. Intervals: 95 %, drawn 1,000 times from the decisions.")


def _nothing_yet(share: int, report: AgreementReport) -> str:
    if report.n_open:
        return f"{count(report.n_open, 'example')} drawn; figures come with the first pair of words."
    if share:
        return f"{share} % of what is submitted from now on is judged by two people apart."
    return "Nothing is judged twice yet. Choose a share, and two people judge it apart, blind."


def _choose_share(ws: Workspace, actor: Actor, project: ProjectView) -> None:
    now = second_looks.read_share(ws, project.id)
    if "lead" not in actor.roles:
        st.caption(f"{now} % is judged twice", width="content")  # safe: a number
        return
    chosen = st.number_input(
        "Judged twice, %",
        min_value=0,
        max_value=100,
        value=now,
        step=5,
        key=f"agreement.share.{project.id}.{now}",
        width=150,
        help="This share of what is submitted is judged by two people, neither seeing the other's word first.",
    )
    if int(chosen) != now:
        with errors_shown():
            second_looks.set_share(ws, actor, project.id, int(chosen), nonce=uuid.uuid4().hex)
            st.rerun()


def _table(report: AgreementReport) -> dict[str, list[str]]:
    shown = {name: one for name, one in report.kinds.items() if one.n}
    return {
        "Decision": [plain(WORDS.get(name, name)) for name in shown],
        "Alpha": [_alpha(one) for one in shown.values()],
        "95 % interval": [_interval(one) for one in shown.values()],
        "Decided by two": [f"{one.n:,}" for one in shown.values()],
        "Alike": [f"{one.n_equal:,} ({100 * one.n_equal / one.n:.0f} %)" for one in shown.values()],
    }


def _alpha(one: Agreement) -> str:
    """The figure where there is enough to count it from; a bare number of very few would be read as a judgement."""
    if one.is_few:
        return "too few items to tell"
    return "not defined: one answer only" if one.alpha is None else f"**{one.alpha:.2f}**"


def _interval(one: Agreement) -> str:
    return "" if one.is_few or one.low is None or one.high is None else f"{one.low:.2f} to {one.high:.2f}"
