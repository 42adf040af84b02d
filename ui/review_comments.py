"""The comment a reviewer types and those that were said; a typed one is a draft until a decision takes it along."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.model.people import Actor
from curation.services import drafting, remarks
from curation.services.drafting import Draft
from curation.services.remarks import CommentView
from curation.services.text_fields import field_text
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import editor
from ui.layout import card_title
from ui.review_bar import PAGE
from ui.review_notes import draw_note, is_at_turn
from ui.state import Slot
from ui.text import count, plain
from ui.tokens import Claim

KIND = "review"
COMMENT = "comment"
_WHOLE = -1
"""What a comment at no turn is about."""


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


def take_words_back(ws: Workspace, actor: Actor, view: ExampleView, said: Sequence[CommentView]) -> None:
    """What was said with an act that was taken back stands in the field again, before what is typed there now."""
    still = {one.id for one in remarks.list_comments(ws, view.id, actor)}
    gone = [one.text for one in said if one.id not in still and one.person_id == actor.person_id]
    if gone:
        typed = typed_comment(ws, actor, view.id)
        text = "\n".join([*gone, *([typed.text] if typed and typed.text.strip() else [])])
        drafting.save_draft(ws, actor.person_id, KIND, view.id, COMMENT, view.head_rev, text)


def draw_comments(view: ExampleView, comments: Sequence[CommentView]) -> None:
    """What was said so far: what stands open at no turn, then those dealt with behind a fold."""
    done = [one for one in comments if not one.is_open]
    still = len(comments) - len(done)
    with card_title("Comments", f"{still:,} open" if still else "none open" if done else "none yet"):
        pass
    at_turns = [one for one in comments if one.is_open and is_at_turn(one, view)]
    for one in comments:
        if one.is_open and one not in at_turns:
            draw_note(one, PAGE, where="list")
    if at_turns:
        st.caption(f"{count(len(at_turns), 'comment')} at the turns of the conversation.")
    if done:
        with st.expander(count(len(done), "comment") + " done", type="compact"):
            for one in done:
                draw_note(one, PAGE, where="list")


def about(view: ExampleView) -> str:
    """The pointer of what the next comment is about, "" for the whole example."""
    turn = st.session_state.get(_about_key(view))
    return f"/messages/{turn}" if isinstance(turn, int) and 0 <= turn < len(view.example.messages) else ""


def _about_key(view: ExampleView) -> str:
    return f"review.about.{view.id}.{view.head_rev}"


def draw_about(view: ExampleView) -> None:
    """What the comment is about."""
    roles = [field_text(one.role) or "no role" for one in view.example.messages]
    st.selectbox(
        "About",
        [_WHOLE, *range(len(roles))],
        format_func=lambda turn: (
            "the whole example" if turn == _WHOLE else f"turn {turn + 1}, {plain(roles[turn], 12)}"
        ),
        key=_about_key(view),
        width=170,
        label_visibility="collapsed",
    )


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
            mode="box",
            placeholder="Say what should be different",
            is_checked_live=False,
            focus=word or (f"said {said}" if said else ""),
        )
    )
    return sentence
