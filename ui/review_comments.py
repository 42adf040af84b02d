"""The comment a reviewer types and those that were said; a typed one is a draft until a decision takes it along."""

from __future__ import annotations

import streamlit as st

from curation.model.people import Actor
from curation.services import drafting, reviewing
from curation.services.drafting import Draft
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import editor
from ui.layout import card_title
from ui.moments import ago
from ui.state import Slot
from ui.text import count, plain, say, words
from ui.tokens import Claim

KIND = "review"
COMMENT = "comment"


_SAID: Slot[int] = Slot("review.said", 0)
"""How many comments this tab has posted on an example: each is typed into a field of its own, which begins empty."""
_WANTED: Slot[tuple[str, str]] = Slot("review.wanted", ("", ""))
"""The sentence of an act that needs a comment where there is none, and a new word."""


def _key(example_id: str) -> str:
    return f"review.comment.{example_id}.{_SAID.of(example_id).get()}"


def want_comment(example_id: str, sentence: str, word: str) -> None:
    """Put the cursor into the empty field and say why, once for each new word."""
    _WANTED.of(example_id).set((sentence, word))


def take_comment(ws: Workspace, actor: Actor, example_id: str) -> None:
    """Keep what the field handed over; it stays unhandled when that fails."""
    commit = editor.read_commit(_key(example_id))
    if commit is not None:
        drafting.save_draft(ws, actor.person_id, KIND, example_id, COMMENT, commit.base_rev, commit.text)
        editor.mark_handled(_key(example_id), commit)


def typed_comment(ws: Workspace, actor: Actor, example_id: str) -> Draft | None:
    """The comment as it stands on the server."""
    return drafting.read_drafts(ws, actor.person_id, KIND, example_id).get(COMMENT)


def forget_comment(ws: Workspace, actor: Actor, example_id: str, comment: Draft | None) -> None:
    """The comment is said; one that was typed on meanwhile stays."""
    if comment is None:
        return
    drafting.drop_read(ws, actor.person_id, [comment])
    said = _SAID.of(example_id)
    said.set(said.get() + 1)


def draw_comments(ws: Workspace, view: ExampleView) -> None:
    """What was said so far."""
    comments = reviewing.list_comments(ws, view.id)
    with card_title("Comments", count(len(comments), "comment") if comments else "none yet"):
        pass
    for one in comments:
        with st.container(horizontal=True, wrap=False, gap="small"):
            with st.container(width=110, gap="xxsmall"):
                st.markdown(say("**{by}**", by=one.by))
                st.caption(plain(ago(one.at)))
            words(one.text)


def draw_comment_field(actor: Actor, view: ExampleView, comment: Draft | None) -> str:
    """Where a reviewer types; the sentence of an act that wanted a comment and found none."""
    claim = Claim(actor.person_id, view.project_id, KIND, view.id, COMMENT, view.head_rev)
    (sentence, word), said = _WANTED.of(view.id).take(), _SAID.of(view.id).get()
    editor.draw(
        editor.Field(
            key=_key(view.id),
            label="Your comment",
            value=comment.text if comment else "",
            claim=claim,
            placeholder="Say what should be different",
            is_checked_live=False,
            focus=word or (f"said {said}" if said else ""),
        )
    )
    return sentence
