"""What the buttons of the Review page do: one decision on the revision that was on the page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation.model.people import Actor
from curation.services import reviewing, writing
from curation.services.drafting import Draft
from curation.services.workspace import Workspace
from ui import rail, state
from ui.review_bar import PAGE
from ui.review_comments import forget_comment, want_comment
from ui.state import Act, Slot

LAST: Slot[tuple[str, int]] = Slot("review.last", ("", 0))
"""The example decided last in this tab, and its revision."""
Perform = Callable[[Workspace, Actor, str, Draft | None, Act], None]


def _words(comment: Draft | None) -> str:
    return comment.text if comment else ""


def _lacks_words(example_id: str, comment: Draft | None, act: Act, sentence: str) -> bool:
    """Whether an act that needs a comment has none; the cursor then goes where it is typed."""
    is_empty = not _words(comment).strip()
    if is_empty:
        want_comment(example_id, sentence, act.nonce)
    return is_empty


def _decided(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act, sentence: str) -> None:
    """After a decision: the comment is said, the next example opens."""
    forget_comment(ws, actor, example_id, comment)
    state.NOTICE.set(sentence)
    LAST.set((example_id, act.rev))
    state.REVIEWED.set(rail.following(PAGE, example_id))
    st.rerun()


def _accept(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    if _words(comment).strip():
        nonce = f"{act.nonce}.comment"
        reviewing.add_comment(ws, actor, example_id, act.rev, _words(comment), nonce=nonce)
    reviewing.accept(ws, actor, example_id, act.rev, nonce=act.nonce)
    _decided(ws, actor, example_id, comment, act, "Accepted; Alt+Z takes it back")


def _request(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    if _lacks_words(example_id, comment, act, "Asking for changes needs a few words."):
        return
    reviewing.request_changes(ws, actor, example_id, act.rev, _words(comment), nonce=act.nonce)
    _decided(ws, actor, example_id, comment, act, "Sent back with your comment")


def _reject(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    reviewing.reject(ws, actor, example_id, act.rev, _words(comment), nonce=act.nonce)
    _decided(ws, actor, example_id, comment, act, "Rejected; Alt+Z takes it back")


def _say(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    if _lacks_words(example_id, comment, act, "A comment needs a few words."):
        return
    reviewing.add_comment(ws, actor, example_id, act.rev, _words(comment), nonce=act.nonce)
    forget_comment(ws, actor, example_id, comment)


def _undo(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:  # noqa: ARG001
    """Take back the last decision of this tab, or the last step of the open example."""
    take_back_last(ws, actor, act) if LAST.get()[0] else _take_back(ws, actor, example_id, act.rev, act)


def take_back_last(ws: Workspace, actor: Actor, act: Act) -> None:
    """Take back the decision this tab made last."""
    example_id, rev = LAST.take()
    _take_back(ws, actor, example_id, rev, act)


def _take_back(ws: Workspace, actor: Actor, example_id: str, rev: int, act: Act) -> None:
    writing.undo_last(ws, actor, example_id, rev, nonce=act.nonce)
    state.NOTICE.set("Taken back")
    state.REVIEWED.set(example_id)
    rail.reveal(PAGE)
    st.rerun()


def _edit(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:  # noqa: ARG001
    state.EXAMPLE.set(example_id)
    rail.reveal("write")
    st.switch_page("../pages/write.py")


ACTS: dict[str, Perform] = {
    "accept": _accept,
    "request_changes": _request,
    "reject": _reject,
    "say": _say,
    "undo": _undo,
    "edit": _edit,
}
"""Verb → what it does."""
