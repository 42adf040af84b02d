"""Typed slots of the session: ids and small values, never domain objects.

Whatever must survive leaving a page lives in the database; a slot only says where a tab is looking.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import streamlit as st

T = TypeVar("T", bound=object)


@dataclass(frozen=True)
class Slot(Generic[T]):
    """One named value of a browser tab."""

    name: str
    default: T

    def get(self) -> T:
        return cast(T, st.session_state.get(self.name, self.default))

    def set(self, value: T) -> None:
        st.session_state[self.name] = value

    def clear(self) -> None:
        st.session_state.pop(self.name, None)

    def take(self) -> T:
        """Read once: the slot is empty afterwards."""
        value = self.get()
        self.clear()
        return value

    def of(self, owner: str) -> Slot[T]:
        """The same slot for one entity."""
        return Slot(f"{self.name}.{owner}", self.default)


@dataclass(frozen=True)
class Act:
    """What a person just asked for; `nonce` makes a repeat of the same click harmless."""

    verb: str = ""
    at: str = ""
    value: str = ""
    nonce: str = ""
    rev: int = 0
    """The revision on the page when it was asked; 0 where the act is about no revision."""


PROJECT: Slot[str] = Slot("project", "")
EXAMPLE: Slot[str] = Slot("write.example", "")
REVIEWED: Slot[str] = Slot("review.example", "")
ACT: Slot[Act] = Slot("act", Act())
NOTICE: Slot[str] = Slot("notice", "")
"""One sentence (our words, already safe) shown once as a toast on the next run."""


def open_project(project_id: str) -> None:
    """Look at a project; what was open in another one is closed."""
    if PROJECT.get() != project_id:
        EXAMPLE.clear()
        REVIEWED.clear()
    PROJECT.set(project_id)


def ask(verb: str, at: str = "", value: str = "", *, page: str = "write", rev: int = 0) -> None:
    """Callback of every deciding button: remember the act, the page performs it."""
    ACT.of(page).set(Act(verb, at, value, uuid.uuid4().hex, rev))


def ask_now(verb: str, at: str = "", value: str = "", *, page: str = "write") -> None:
    """The same for a button in a fragment or a question: its press runs no more than that, so the page runs next.

    A fragment that looks by itself has it as the button's callback: the run of the press may end before the button is
    drawn, where what is looked at has moved meanwhile.
    """
    ask(verb, at, value, page=page)
    st.rerun()


def asked(page: str) -> Act:
    """The act of this run, once."""
    return ACT.of(page).take()
