"""What the keys of Agreement do: decide between two words, take that back, go to the neighbour."""

from __future__ import annotations

import streamlit as st

from curation.errors import CurationError, NotFoundError, StaleRevisionError, StateError
from curation.model.people import Actor
from curation.services import blind_reviewing, drafting
from curation.services.agreeing import Difference, list_differences
from curation.services.drafting import Draft
from curation.services.projects import ProjectView
from curation.services.unresolving import take_resolution_back
from curation.services.workspace import Workspace
from ui.review_decided import Decision, forget_newest, newest, remember
from ui.state import Act, Slot

PAGE = "agreement"
KIND = "resolution"
REASON = "reason"
SENTENCE: Slot[str] = Slot("agreement.sentence", "")
"""What is missing before one can decide."""
WANTED: Slot[str] = Slot("agreement.wanted", "")
"""A new word moves the cursor into the field of the reason."""
_CHOSEN: Slot[str] = Slot("agreement.chosen", "")
_FOR_GOOD = (StateError, NotFoundError, StaleRevisionError)
"""Why a resolution can never be taken back here; anything else may pass."""


def perform(ws: Workspace, actor: Actor, project: ProjectView, act: Act) -> None:
    """What a key or a button of the desk asked for."""
    if act.verb in ("first", "second"):
        _resolve(ws, actor, project, act)
    elif act.verb == "step":
        _step(ws, project, int(act.at))
    elif act.verb == "undo":
        _take_back(ws, actor, act)


def open_one(found: tuple[Difference, ...]) -> Difference:
    """The difference that was chosen, else the oldest."""
    return next((one for one in found if one.example_id == _CHOSEN.get()), found[0])


def reason_of(ws: Workspace, actor: Actor, example_id: str) -> Draft | None:
    return drafting.read_drafts(ws, actor.person_id, KIND, example_id).get(REASON)


def _step(ws: Workspace, project: ProjectView, by: int) -> None:
    found = list_differences(ws, project.id)
    if found:
        at = found.index(open_one(found)) + by
        _CHOSEN.set(found[max(0, min(len(found) - 1, at))].example_id)


def _resolve(ws: Workspace, actor: Actor, project: ProjectView, act: Act) -> None:
    """Decide for one of the two words; without a reason the cursor goes where it is typed."""
    found = next((one for one in list_differences(ws, project.id) if one.example_id == act.at), None)
    if found is None:
        raise CurationError("This difference was resolved meanwhile.", hint="Go on with the next one.")
    reason = reason_of(ws, actor, act.at)
    if reason is None or not reason.text.strip():
        SENTENCE.set("Say in a few words why.")
        WANTED.set(act.nonce)
        return
    chosen = found.opinions[0 if act.verb == "first" else 1]
    after = blind_reviewing.resolve(
        ws, actor, act.at, act.rev, chosen.verdict, chosen.said, reason.text, nonce=act.nonce
    )
    drafting.drop_read(ws, actor.person_id, [reason])
    remember(actor, Decision(act.at, act.rev, after.seq), PAGE)
    # The page is drawn anew without the field that held the cursor: it goes on in the next one's.
    WANTED.set(act.nonce)
    st.toast("Resolved; Alt+Z takes it back", icon=":material/check:")


def _take_back(ws: Workspace, actor: Actor, act: Act) -> None:
    """Open the newest difference resolved in this tab again, with the reason in its field and the cursor behind it."""
    decided = newest(actor, PAGE)
    if decided is None:
        st.toast("Nothing to take back: nothing was resolved here", icon=":material/info:")
        return
    example_id, rev, seq, _ = decided
    try:
        reopened = take_resolution_back(ws, actor, example_id, rev, seq, nonce=act.nonce)
    except _FOR_GOOD:
        forget_newest(actor, PAGE)
        raise
    forget_newest(actor, PAGE)
    if reason_of(ws, actor, example_id) is None:
        drafting.save_draft(ws, actor.person_id, KIND, example_id, REASON, rev, reopened.reason)
    _CHOSEN.set(example_id)
    WANTED.set(act.nonce)
    st.toast("Taken back", icon=":material/undo:")
