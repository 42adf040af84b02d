"""Parts every screen shares: page head, card titles, badges, notices and the key sheet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import streamlit as st

from curation.model.finding import Severity
from ui import keys, state
from ui.focus import focus_on
from ui.text import plain, title

Colour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]
SEVERITY_LOOK: dict[Severity, tuple[str, Colour]] = {
    Severity.ERROR: (":material/error:", "red"),
    Severity.WARNING: (":material/warning:", "orange"),
    Severity.INFO: (":material/info:", "blue"),
}


@contextmanager
def page_head(heading: str, facts: str = "") -> Iterator[None]:
    """Title, a caption of facts (already safe), a gap; quiet buttons drawn inside the block stand at the right.

    Where they do not fit beside the title they stand below it, all of them together.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title(heading)
        if facts:
            st.caption(facts, width="content")  # safe: made by the caller from plain()
        st.space("stretch")
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            yield


@contextmanager
def empty_card(key: str | None = None) -> Iterator[None]:
    """A card in the middle of an empty page: what would be here, why it is not, and what to do."""
    _, middle, _ = st.columns([1, 3, 1])
    with middle, st.container(border=True, gap="small", key=key):
        yield


@contextmanager
def card_title(heading: str, note: str = "") -> Iterator[None]:
    """A card's heading in a row, so that cards side by side begin on one line."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header(plain(heading), anchor=False, width="content")
        if note:
            st.caption(plain(note), width="content")
        st.space("stretch")
        yield


def severity_badge(severity: Severity, n: int | None = None) -> None:
    """Icon, word and colour of a severity; with a number it counts."""
    icon, colour = SEVERITY_LOOK[severity]
    word = severity.value if n is None else f"{n:,} {severity.value}{'' if n == 1 else 's'}"
    st.badge(plain(word), icon=icon, color=colour)


def show_notice() -> None:
    """The sentence the last act left, once."""
    sentence = state.NOTICE.take()
    if sentence:
        st.toast(sentence, icon=":material/check:")  # safe: see state.NOTICE


_AT_RIGHT = ("Write", "Inside a text field", "Inside a JSON field")
"""What the right half of the key sheet holds: about as much as all the rest."""


@st.dialog("Keys", width="large", icon=":material/keyboard:")
def _key_sheet() -> None:
    left, right = st.columns(2, gap="large")
    places = list(dict.fromkeys(key.place for key in (*keys.KEYS, *keys.EDITOR_KEYS)))
    for place in places:
        with right if place in _AT_RIGHT else left:
            st.header(plain(place), anchor=False)
            rows = [key for key in (*keys.KEYS, *keys.EDITOR_KEYS) if key.place == place]
            table = {"Key": [f"`{key.shortcut}`" for key in rows], "Does": [key.does for key in rows]}
            st.table(table, border="horizontal", hide_index=True, hide_header=True)


def keys_button(page: str) -> None:
    """Opens the key sheet; closed, it gives the cursor back to the field it was opened from."""
    focus_on("", "", name="questions")
    if st.button("Keys", key=f"{page}.keys", type="tertiary", icon=":material/keyboard:", shortcut=keys.SHEET.shortcut):
        _key_sheet()
