"""What waits for a person on Home, and what needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from curation.model.filters import ExampleFilter, Level, Special
from curation.model.states import ExampleState
from curation.services.browsing import Glance
from ui.layout import Colour
from ui.list_links import open_list
from ui.queues import CANDIDATES
from ui.rail import reveal
from ui.rail_tabs import TAB
from ui.state import EXAMPLE
from ui.text import count, plain


@dataclass(frozen=True)
class Waiting:
    """One list that waits for somebody: its word, how many, and the tab that shows it."""

    word: str
    icon: str
    state: ExampleState
    note: str
    page: str
    tab: str


WAITING = (
    Waiting("Drafts", "edit_note", ExampleState.DRAFT, "being written", "write", "Drafts"),
    Waiting("Changes requested", "undo", ExampleState.CHANGES_REQUESTED, "sent back", "write", "Asked"),
    Waiting("To review", "rate_review", ExampleState.SUBMITTED, "submitted", "review", "To review"),
    Waiting(CANDIDATES, "auto_awesome", ExampleState.CANDIDATE, "to look at", "review", CANDIDATES),
)


_FAULTY = ExampleFilter(level=Level.ERROR)
_BROKEN = ExampleFilter(special=Special.REPAIR)


def draw_waiting(glance: Glance, left: Sequence[str], n_wanted: int = 0) -> None:
    """What waits for a person, each line opens its list."""
    st.header("Waiting for you", anchor=False)
    with st.container(border=True, gap="xsmall"):
        for one in WAITING:
            with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
                st.markdown(f":material/{one.icon}: {plain(one.word)}", width=170)  # safe: our own table
                st.markdown(f"**{glance.states[one.state]:,}**", width=56)
                st.caption(plain(one.note), width="content")
                st.space("stretch")
                if _link("Open", f"home.open.{one.word}"):
                    TAB.of(one.page).set(one.tab)
                    open_list(ExampleFilter(), one.page)
        if left:
            _draw_left(left)
        if n_wanted:
            _draw_wanted(n_wanted)


def _draw_wanted(n_wanted: int) -> None:
    """The writing list, which stands on Health beside what it is to fill."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(":material/edit_note: To write", width=170)
        st.markdown(f"**{n_wanted:,}**", width=72)
        st.caption("asked for, nothing drafts it", width="content")
        st.space("stretch")
        if _link("Open", "home.open.wanted"):
            st.switch_page("../pages/health.py")


def _draw_left(left: Sequence[str]) -> None:
    """Examples with typed text that is in no revision yet; the newest opens."""
    with st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        st.markdown(":material/edit_note: Typed", width=170)
        st.markdown(f"**{len(left):,}**", width=56)
        st.caption("typed, not saved yet", width="content")
        st.space("stretch")
        if _link("Open", "home.open.left"):
            EXAMPLE.set(left[0])
            reveal("write")
            st.switch_page("../pages/write.py")


def _link(label: str, key: str) -> bool:
    return bool(
        st.button(plain(label), key=key, type="tertiary", icon=":material/chevron_right:", icon_position="right")
    )


def draw_attention(glance: Glance) -> None:
    """What would stop or spoil the next dataset."""
    st.header("Needs attention", anchor=False)
    with st.container(border=True, gap="small"):
        if glance.n_repairs:
            sentence = count(glance.n_repairs, "example waits for repair", "examples wait for repair")
            note = "A change of a tool broke them; they stay out of the next dataset."
            _attention("repair", "red", sentence, note, "examples", _BROKEN, icon="healing")
        if glance.n_with_errors:
            sentence = f"{count(glance.n_with_errors, 'example')} with errors"
            _attention("error", "red", sentence, "They cannot be submitted or accepted.", "examples", _FAULTY)
        if glance.n_unpublished:
            sentence = f"{count(glance.n_unpublished, 'tool')} not published"
            _attention("warning", "orange", sentence, "Examples call what the catalogue published.", "catalogue")
        if not (glance.n_repairs or glance.n_with_errors or glance.n_unpublished):
            st.markdown(":material/check_circle: Nothing needs attention.")


def _attention(
    word: str,
    colour: Colour,
    sentence: str,
    note: str,
    page: str,
    wanted: ExampleFilter | None = None,
    *,
    icon: str = "",
) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(plain(word), color=colour, icon=f":material/{icon or word}:")
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(plain(sentence))
            st.caption(plain(note))
        if _link("Show", f"home.show.{icon or page}"):
            if wanted is not None:
                open_list(wanted)
            st.switch_page(f"../pages/{page}.py")
