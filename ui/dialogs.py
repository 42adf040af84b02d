"""The small questions of the Write page: which tool, which failure, which near-miss, why keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from curation.errors import NotFoundError
from curation.model.definition import Tool
from curation.model.finding import Finding, Judged
from curation.services.mocking import Offer
from curation.services.recovering import AS_IT_STANDS, Recovery
from curation.services.varying import Miss
from ui import state
from ui.choice_menu import Choice, draw_choices
from ui.findings import finding_key
from ui.focus import focus_on
from ui.state import Slot
from ui.text import words

_FAILURE: Slot[str] = Slot("write.recovery.failure", "")
"""The failure chosen in a question, by the question's word."""
_ANOTHER = Choice("another", "Another failure")
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
        state.ask_now("add_call", at, chosen)


def plain_name(name: str) -> str:
    """A tool's name without line breaks, short enough for a button."""
    return " ".join(name.split())[:40]


@st.dialog("What does the call bring back?", icon=":material/subdirectory_arrow_right:", width="large")
def choose_result(offers: Sequence[Offer], about: str, at: str, word: str) -> None:
    """Results of a mock first, then failures; at the end one in own words. `about` names the call."""
    words(about)
    taken = draw_choices([_offered(one) for one in offers], key="write.offer", word=word)
    if taken:
        state.ask_now("result", at, taken)
    own = st.text_input("Or the error in your own words", key=f"write.own_error.{word}", placeholder="Enter takes it")
    if own:
        state.ask_now("fail", at, own)


def _offered(one: Offer) -> Choice:
    title = f"Fails: {one.title}" if one.is_failure else one.title
    return Choice(one.name, title, one.text)


@st.dialog("A failure, and what is right after it", icon=":material/healing:", width="large")
def choose_recovery(offers: Sequence[Recovery], about: str, at: str, word: str) -> None:
    """First the failure, then what is right after it: the last key puts in both. A failed result is the failure."""
    words(about)
    if not offers:
        words("This call cannot be made to fail: no tool of its name is published.")
        return
    ways: dict[str, list[Recovery]] = {}
    for one in offers:
        ways.setdefault(one.failure_name, []).append(one)
    picked = _FAILURE.of(word).get() or (AS_IT_STANDS if AS_IT_STANDS in ways else "")
    chosen = _choose_way(ways[picked], word) if picked in ways else _choose_failure(ways, word)
    if chosen:
        state.ask_now("recovery", at, chosen)


def _choose_failure(ways: Mapping[str, Sequence[Recovery]], word: str) -> str:
    """What goes wrong; where only one thing is right after it, that line is both."""
    choices = [Choice(name, _failure_title(mine), mine[0].message) for name, mine in ways.items()]
    picked = draw_choices(choices, key="write.recovery", word=word)
    if picked and len(ways[picked]) > 1:
        _FAILURE.of(word).set(picked)
        st.rerun(scope="fragment")
    return ways[picked][0].name if picked else ""


def _failure_title(ways: Sequence[Recovery]) -> str:
    return f"{ways[0].failure}, then {ways[0].continuation}" if len(ways) == 1 else ways[0].failure


def _choose_way(ways: Sequence[Recovery], word: str) -> str:
    """What is right after the failure, and the way back to the others."""
    words(f"{ways[0].failure}: {ways[0].message}")
    choices = [Choice(one.name, f"Then {one.continuation}", "", one.warning) for one in ways]
    taken = draw_choices([*choices, _ANOTHER], key=f"write.recovery.{ways[0].failure_name}", word=word)
    if taken == _ANOTHER.name:
        _FAILURE.of(word).set(taken)
        st.rerun(scope="fragment")
    return taken


@st.dialog("A near-miss copy", icon=":material/alt_route:", width="large")
def near_miss(misses: Sequence[Miss], word: str) -> None:
    """Every way to turn the first call into a decision not to call, with the reason it gets."""
    words("The copy ends before the first call, with an answer to write and its reason set.")
    choices = [Choice(one.name, _miss_title(one), _miss_note(one)) for one in misses]
    taken = draw_choices(choices, key="write.miss", word=word)
    if taken:
        state.ask_now("near_miss", "", taken)


def _miss_note(one: Miss) -> str:
    return {
        "tool_removed": "The right tool is not offered: it cannot be done",
        "value_missing": "The request does not say it: the answer asks for exactly that",
        "request_changed": _REQUESTS.get(one.reason, ""),
    }[one.kind]


_REQUESTS: dict[str, str] = {
    "answer_directly": "A question that needs no tool",
    "small_talk": "Thanks, a greeting, a remark",
    "cannot_be_done": "A wish that no offered tool fulfils",
    "refuse": "A wish that must be refused",
    "escalate": "A case that a person has to decide",
}


def _miss_title(one: Miss) -> str:
    return {
        "tool_removed": "Take the tool away",
        "value_missing": f"Leave {plain_name(one.argument)} open",
        "request_changed": f"Other request: {one.reason.replace('_', ' ')}",
    }[one.kind]


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
        state.ask_now("keep", name, str(reason))
