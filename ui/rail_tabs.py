"""The tabs of a rail: which states or queues each lists, how many, and which one is open."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import streamlit as st

from curation.model.filters import ExampleFilter, Special
from curation.model.states import ExampleState
from curation.services import browsing, writing
from curation.services.browsing import Counted
from curation.services.workspace import Workspace
from ui import list_filter
from ui.state import Slot
from ui.tabs import tab_label

COUNTING_S = 0.02
"""A tab under a filter is counted no longer than this."""


@dataclass(frozen=True)
class Tab:
    """One tab of a rail: its word and the states it lists."""

    word: str
    states: tuple[ExampleState, ...] = ()
    special: Special | None = None
    """A list that is no state, such as what a change of a tool broke."""


@dataclass(frozen=True)
class Rail:
    """What a page lists in the sidebar."""

    page: str
    heading: str
    tabs: tuple[Tab, ...]
    chosen: Slot[str]
    empty: str
    """One sentence for an empty tab."""
    judge: str = ""
    """Who works it down by judging: what waits for the other's word is left out of the states."""


TAB: Slot[str] = Slot("rail.tab", "")
_LEFT: Slot[int] = Slot("rail.left", 0)


def narrowed(rail: Rail, tab: Tab) -> ExampleFilter:
    """What a tab lists under the page's filter; the tab itself says which states."""
    wanted = list_filter.current(rail.page)
    judge = rail.judge if tab.special is None else ""
    return msgspec.structs.replace(wanted, states=tab.states, special=tab.special or wanted.special, judge=judge)


def count_tabs(ws: Workspace, project_id: str, rail: Rail) -> dict[str, Counted]:
    """Word of a tab → how many it lists."""
    queues = browsing.count_queues(ws, project_id, rail.judge)
    counted = {}
    for tab in rail.tabs:
        n = queues.specials[tab.special] if tab.special else sum(queues.left(one) for one in tab.states)
        counted[tab.word] = Counted(n, is_exact=True)
        if n and list_filter.is_set(rail.page):
            counted[tab.word] = browsing.count_filtered(ws, project_id, narrowed(rail, tab), budget_s=COUNTING_S)
    return counted


def _shown_tabs(rail: Rail, counts: dict[str, Counted]) -> tuple[Tab, ...]:
    """A list that is no state shows only while it holds something."""
    open_word = TAB.of(rail.page).get()
    return tuple(tab for tab in rail.tabs if tab.special is None or counts[tab.word].n or tab.word == open_word)


def open_tab_with_rows(rail: Rail, counts: dict[str, Counted]) -> None:
    """A list opened from elsewhere begins where it holds something."""
    if not counts[open_one(rail).word].n:
        word = next((tab.word for tab in rail.tabs if counts[tab.word].n), "")
        if word:
            TAB.of(rail.page).set(word)


def open_one(rail: Rail) -> Tab:
    """The open tab."""
    return next((tab for tab in rail.tabs if tab.word == TAB.of(rail.page).get()), rail.tabs[0])


def draw_tabs(rail: Rail, counts: dict[str, Counted]) -> Tab:
    """The open tab is kept by its word: the labels change with the counts in them."""
    tabs = _shown_tabs(rail, counts)
    labels = [tab_label(f"{tab.word} {_say(counts[tab.word])}") for tab in tabs]
    open_at = tabs.index(open_one(rail))
    key = f"{rail.page}.tab"
    st.session_state[key] = labels[open_at]
    words = {label: tab.word for label, tab in zip(labels, tabs, strict=True)}
    st.tabs(labels, key=key, on_change=_open_tab, args=(key, rail, words))
    _LEFT.of(rail.page).set(counts[tabs[open_at].word].n)
    return tabs[open_at]


def _say(counted: Counted) -> str:
    return f"{counted.n:,}" if counted.is_exact else f"{counted.n:,}+"


def _open_tab(key: str, rail: Rail, words: dict[str, str]) -> None:
    """Another tab opens its first row: a decision is about what the list in sight holds."""
    word = words.get(str(st.session_state.get(key) or ""))
    if word and word != TAB.of(rail.page).get():
        TAB.of(rail.page).set(word)
        rail.chosen.clear()


def n_left(page: str) -> int:
    """How many examples the open tab held when it was drawn."""
    return _LEFT.of(page).get()


def open_special(rail: Rail, special: Special) -> None:
    """Open the tab of a list that is no state."""
    word = next((tab.word for tab in rail.tabs if tab.special is special), "")
    if word:
        TAB.of(rail.page).set(word)


def open_tab_of(ws: Workspace, rail: Rail) -> None:
    """Open the tab that lists the chosen example; one that was put away stands in no tab, and the open one stays."""
    if not rail.chosen.get():
        return
    now = writing.open_example(ws, rail.chosen.get()).state
    word = next((tab.word for tab in rail.tabs if now in tab.states), "")
    if word:
        TAB.of(rail.page).set(word)
