"""What a person decided in this tab, the newest last: undo walks back through all of it, one decision a key."""

from __future__ import annotations

from typing import NamedTuple

from curation.model.people import Actor
from ui import state
from ui.state import Slot


class Decision(NamedTuple):
    """One decision as undo needs it."""

    example_id: str
    rev: int
    seq: int
    """The change that it made to the example: undo means this one and no other."""
    since: int = 0
    """The last change before the reviewer began to edit; 0 where the decision alone is taken back."""


MOST = 200
PAGE = "review"
_DECIDED: Slot[tuple[Decision, ...]] = Slot("review.decided", ())


def remember(actor: Actor, decision: Decision, page: str = PAGE) -> None:
    """Keep a decision for undo."""
    slot = _slot(actor, page)
    slot.set((*slot.get(), decision)[-MOST:])


def newest(actor: Actor, page: str = PAGE) -> Decision | None:
    """The newest decision that was not taken back."""
    decided = _slot(actor, page).get()
    return decided[-1] if decided else None


def forget_newest(actor: Actor, page: str = PAGE) -> None:
    """The newest decision was taken back, or never can be."""
    slot = _slot(actor, page)
    slot.set(slot.get()[:-1])


def count_decided(actor: Actor, page: str = PAGE) -> int:
    """How many decisions can be taken back here."""
    return len(_slot(actor, page).get())


def _slot(actor: Actor, page: str) -> Slot[tuple[Decision, ...]]:
    """Of this person in this project: another one at the same desk takes back their own, each page what it decided."""
    return _DECIDED.of(f"{page}.{state.PROJECT.get()}.{actor.person_id}")
