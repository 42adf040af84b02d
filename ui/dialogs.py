"""The small questions of the Write page: which tool, which failure, which near-miss, why keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from curation.errors import NotFoundError
from curation.model.definition import Tool
from curation.model.finding import Finding, Judged
from curation.services.text_fields import arguments_at, field_text
from curation.services.varying import NEAR_MISSES
from ui import state
from ui.edits import Desk
from ui.findings import finding_key
from ui.focus import focus_on
from ui.places import belongs_to
from ui.text import plain, words

COMMON_FAILURES: tuple[str, ...] = (
    "Timed out after 30 s",
    "Service unavailable, try again later",
    "Rate limit reached, retry after 60 s",
    "Not allowed",
    "Not found",
)
REASONS: tuple[str, ...] = ("It is right as it stands", "The value comes from the request", "Wanted as a hard case")


def finding_named(judged: Sequence[Judged], key: str) -> Finding:
    """The finding a button belongs to."""
    found = next((one.finding for one in judged if finding_key(one) == key), None)
    if found is None:
        raise NotFoundError("That finding is gone.", hint="Nothing needs to be done about it any more.")
    return found


@st.dialog("Call which tool?", icon=":material/construction:")
def choose_tool(tools: Mapping[str, Tool], at: str, word: str) -> None:
    """The published tools in one field: type a part of the name, Enter takes what is marked."""
    if not tools:
        words("No tool is published yet. A tool is a name, a description and parameters.")
        st.page_link("../pages/catalogue.py", label="Open the catalogue", icon=":material/construction:")
        return
    key = f"write.choose_tool.{word}"  # each question its own: an answer kept from the last one would answer it
    chosen = st.selectbox(
        "Tool",
        list(tools),
        index=None,
        key=key,
        format_func=lambda name: f"{plain_name(name)} · {(tools[name].definition.view.description or '')[:90]}",
        placeholder="Type a part of the name",
    )
    focus_on(key, word)
    if chosen:
        state.ask("add_call", at, chosen)
        st.rerun()


def plain_name(name: str) -> str:
    """A tool's name without line breaks, short enough for a button."""
    return " ".join(name.split())[:40]


@st.dialog("How does the call fail?", icon=":material/error:")
def choose_failure(desk: Desk, at: str, word: str) -> None:
    """Errors the tool can return, the common ones, or one in own words."""
    options = list(dict.fromkeys((*own_errors(desk, at), *COMMON_FAILURES)))
    key = f"write.failure.{at}.{word}"
    message = st.selectbox(
        "The tool's error",
        options,
        index=None,
        key=key,
        accept_new_options=True,
        placeholder="Choose, or type your own; Enter takes it",
    )
    focus_on(key, word)
    if message:
        state.ask("fail", at, str(message))
        st.rerun()


def own_errors(desk: Desk, at: str) -> tuple[str, ...]:
    """What the validator says about the answered call, then the errors its tool can return."""
    call_id = field_text(desk.example.messages[desk.turn(at)].tool_call_id)
    for turn, message in enumerate(desk.example.messages):
        for index, call in enumerate(message.calls or ()):
            if call_id and field_text(call.id) == call_id:
                faults = (one.finding for one in desk.judged if belongs_to(one.finding.at, arguments_at(turn, index)))
                name = field_text(call.name)
                known = desk.tools[name].errors if name in desk.tools else ()
                return (*(fault.message for fault in faults), *known)
    return ()


@st.dialog("A near-miss copy", icon=":material/alt_route:")
def near_miss(word: str) -> None:
    """Three ways to turn a call into a decision not to call."""
    words("The copy ends before the first call, with an answer to write and its reason set.")
    for place, (kind, title) in enumerate(NEAR_MISSES.items()):
        if st.button(
            plain(title), key=f"write.miss.{kind}", width="stretch", type="primary" if not place else "secondary"
        ):
            state.ask("near_miss", "", kind)
            st.rerun()
    focus_on(f"write.miss.{next(iter(NEAR_MISSES))}", word)


@st.dialog("Keep it anyway?", icon=":material/bookmark_added:")
def keep_anyway(finding: Finding, name: str, word: str) -> None:
    """The reason is stored with the example and shown to the reviewer; naming it is the consent."""
    words(finding.message)
    key = f"write.reason.{name}.{word}"
    reason = st.selectbox(
        "Why it is right",
        REASONS,
        index=None,
        key=key,
        accept_new_options=True,
        placeholder="Choose, or type a reason; Enter keeps it",
    )
    focus_on(key, word)
    if reason:
        state.ask("keep", name, str(reason))
        st.rerun()
