"""What the buttons of the Review page do: one decision on the revision that was on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from curation.errors import BlockedError, NotFoundError, StaleRevisionError, StateError
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import blind_reviewing, blind_words, claiming, remarks, reviewing, writing
from curation.services.drafting import Draft
from curation.services.remarks import CommentView
from curation.services.second_looks import UNDECIDED, WAITING
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import rail, review_blind, review_claims, state
from ui.queues import REVIEWING
from ui.review_bar import PAGE
from ui.review_comments import about, forget_comment, take_words_back, want_comment
from ui.review_decided import Decision, count_decided, forget_newest, newest, remember
from ui.review_edit import begin_edit
from ui.state import Act
from ui.text import count

Perform = Callable[[Workspace, Actor, str, Draft | None, Act], None]
_FOR_GOOD = (StateError, NotFoundError, StaleRevisionError)
"""Why a decision can never be taken back here; anything else may pass."""


def _words(comment: Draft | None) -> str:
    return comment.text if comment else ""


def _lacks_words(example_id: str, comment: Draft | None, act: Act, sentence: str) -> bool:
    """Whether an act that needs a comment has none; the cursor then goes where it is typed."""
    is_empty = not _words(comment).strip()
    if is_empty:
        want_comment(example_id, sentence, act.nonce)
    return is_empty


def _decided(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act, sentence: str) -> None:
    """After a decision: the comment is said, the next free example opens; the desk draws it at once."""
    forget_comment(ws, actor, example_id, comment)
    state.NOTICE.set(sentence)
    remember(actor, Decision(example_id, act.rev, writing.open_example(ws, example_id).seq))
    state.REVIEWED.set(review_claims.following(ws, actor, example_id))
    if not state.REVIEWED.get():
        st.rerun()


def _is_blind(ws: Workspace, actor: Actor, example_id: str) -> bool:
    return review_blind.is_blind(blind_words.find_look(ws, actor, example_id))


def _say_apart(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act, verdict: str) -> None:
    """One of two words; what follows from it is said once both are in."""
    said = review_blind.read_words(writing.open_example(ws, example_id))
    look = blind_reviewing.decide(ws, actor, example_id, act.rev, verdict, said, _words(comment), nonce=act.nonce)
    sentences = {
        "open": "Your word is in; the second person's is awaited. Alt+Z takes yours back",
        "agreed": "You agree: it counts now",
        "differ": "You differ; somebody resolves it on Agreement",
    }
    _decided(ws, actor, example_id, comment, act, sentences[look.state])


def _accept(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    if _is_blind(ws, actor, example_id):
        _say_apart(ws, actor, example_id, comment, act, "accepted")
        return
    place = about(writing.open_example(ws, example_id))
    reviewing.accept(ws, actor, example_id, act.rev, _words(comment), place=place, nonce=act.nonce)
    _decided(ws, actor, example_id, comment, act, "Accepted; Alt+Z takes it back")


def _request(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    if _lacks_words(example_id, comment, act, "Asking for changes needs a few words."):
        return
    if _is_blind(ws, actor, example_id):
        _say_apart(ws, actor, example_id, comment, act, "changes requested")
        return
    place = about(writing.open_example(ws, example_id))
    reviewing.request_changes(ws, actor, example_id, act.rev, _words(comment), place=place, nonce=act.nonce)
    _decided(ws, actor, example_id, comment, act, "Sent back with your comment")


def _reject(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    if _is_blind(ws, actor, example_id):
        _say_apart(ws, actor, example_id, comment, act, "rejected")
        return
    reviewing.reject(ws, actor, example_id, act.rev, _words(comment), nonce=act.nonce)
    _decided(ws, actor, example_id, comment, act, "Rejected; Alt+Z takes it back")


def _say(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:
    if _lacks_words(example_id, comment, act, "A comment needs a few words."):
        return
    place = about(writing.open_example(ws, example_id))
    reviewing.add_comment(ws, actor, example_id, act.rev, _words(comment), place=place, nonce=act.nonce)
    forget_comment(ws, actor, example_id, comment)


def _close(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:  # noqa: ARG001
    reviewing.close_comment(ws, actor, act.at, is_closed=act.verb == "close_comment", nonce=act.nonce)


def _undo(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:  # noqa: ARG001
    """Take back the newest decision of this tab that still stands; else the one on the open example."""
    if count_decided(actor):
        take_back_newest(ws, actor, act)
    elif writing.open_example(ws, example_id).state in WAITING:
        st.toast("Nothing more to take back: what was decided here before is under Done", icon=":material/info:")
    else:
        said = remarks.list_comments(ws, example_id, actor)
        _show_undone(ws, actor, _undone_here(ws, actor, example_id, act), act, said)


def take_back_newest(ws: Workspace, actor: Actor, act: Act) -> None:
    """Take back the newest decision of this tab; one that cannot be taken back gives way to the one before it."""
    decided = newest(actor)
    if decided is None:
        return
    said = remarks.list_comments(ws, decided.example_id, actor)
    try:
        after = _undone(ws, actor, decided, act)
    except _FOR_GOOD:
        forget_newest(actor)
        raise
    forget_newest(actor)
    _show_undone(ws, actor, after, act, said)


def _show_undone(ws: Workspace, actor: Actor, after: ExampleView, act: Act, said: Sequence[CommentView]) -> None:
    """Open what was taken back, with the words that were said along with it."""
    open_now = state.REVIEWED.get()
    take_words_back(ws, actor, after, said)
    left = count_decided(actor)
    state.NOTICE.set("Taken back" + (f"; Alt+Z takes back {count(left, 'more decision')}" if left else ""))
    if after.state is ExampleState.DRAFT:
        begin_edit(after, act.nonce)
    if open_now and open_now != after.id:
        claiming.release(ws, actor, open_now, review_claims.tab_token())
    state.REVIEWED.set(after.id)
    rail.reveal(PAGE)
    st.rerun()


def _undone(ws: Workspace, actor: Actor, decided: Decision, act: Act) -> ExampleView:
    """Take back this very decision: whatever else was done to the example since stays."""
    example_id, rev, seq, since = decided
    if _waits_for_another(ws, actor, example_id):
        return blind_reviewing.take_back(ws, actor, example_id, rev, nonce=act.nonce)
    if since:
        return writing.undo_since(ws, actor, example_id, rev, since, only=seq, nonce=act.nonce)
    return writing.undo_last(ws, actor, example_id, rev, only=seq, nonce=act.nonce)


def _undone_here(ws: Workspace, actor: Actor, example_id: str, act: Act) -> ExampleView:
    """Take back what was done last to the open example, as it was shown."""
    if _waits_for_another(ws, actor, example_id):
        return blind_reviewing.take_back(ws, actor, example_id, act.rev, nonce=act.nonce)
    return writing.undo_last(ws, actor, example_id, act.rev, seen=int(act.at), nonce=act.nonce)


def _waits_for_another(ws: Workspace, actor: Actor, example_id: str) -> bool:
    look = blind_words.find_look(ws, actor, example_id)
    return look is not None and look.has_mine and look.state in UNDECIDED


def _step(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:  # noqa: ARG001
    """Skip, or go back: the example is free for others again, and what others have is stepped over."""
    by = int(act.at)
    target = review_claims.neighbour(ws, actor, example_id, by)
    if not target and by > 0 and rail.turn_on(REVIEWING):
        claiming.release(ws, actor, example_id, review_claims.tab_token())
        state.REVIEWED.set("")
        st.rerun()
    if not target:
        st.toast("That is the last one of this list" if by > 0 else "That is the first one of this list")
        return
    claiming.release(ws, actor, example_id, review_claims.tab_token())
    state.REVIEWED.set(target)


def _take_over(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:  # noqa: ARG001
    review_claims.take_over(ws, actor, example_id, act.nonce)


def _edit(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None, act: Act) -> None:  # noqa: ARG001
    if _is_blind(ws, actor, example_id):
        raise BlockedError("Two people judge this example apart: nobody edits it meanwhile.", hint="Ask for changes.")
    begin_edit(writing.open_example(ws, example_id), act.nonce)


ACTS: dict[str, Perform] = {
    "accept": _accept,
    "request_changes": _request,
    "reject": _reject,
    "say": _say,
    "close_comment": _close,
    "open_comment": _close,
    "undo": _undo,
    "edit": _edit,
    "step": _step,
    "take_over": _take_over,
}
"""Verb → what it does."""
