"""What people said about an example, at the turn it is about and in one list; open until somebody deals with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from curation.model.places import place_words, turn_of
from curation.services.remarks import CommentView
from curation.services.writing import ExampleView
from ui import state
from ui.moments import ago
from ui.text import count, plain, say, words

MAX_LINE = 90


def draw_note(one: CommentView, page: str, *, where: str) -> None:
    """One comment: who, when, about what, and whether it is dealt with."""
    with st.container(horizontal=True, wrap=False, gap="small", key=f"{page}.note.{where}.{one.id}"):
        with st.container(width=104, gap="xxsmall"):
            st.markdown(say("**{by}**", by=one.by))
            st.caption(plain(ago(one.at)))
        with st.container(gap="xxsmall", width="stretch"):
            words(one.text)
            st.caption(plain(_facts(one)))
        st.button(
            "Done" if one.is_open else "Reopen",
            key=f"{page}.{where}.close.{one.id}",
            type="tertiary",
            icon=":material/check:" if one.is_open else ":material/undo:",
            on_click=state.ask,
            args=("close_comment" if one.is_open else "open_comment", one.id),
            kwargs={"page": page},
        )


def _facts(one: CommentView) -> str:
    about = place_words(one.place) if one.place else "whole example"
    return f"{about} · revision {one.rev:,}" + ("" if one.is_open else f" · done, {one.closed_by}")


def notes_below(comments: Sequence[CommentView], page: str) -> Callable[[int], None]:
    """Draws the open comments of a turn below it."""

    def draw(turn: int) -> None:
        for one in comments:
            if one.is_open and turn_of(one.place) == turn:
                with st.container(border=True):
                    draw_note(one, page, where="turn")

    return draw


def is_at_turn(one: CommentView, view: ExampleView) -> bool:
    """Whether the conversation has the turn a comment is about."""
    turn = turn_of(one.place)
    return turn is not None and turn < len(view.example.messages)


def shortened(text: str) -> str:
    """The first words of a comment, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_LINE else flat[: MAX_LINE - 1].rstrip() + "…"


def fold_open_notes(view: ExampleView, comments: Sequence[CommentView], page: str) -> None:
    """The open comments that stand at no turn, for the person who mends the example: one line with the newest words."""
    waiting = [one for one in comments if one.is_open and not is_at_turn(one, view)]
    if not waiting:
        return
    newest = max(waiting, key=lambda one: str(one.at))
    line = say("{n}: {text}", n=count(len(waiting), "open comment"), text=shortened(newest.text))
    with st.expander(line, type="compact", icon=":material/chat:", key=f"{page}.notes.{view.id}"):
        for one in waiting:
            draw_note(one, page, where="whole")
