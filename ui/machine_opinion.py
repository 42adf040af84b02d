"""What a machine thought of a candidate, plainly marked as its opinion: an objection in full, the rest in a line."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.services.machine_opinions import OpinionView
from ui.text import clip, plain, words

LONGEST_NAME = 60
MARK = ":material/smart_toy:"


def draw_opinions(opinions: Sequence[OpinionView]) -> None:
    """Whether anything is right is left to the person who reads it; nothing is drawn where nobody judged."""
    for one in opinions:
        if one.fault:
            _draw_objection(one)
    if content := [_name(one) for one in opinions if not one.fault and not one.is_silent]:
        judges, find = " and ".join(content), "find" if len(content) > 1 or content == ["the rules"] else "finds"
        st.caption(f"{MARK} Machine opinion: {judges} {find} nothing against it.")  # safe: made by plain()
    for one in opinions:
        if one.is_silent:
            st.caption(f"{MARK} Machine opinion: {_name(one)} was asked and gave no answer.")  # safe: made by plain()


def draw_repaired(told: str) -> None:
    """What a machine put right, in the words of the gate that refused it before."""
    if told:
        st.caption(f":material/build: Repaired once: {plain(told, 300)}")


def _draw_objection(one: OpinionView) -> None:
    """Plain text only: a model wrote it, and it may quote anybody."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(plain(one.fault, LONGEST_NAME), icon=MARK, color="orange")
            turn = f" · turn {one.turn:,}" if one.turn else ""
            st.caption(f"Machine opinion of {_name(one)}{turn} · you decide", width="content")  # safe: made by plain()
        for text in (one.why, f"“{one.quote}”" if one.quote else ""):
            _draw_text(text)


def _draw_text(text: str) -> None:
    if not text.strip():
        return
    shown, rest = clip(text)
    words(shown)
    if rest:
        st.caption(rest)  # safe: made by clip()


def _name(one: OpinionView) -> str:
    return plain(one.judge, LONGEST_NAME)
