"""One tool's change between two versions, as a name, a badge and sentences."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.services.tool_differences import ToolChange
from ui.layout import Colour
from ui.text import count, named, plain

MAX_SENTENCES = 12
MOST_OPEN = 3
MOST_NAMED = 200
BOX_PX = 320
CHANGE_LOOK: dict[str, tuple[str, str, Colour]] = {
    "added": ("new", ":material/add:", "green"),
    "changed": ("changed", ":material/edit:", "blue"),
    "removed": ("gone", ":material/remove:", "orange"),
}


def draw_tool_changes(changes: Sequence[ToolChange]) -> None:
    """What became of every tool: what is there already first; many of a kind are folded, as the acts stand below."""
    for kind, noun in (("changed", "changed tool"), ("removed", "removed tool"), ("added", "new tool")):
        some = [one for one in changes if one.kind == kind]
        if len(some) <= MOST_OPEN:
            for one in some:
                draw_change(one)
            continue
        with st.expander(count(len(some), noun)), st.container(height=BOX_PX, border=False):
            for one in some[:MOST_NAMED]:
                draw_change(one)
            if len(some) > MOST_NAMED:
                st.caption(f"and {count(len(some) - MOST_NAMED, 'more tool')}")


def draw_change(change: ToolChange) -> None:
    """What became of one tool."""
    with st.container(gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            word, icon, colour = CHANGE_LOOK[change.kind]
            st.markdown(f"**{plain(change.name)}**", width="content")
            st.badge(word, icon=icon, color=colour)  # safe: a table of ours
        draw_sentences(change.sentences)


def draw_sentences(sentences: tuple[str, ...]) -> None:
    """The differences, one a line."""
    if sentences:
        st.markdown("\n".join(f"- {named(one)}" for one in sentences[:MAX_SENTENCES]))
    if len(sentences) > MAX_SENTENCES:
        st.caption(f"and {len(sentences) - MAX_SENTENCES:,} more changes")
