"""The bars of the Write page: head, the row that adds turns, and the decision at the bottom."""

from __future__ import annotations

import streamlit as st

from curation.model.finding import Severity
from curation.model.states import ExampleState
from curation.services.writing import ExampleView
from ui import keys, rail, state
from ui.findings import count_severities, severity_badges
from ui.keys import Key
from ui.layout import keys_button, page_head
from ui.text import plain

STATE_LOOK: dict[ExampleState, tuple[str, str]] = {
    ExampleState.CANDIDATE: ("candidate", "violet"),
    ExampleState.DRAFT: ("draft", "gray"),
    ExampleState.SUBMITTED: ("submitted", "blue"),
    ExampleState.CHANGES_REQUESTED: ("changes requested", "orange"),
    ExampleState.ACCEPTED: ("accepted", "green"),
    ExampleState.REJECTED: ("rejected", "red"),
    ExampleState.ARCHIVED: ("archived", "gray"),
}
SUBMITTABLE = frozenset({ExampleState.CANDIDATE, ExampleState.DRAFT, ExampleState.CHANGES_REQUESTED})


def state_badge(value: ExampleState) -> None:
    word, colour = STATE_LOOK[value]
    st.badge(plain(word), color=colour)


def desk_head(view: ExampleView) -> None:
    """Title, facts, the way to the neighbours."""
    kinds = ", ".join(one.replace("_", "-") for one in view.categories)
    facts = f"#{view.number:,} · revision {view.head_rev:,}" + (f" · {plain(kinds)}" if kinds else "")
    with page_head(view.title, facts):
        state_badge(view.state)
        st.button(
            "Back",
            key="write.back",
            type="tertiary",
            icon=":material/arrow_upward:",
            shortcut=keys.BACK.shortcut,
            on_click=_step,
            args=(-1,),
        )
        st.button(
            "Next",
            key="write.next",
            type="tertiary",
            icon=":material/arrow_downward:",
            shortcut=keys.NEXT.shortcut,
            on_click=_step,
            args=(1,),
        )
        keys_button("write")
    if state.Slot("write.moved", "").take():
        st.rerun()


def _step(by: int) -> None:
    rail.step("write", state.EXAMPLE, by)
    state.Slot("write.moved", "").set("yes")


def _quiet(label: str, verb: str, key: Key, icon: str, rev: int = 0) -> None:
    st.button(
        plain(label),
        key=f"write.{verb}",
        type="tertiary",
        icon=icon,
        shortcut=key.shortcut,
        on_click=state.ask,
        args=(verb,),
        kwargs={"rev": rev},
    )


def add_bar(has_tools: bool) -> None:
    """What may come next in the conversation."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Add", width="content")
        _quiet("User", "add_user", keys.ADD_USER, ":material/add:")
        _quiet("Call", "ask_call", keys.ADD_CALL, ":material/add:")
        st.button(
            "Answer",
            key="write.add_answer",
            type="tertiary",
            icon=":material/add:",
            on_click=state.ask,
            args=("add_answer",),
        )
        st.button(
            "System",
            key="write.add_system",
            type="tertiary",
            icon=":material/add:",
            on_click=state.ask,
            args=("add_system",),
        )
        _quiet("Recovery", "ask_recovery", keys.ADD_RECOVERY, ":material/healing:")
        _quiet("Near miss", "ask_near_miss", keys.NEAR_MISS, ":material/alt_route:")
        _quiet("Form or JSON", "flip", keys.FORM_OR_JSON, ":material/data_object:")
    if not has_tools:
        st.caption("No tool is published yet; publish one in Catalogue to call it here.")


def action_bar(view: ExampleView) -> None:
    """Left what stands in the way, right the one next act."""
    errors = count_severities(view.judged)[Severity.ERROR]
    reason = _why_not(view, errors)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        severity_badges(view.judged)
        st.caption(plain(reason), width="content")
        st.space("stretch")
        _quiet("Undo", "undo", keys.UNDO, ":material/undo:", view.head_rev)
        st.button(
            "Submit",
            key="write.submit",
            icon=":material/send:",
            shortcut=keys.SUBMIT.shortcut,
            type="secondary" if errors else "primary",
            disabled=bool(reason),
            on_click=state.ask,
            args=("submit",),
            kwargs={"rev": view.head_rev},
        )
        st.button(
            "Next error" if errors else "Next finding",
            key="write.next_error",
            icon=":material/arrow_forward:",
            shortcut=keys.NEXT_ERROR.shortcut,
            type="primary" if errors else "secondary",
            disabled=not view.judged,
            on_click=state.ask,
            args=("next_error",),
        )


def _why_not(view: ExampleView, errors: int) -> str:
    """Why Submit is closed, "" when it is open."""
    if view.state not in SUBMITTABLE:
        return f"This example is {STATE_LOOK[view.state][0]}; an edit makes it a draft again"
    return "Submit opens at zero errors" if errors else ""
