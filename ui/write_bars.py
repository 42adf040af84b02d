"""The bars of the Write page: head, the row that adds turns, and the decision at the bottom."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from curation.model.finding import Judged, Severity
from curation.model.states import ExampleState
from curation.services.writing import ExampleView
from ui import keys, rail, state
from ui.cursor import aim
from ui.decision_bar import decision_bar
from ui.findings import count_severities, severity_badges
from ui.keys import Key
from ui.layout import keys_button
from ui.review_edit import BACK_TO_REVIEW, draw_accept, is_edited
from ui.text import plain, title

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
    """Title and state, then facts and the way to the neighbours; no line breaks at any width."""
    kinds = ", ".join(one.replace("_", "-") for one in view.categories)
    facts = f"#{view.number:,} · revision {view.head_rev:,}" + (f" · {plain(kinds)}" if kinds else "")
    with st.container(key="write-head", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        title(view.title)
        state_badge(view.state)
        st.caption(facts, width="content")  # safe: made by plain()
        st.space("stretch")
        if is_edited(view):
            _quiet("Back", BACK_TO_REVIEW, keys.BACK, ":material/arrow_back:")
        else:
            _neighbour("Back", ":material/arrow_upward:", keys.BACK, -1)
        _neighbour("Next", ":material/arrow_downward:", keys.NEXT, 1)
        keys_button("write")
    if state.Slot("write.moved", "").take():
        st.rerun()


def _neighbour(label: str, icon: str, key: Key, by: int) -> None:
    st.button(
        plain(label),
        key=f"write.{label.lower()}",
        type="tertiary",
        icon=icon,
        shortcut=key.shortcut,
        on_click=_step,
        args=(by,),
    )


def _step(by: int) -> None:
    """Callback: the neighbour; at the end of the list the example stays, and a sentence says so."""
    before = state.EXAMPLE.get()
    rail.step("write", state.EXAMPLE, by)
    if before and state.EXAMPLE.get() == before:
        st.toast("That is the last one of this list" if by > 0 else "That is the first one of this list")
        return
    state.Slot("write.moved", "").set("yes")
    aim("", uuid.uuid4().hex, is_forced=False)


def _quiet(label: str, verb: str, key: Key | None, icon: str = "", rev: int = 0, at: str = "") -> None:
    st.button(
        plain(label),
        key=f"write.{verb}",
        type="tertiary",
        icon=icon or None,
        shortcut=key.shortcut if key else None,
        on_click=state.ask,
        args=(verb, at),
        kwargs={"rev": rev},
    )


def add_bar(has_tools: bool) -> None:
    """What may come next in the conversation, and what can be made of it."""
    with st.container(gap=None):
        with _row("write-add"):
            st.caption("Add", width="content")
            _quiet("User", "add_user", keys.ADD_USER)
            _quiet("Call", "ask_call", keys.ADD_CALL)
            _quiet("Result", "add_result", keys.ADD_RESULT)
            _quiet("Answer", "add_answer", keys.ADD_ANSWER)
        with _row("write-make"):
            st.caption("Make", width="content")
            _quiet("Recovery", "ask_recovery", keys.ADD_RECOVERY)
            _quiet("Near miss", "ask_near_miss", keys.NEAR_MISS)
            _quiet("Mock result", "ask_result", keys.CHOOSE_RESULT)
    if not has_tools:
        st.caption("No tool is published yet; publish one in Catalogue to call it here.")


def _row(key: str) -> DeltaGenerator:
    return st.container(key=key, horizontal=True, wrap=False, vertical_alignment="center", gap="small")


def action_bar(
    view: ExampleView, *, quiet: Sequence[Judged] = (), can_redo: bool = False, is_settled: bool = True
) -> None:
    """Left what stands in the way, right the one next act; Submit is never closed, it answers with the reason.

    While two texts wait to be settled (`is_settled` is False) the next act stands beside them.
    """
    errors = count_severities(view.judged)[Severity.ERROR]
    is_ready = is_settled and not errors
    with decision_bar() as (facts, acts):
        with facts:
            severity_badges(view.judged, quiet)
            with st.container(key="write-why", width="content"):
                st.caption(plain(_why_not(view, errors, is_settled=is_settled)), width="content")
        with acts:
            _quiet("Undo", "undo", keys.UNDO, ":material/undo:", view.head_rev, str(view.seq))
            if can_redo:
                _quiet("Redo", "redo", keys.REDO, ":material/redo:", view.head_rev, str(view.seq))
            _next_button(view, quiet, is_filled=bool(errors) and is_settled)
            # The act itself stands in the corner, as on every desk: words before it that change width do not move it.
            _submit_button(view, is_ready=is_ready)
            if is_edited(view):
                draw_accept(view, is_primary=is_ready)


def _next_button(view: ExampleView, quiet: Sequence[Judged], *, is_filled: bool) -> None:
    st.button(
        plain(_next_word(view, quiet)),
        key="write.next_error",
        icon=":material/arrow_forward:",
        shortcut=keys.NEXT_ERROR.shortcut,
        type="primary" if is_filled else "secondary",
        disabled=not view.judged,
        on_click=state.ask,
        args=("next_error",),
    )


def _submit_button(view: ExampleView, *, is_ready: bool) -> None:
    st.button(
        "Submit",
        key="write.submit",
        icon=":material/send:",
        shortcut=keys.SUBMIT.shortcut,
        type="primary" if is_ready and not is_edited(view) and view.state in SUBMITTABLE else "secondary",
        on_click=state.ask,
        args=("submit",),
        kwargs={"rev": view.head_rev},
    )


def _next_word(view: ExampleView, quiet: Sequence[Judged]) -> str:
    """Where Alt+I leads: an error, what is still to be written, else any finding."""
    if not view.judged:
        return "No finding left"
    if count_severities([one for one in view.judged if one not in quiet])[Severity.ERROR]:
        return "Next error"
    return "Next open place" if count_severities(quiet)[Severity.ERROR] else "Next finding"


def _why_not(view: ExampleView, errors: int, *, is_settled: bool) -> str:
    """What a submission would be answered now, "" when it would go through."""
    if not is_settled:
        return "Your text waits above to be settled"
    if view.state not in SUBMITTABLE:
        return f"{STATE_LOOK[view.state][0].capitalize()}; an edit makes it a draft again"
    return "Submit goes through at zero errors" if errors else ""
