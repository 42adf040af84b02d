"""Who has the open example on the desk, and which one comes next: what others have, or you judged, is stepped over."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.people import Actor
from curation.services import blind_words, claiming, people, writing
from curation.services.claiming import ClaimView, clock_time
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import rail, state
from ui.review_bar import DECIDABLE, PAGE
from ui.state import Slot
from ui.text import say

_TAB: Slot[str] = Slot("review.tab", "")
"""A name for this tab: the token of its claims."""
_AHEAD: Slot[str] = Slot("review.ahead", "")
"""What was judged ahead last."""


def tab_token() -> str:
    if not _TAB.get():
        _TAB.set(uuid.uuid4().hex)
    return _TAB.get()


def hold(ws: Workspace, actor: Actor, view: ExampleView) -> ClaimView | None:
    """Claim what is on the desk and keep it; None where there is nothing to decide.

    Who only reads it sees who has it and keeps nobody from it.
    """
    if view.state not in DECIDABLE:
        return None
    if not claiming.may_claim(actor):
        return claiming.list_claimed(ws, actor, [view.id]).get(view.id)
    return claiming.claim(ws, actor, view.id, tab_token())


def take_over(ws: Workspace, actor: Actor, example_id: str, nonce: str) -> None:
    claiming.take_over(ws, actor, example_id, tab_token(), nonce=nonce)


def neighbour(ws: Workspace, actor: Actor, example_id: str, by: int) -> str:
    """The next free example of the list in one direction, "" at its end."""
    ids = rail.shown(PAGE)
    at = ids.index(example_id) if example_id in ids else -1
    ahead = ids[at + 1 :] if by > 0 else ids[: max(at, 0)][::-1]
    return _first_free(ws, actor, ahead)


def following(ws: Workspace, actor: Actor, example_id: str) -> str:
    """What comes after a decision: the next free one, else one that was skipped; "" when nothing is left."""
    ids = rail.shown(PAGE)
    at = ids.index(example_id) if example_id in ids else -1
    return _first_free(ws, actor, [one for one in ids[at + 1 :] + ids[: max(at, 0)] if one != example_id])


def look_ahead(ws: Workspace, actor: Actor, example_id: str) -> None:
    """Judge what comes next while the open one is being read: its schemas are compiled then, its text is parsed."""
    ahead = following(ws, actor, example_id)
    if ahead and ahead != _AHEAD.get():
        _AHEAD.set(ahead)
        writing.open_example(ws, ahead)


def first(ws: Workspace, actor: Actor) -> str:
    """The first free example of the list."""
    return _first_free(ws, actor, rail.shown(PAGE))


def _first_free(ws: Workspace, actor: Actor, ids: list[str] | tuple[str, ...]) -> str:
    said = blind_words.list_judged(ws, actor, ids)
    apart = blind_words.list_apart(ws, ids)
    return claiming.first_free(ws, actor, [one for one in ids if one not in said], shared=apart)


def draw_badge(ws: Workspace, held: ClaimView | None) -> None:
    """Until when the example is yours; said only where somebody else could want it."""
    if held and held.is_mine and len(people.list_people(ws)) > 1:
        with st.container(width="content", key="review-claim"):
            st.badge(
                say("yours until {until}", until=clock_time(held.until)), icon=":material/lock_clock:", color="gray"
            )


def draw_banner(actor: Actor, held: ClaimView | None) -> None:
    """Somebody else has it: who, until when, and the way on."""
    if held is None or held.is_mine:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-claimed"):
        until = clock_time(held.until)
        sentence = say(
            "**Claimed by {by} until {until}.** You can read it; Skip goes to the next free one.",
            by=held.by,
            until=until,
        )
        st.info(sentence, icon=":material/lock:")  # safe: made by say()
        if "lead" in actor.roles:
            st.button(
                "Take over",
                key="review.take_over",
                icon=":material/pan_tool:",
                on_click=state.ask,
                args=("take_over",),
                kwargs={"page": PAGE},
            )
