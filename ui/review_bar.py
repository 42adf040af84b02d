"""The buttons of the Review page: each decides about the revision it was drawn with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from curation.model.finding import Severity
from curation.model.states import ExampleState
from curation.services.writing import ExampleView
from ui import keys, state
from ui.decision_bar import decision_bar
from ui.findings import count_severities, severity_badges
from ui.keys import Key
from ui.rail_tabs import n_left
from ui.text import plain

PAGE = "review"
DECIDABLE = frozenset({ExampleState.SUBMITTED, ExampleState.CANDIDATE, ExampleState.CHANGES_REQUESTED})


class Button(NamedTuple):
    """One button: its word, what it asks for, how it looks, its key."""

    label: str
    verb: str
    icon: str
    key: Key | None = None
    look: str = "secondary"


EDIT = Button("Edit", "edit", "edit", keys.EDIT_AND_ACCEPT)
UNDO = Button("Undo", "undo", "undo", keys.UNDO, "tertiary")
SAY = Button("Comment", "say", "chat", keys.COMMENT, "tertiary")
REJECT = Button("Reject", "reject", "block", None, "tertiary")
REQUEST = Button("Request changes", "request_changes", "reply", keys.REQUEST_CHANGES)
ACCEPT = Button("Accept", "accept", "check", keys.ACCEPT, "primary")


def draw_button(button: Button, *, at: str = "", rev: int = 0, is_off: bool = False, page: str = PAGE) -> None:
    """One button of a page; `at` is what beside the revision it is about."""
    st.button(
        plain(button.label),
        key=f"{page}.{button.verb}",
        icon=f":material/{button.icon}:",
        shortcut=button.key.shortcut if button.key else None,
        disabled=is_off,
        type=button.look,
        on_click=state.ask,
        args=(button.verb, at),
        kwargs={"page": page, "rev": rev},
    )


def draw_step(label: str, by: int, key: Key, icon: str, *, page: str = PAGE) -> None:
    """The way to the neighbour in the list that nobody else has on the desk."""
    st.button(
        plain(label),
        key=f"{page}.step.{by}",
        type="tertiary",
        icon=icon,
        shortcut=key.shortcut,
        on_click=state.ask,
        args=("step", str(by)),
        kwargs={"page": page},
    )


@dataclass(frozen=True)
class Stand:
    """How a person stands to the example on the desk."""

    is_mine: bool = True
    """Nobody else has claimed it."""
    is_blind: bool = False
    is_waiting: bool = False
    """It is somebody else's turn."""


def draw_bar(view: ExampleView, stand: Stand) -> None:
    """What is left, and the decisions."""
    errors = count_severities(view.judged)[Severity.ERROR]
    is_closed = view.state not in DECIDABLE or not stand.is_mine or stand.is_waiting
    with decision_bar() as (words, acts):
        with words:
            if errors:
                severity_badges(view.judged)
            st.caption(plain(_why_not(view, errors, stand) or f"{n_left(PAGE):,} in this list"), width="content")
        with acts:
            draw_button(UNDO, at=str(view.seq), rev=view.head_rev)
            draw_button(REJECT, rev=view.head_rev, is_off=is_closed)
            draw_button(REQUEST, rev=view.head_rev, is_off=is_closed)
            draw_button(EDIT, rev=view.head_rev, is_off=stand.is_blind or stand.is_waiting or not stand.is_mine)
            draw_button(ACCEPT, rev=view.head_rev, is_off=is_closed or bool(errors))


def _why_not(view: ExampleView, errors: int, stand: Stand) -> str:
    if not stand.is_mine:
        return "claimed by somebody else"
    if stand.is_waiting:
        return "the second word is awaited"
    if view.state is ExampleState.DRAFT:
        return "a draft since it was edited: Edit goes on with it"
    if view.state not in DECIDABLE:
        return "already decided"
    return "Accept opens at zero errors" if errors else ""
