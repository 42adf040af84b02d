"""Promote a model and take it back: both ask first, both want a reason, and neither does what it does not say."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.services.evaluating import get_evaluation
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.promoting import AliasView, CheckView, GateView, find_alias, promote, read_gate, roll_back
from ui.errors import errors_shown
from ui.session import workspace
from ui.state import NOTICE, Slot
from ui.text import count, plain

_NONCE: Slot[str] = Slot("evaluation.gate.nonce", "")
"""One for however often the button of a question is pressed."""
_OPENED_AT: Slot[str] = Slot("evaluation.gate.opened", "")
"""What was in production, asked for and found when the question was opened, as a short word.

Buttons and ticks carry that word in their keys: one that was drawn before something changed does nothing any more.
"""
MOST_OPEN = 6


def ask_to_promote(project: ProjectView, gate: GateView) -> None:
    """Open the question."""
    begin_promotion(gate)
    _promotion(project, gate.evaluation_id, gate.label)


def ask_to_roll_back(project: ProjectView, used: AliasView) -> None:
    """Open the question."""
    begin_way_back(used)
    _way_back(project)


def begin_promotion(gate: GateView) -> None:
    """What the question is about to show."""
    _NONCE.set(uuid.uuid4().hex)
    _OPENED_AT.set(gate.stamp)


def begin_way_back(used: AliasView) -> None:
    """What the question is about to show."""
    _NONCE.set(uuid.uuid4().hex)
    _OPENED_AT.set(str(used.seq))


@st.dialog("Promote to production", icon=":material/verified:")
def _promotion(project: ProjectView, look_id: str, label: str) -> None:
    draw_promotion(project, look_id, label)


@st.dialog("Roll back", icon=":material/undo:")
def _way_back(project: ProjectView) -> None:
    draw_way_back(project)


def draw_promotion(project: ProjectView, look_id: str, label: str) -> None:
    """What promoting does as things stand, with the press that does just this."""
    gate = read_gate(workspace(), project.id, get_evaluation(workspace(), look_id), label)
    _say_changed(gate.stamp, "What is in production, what the gate asks for or what it found")
    if gate.is_production:
        st.markdown(f"**{plain(gate.label, 40)}** is in production.")
        return
    before = f" instead of {plain(gate.production, 40)}" if gate.production else ""
    st.markdown(
        f"**{plain(gate.label, 40)}** will be the model in production{before}: what `callwright models serve` "
        "runs, and what the playground begins with."
    )
    reason = st.text_area("Reason", key=f"evaluation.promote.reason.{_NONCE.get()}", placeholder="What shows that")
    despite = bool(gate.not_proven) and _ask_despite(gate.not_proven, gate.stamp)
    if st.button(
        f"Promote {plain(gate.label, 30)}",
        key=f"evaluation.promote.yes.{gate.stamp}",
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
                shown=gate,
                nonce=_NONCE.get(),
            )
            NOTICE.set(f"{plain(now.model.name, 40)} is in production")
            st.rerun()


def draw_way_back(project: ProjectView) -> None:
    """What going back leads to as things stand, with the press that leads just there."""
    used = find_alias(workspace(), project.id)
    if used is None:
        return
    _say_changed(str(used.seq), "What is in production")
    if used.previous is None:
        st.markdown(f"Nothing was in production before **{plain(used.model.name, 40)}**, so there is no way back.")
        return
    st.markdown(
        f"**{plain(used.previous.name, 40)}** will be in production again at once, instead of "
        f"{plain(used.model.name, 40)}. No gate is asked on the way back."
    )
    reason = st.text_area("Reason", key=f"evaluation.back.reason.{_NONCE.get()}", placeholder="What went wrong")
    if st.button(
        f"Roll back to {plain(used.previous.name, 30)}",
        key=f"evaluation.back.yes.{used.seq}",
        type="primary",
        icon=":material/undo:",
    ):
        with errors_shown():
            now = roll_back(
                workspace(),
                local_actor(workspace()),
                project.id,
                reason=reason,
                shown=used.seq,
                nonce=_NONCE.get(),
            )
            NOTICE.set(f"{plain(now.model.name, 40)} is in production again")
            st.rerun()


def _say_changed(stamp: str, what: str) -> None:
    if stamp != _OPENED_AT.get():
        told = f"{what} changed since this was opened: read it again."
        st.warning(told, icon=":material/sync_problem:")  # safe: our words


def _ask_despite(checks: tuple[CheckView, ...], stamp: str) -> bool:
    """Agreed to for these checks alone."""
    st.caption(f"{count(len(checks), 'check')} not proven:")  # safe: a number
    for one in checks[:MOST_OPEN]:
        st.caption(f":material/help: {plain(one.title)} · {plain(one.figure)}")
    if len(checks) > MOST_OPEN:
        st.caption(f"and {len(checks) - MOST_OPEN} more")
    return bool(
        st.checkbox("Promote although this is not proven", key=f"evaluation.promote.despite.{_NONCE.get()}.{stamp}")
    )
