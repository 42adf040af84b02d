"""Promote a model and take it back: both ask first, and both want a reason."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.promoting import CheckView, GateView, promote, roll_back
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, plain

_NONCE: Slot[str] = Slot("evaluation.gate.nonce", "")
"""One for however often the button of a question is pressed."""
MOST_OPEN = 6


def ask_to_promote(project: ProjectView, gate: GateView) -> None:
    """Open the question."""
    _NONCE.set(uuid.uuid4().hex)
    _promotion(project, gate)


def ask_to_roll_back(project: ProjectView, current: str, former: str) -> None:
    """Open the question."""
    _NONCE.set(uuid.uuid4().hex)
    _way_back(project, current, former)


@st.dialog("Promote to production", icon=":material/verified:")
def _promotion(project: ProjectView, gate: GateView) -> None:
    before = f" instead of {plain(gate.production, 40)}" if gate.production else ""
    st.markdown(
        f"**{plain(gate.label, 40)}** will be the model in production{before}: what `callwright models serve` "
        "runs, and what the playground begins with."
    )
    reason = st.text_area("Reason", key=f"evaluation.promote.reason.{_NONCE.get()}", placeholder="What shows that")
    despite = bool(gate.not_proven) and _ask_despite(gate.not_proven)
    if st.button(
        f"Promote {plain(gate.label, 30)}",
        key="evaluation.promote.yes",
        type="primary",
        icon=":material/verified:",
    ):
        with errors_shown():
            now = promote(
                workspace(),
                local_actor(workspace()),
                project.id,
                gate.evaluation_id,
                gate.model.id,
                reason=reason,
                despite_not_proven=despite,
                nonce=_NONCE.get(),
            )
            NOTICE.set(f"{plain(now.model.name, 40)} is in production")
            st.rerun()


def _ask_despite(checks: tuple[CheckView, ...]) -> bool:
    st.caption(f"{count(len(checks), 'check')} not proven:")  # safe: a number
    for one in checks[:MOST_OPEN]:
        st.caption(f":material/help: {plain(one.title)} · {plain(one.figure)}")
    if len(checks) > MOST_OPEN:
        st.caption(f"and {len(checks) - MOST_OPEN} more")
    return bool(st.checkbox("Promote although this is not proven", key=f"evaluation.promote.despite.{_NONCE.get()}"))


@st.dialog("Roll back", icon=":material/undo:")
def _way_back(project: ProjectView, current: str, former: str) -> None:
    st.markdown(
        f"**{plain(former, 40)}** will be in production again at once, instead of {plain(current, 40)}. "
        "No gate is asked on the way back."
    )
    reason = st.text_area("Reason", key=f"evaluation.back.reason.{_NONCE.get()}", placeholder="What went wrong")
    if st.button(
        f"Roll back to {plain(former, 30)}",
        key="evaluation.back.yes",
        type="primary",
        icon=":material/undo:",
    ):
        with errors_shown():
            now = roll_back(workspace(), local_actor(workspace()), project.id, reason=reason, nonce=_NONCE.get())
            NOTICE.set(f"{plain(now.model.name, 40)} is in production again")
            st.rerun()
