"""Every change of what is in production, newest first, folded away."""

from __future__ import annotations

import streamlit as st

from curation.services.promoting import AliasEvent, State, alias_history
from ui.gate_checks import say_checks, sort_checks
from ui.moments import ago
from ui.session import workspace
from ui.text import count, plain

MOST = 20
STATES = {State.PASSED: "the gate passed it", State.NOT_PROVEN: "despite what was not proven"}


def draw_history(project_id: str) -> None:
    """Nothing before the first promotion."""
    events = alias_history(workspace(), project_id)
    if not events:
        st.caption("Nothing is in production yet.")
        return
    st.caption(f"In production: {plain(events[0].to_name, 40)}, {ago(events[0].at)}")
    label = f"History · {count(len(events), 'change')}"
    opened = st.expander(label, type="compact", key="evaluation.history", on_change="rerun")  # safe: a number
    if opened.open:
        with opened:
            for event in events[:MOST]:
                _draw_event(event)


def _draw_event(event: AliasEvent) -> None:
    way = "back to" if event.is_rollback else "to"
    before = f"{plain(event.from_name, 30)} " if event.from_name else ""
    sign = ":material/undo:" if event.is_rollback else ":material/verified:"
    st.markdown(f"{sign} {before}{way} **{plain(event.to_name, 30)}**: {plain(event.reason, 300)}")
    rested = f"look {event.look_no}, {STATES.get(event.state, '')}" if event.look_no and event.state else ""
    st.caption(" · ".join(part for part in (plain(event.by, 40), ago(event.at), plain(rested)) if part))
    if event.checks:
        _draw_said(event)


def _draw_said(event: AliasEvent) -> None:
    """What the gate said on that day, folded away; what is asked for now may be something else."""
    opened = st.expander(
        f"What the gate said · {count(len(event.checks), 'check')}",  # safe: a number
        type="compact",
        key=f"evaluation.history.{event.seq}",
        on_change="rerun",
    )
    if opened.open:
        with opened:
            say_checks(sort_checks(event.checks))
