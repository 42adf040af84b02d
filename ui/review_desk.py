"""The Review page's desk: the conversation as it stands, what changed, comments, and one decision."""

from __future__ import annotations

import streamlit as st

from curation.errors import CurationError
from curation.model.example import Waiver
from curation.model.people import Actor
from curation.services import writing
from curation.services.drafting import Draft
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace
from ui import keys, offered_tools, state
from ui.chat import Scene, draw_conversation
from ui.desk_focus import hold_focus
from ui.desk_style import bend_desk
from ui.errors import errors_shown, show_refusal
from ui.findings import show_findings
from ui.layout import empty_card, keys_button
from ui.machine_made import draw_origin
from ui.offered_tools import draw_offered
from ui.presses import MISSED, hold_presses, seen_at_press, show_seen
from ui.review_acts import ACTS, take_back_newest
from ui.review_bar import PAGE, SAY, UNDO, draw_bar, draw_button, draw_step
from ui.review_blind import draw_look, draw_words
from ui.review_claims import draw_badge, draw_banner, look_ahead
from ui.review_comments import KIND, draw_about, draw_comment_field, draw_comments, take_comment, typed_comment
from ui.review_decided import count_decided
from ui.review_notes import notes_below
from ui.review_standing import Standing, stand_at
from ui.revision_changes import draw_changes
from ui.state import Slot
from ui.text import plain, say, title
from ui.tokens import Claim
from ui.uncut import in_turn
from ui.write_acts import published_tools
from ui.write_bars import state_badge

DESK_HEIGHT_PX = 640
FREE = ("review.undo", "review.step.-1", "review.step.1", "review.keys", "review.order", offered_tools.KEY)
"""Buttons that do not decide about what the desk shows."""
DESK = "review.desk"
"""The conversation: it holds the focus between acts, so that the arrow keys scroll it."""

_ACTED: Slot[str] = Slot("review.acted", "")
"""The newest act: a run that answers none, such as one that opens the key sheet, takes no focus."""


@st.fragment
def review_desk(ws: Workspace, actor: Actor, project: ProjectView, example_id: str) -> None:
    """One example under review."""
    act, refused = state.Act(), None
    try:
        with in_turn():
            seen = seen_at_press(PAGE)
            take_comment(ws, actor, example_id)
            act = state.asked(PAGE)
            if act.rev and seen and seen != _seen(example_id, act.rev):
                st.toast(MISSED, icon=":material/info:")
            elif act.verb:
                ACTS[act.verb](ws, actor, example_id, typed_comment(ws, actor, example_id), act)
    except CurationError as error:
        refused = error
        state.asked(PAGE)
    was_open, example_id = example_id, state.REVIEWED.get() or example_id
    view = writing.open_example(ws, example_id)
    standing = stand_at(ws, actor, view)
    _draw(ws, actor, project, standing, typed_comment(ws, actor, example_id))
    if act.nonce:
        _ACTED.set(act.nonce)
    hold_focus(DESK, f"{actor.person_id} {example_id} {_ACTED.get()}")
    is_ahead = example_id != was_open
    show_refusal(refused)
    hold_presses(PAGE, _seen(example_id, view.head_rev), FREE, follow=f"{was_open} {act.nonce}" if is_ahead else "")
    if not is_ahead:
        look_ahead(ws, actor, example_id)


def _seen(example_id: str, rev: int) -> str:
    """What a decision is about: a revision of an example."""
    return f"{example_id}@{rev}"


def _draw(ws: Workspace, actor: Actor, project: ProjectView, standing: Standing, comment: Draft | None) -> None:
    view = standing.view
    _draw_head(ws, standing)
    draw_banner(actor, standing.held)
    draw_look(standing.look)
    left, right = st.columns([6, 5], gap="medium")
    with left, st.container(height=DESK_HEIGHT_PX, border=False, gap="small", key=DESK):
        draw_conversation(_scene(ws, actor, project, standing))
    with left:
        show_seen(PAGE, _seen(view.id, view.head_rev))
    with right, st.container(height=DESK_HEIGHT_PX, border=True, gap="small", key="review-card"):
        draw_origin(ws, view, is_blind=standing.stand.is_blind)
        draw_offered(view)
        if standing.stand.is_blind:
            draw_words(view)
        show_findings(view.judged, page=PAGE, is_editable=False)
        _show_kept(view.example.waivers)
        draw_changes(ws, view)
        draw_comments(view, standing.comments)
        sentence = draw_comment_field(actor, view, comment)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            draw_button(SAY, rev=view.head_rev)
            draw_about(view)
            if sentence:
                st.markdown(f":red[:material/error: {plain(sentence)}]", width="content")
    draw_bar(view, standing.stand)
    bend_desk()


def _draw_head(ws: Workspace, standing: Standing) -> None:
    """Title, state and facts, then the way to the neighbours; no line breaks at any width."""
    view = standing.view
    with st.container(key="review-head", horizontal=True, wrap=False, vertical_alignment="center", gap="small"):
        title(view.title)
        state_badge(view.state)
        facts = f"#{view.number:,} · revision {view.head_rev:,} · {plain(standing.hands, 60)}"
        st.caption(facts, width="content")  # safe: made by plain()
        st.space("stretch")
        draw_badge(ws, standing.held)
        draw_step("Back", -1, keys.BACK, ":material/arrow_upward:")
        draw_step("Skip", 1, keys.NEXT, ":material/arrow_downward:")
        keys_button(PAGE)


def nothing_left(ws: Workspace, actor: Actor) -> None:
    """The end of the queue: what to do instead, and the way back to the last decision."""
    act = state.asked(PAGE)
    if act.verb == "undo":
        with errors_shown():
            take_back_newest(ws, actor, act)
    with empty_card(DESK):
        st.title("Nothing left to review", anchor=False)
        st.markdown("Examples come here when they are submitted; candidates wait in their own tab.")
        with st.container(horizontal=True, gap="small"):
            if st.button("Write an example", key="review.write", type="primary", icon=":material/edit_note:"):
                st.switch_page("../pages/write.py")
            if count_decided(actor):
                draw_button(UNDO)
            st.space("stretch")
            keys_button(PAGE)
    hold_focus(DESK, f"nothing {count_decided(actor)}")


def _scene(ws: Workspace, actor: Actor, project: ProjectView, standing: Standing) -> Scene:
    view = standing.view
    return Scene(
        example_id=view.id,
        example=view.example,
        ids=tuple(f"r{view.head_rev}t{turn}" for turn in range(len(view.example.messages))),
        judged=view.judged,
        tools=published_tools(ws, project.id),
        claim=Claim(actor.person_id, project.id, KIND, view.id, "", view.head_rev),
        is_editable=False,
        page=PAGE,
        below=notes_below(standing.comments, PAGE),
    )


def _show_kept(waivers: tuple[Waiver, ...]) -> None:
    for waiver in waivers:
        st.caption(say("Kept anyway by {by}: {rule}, “{reason}”", by=waiver.by, rule=waiver.rule, reason=waiver.reason))
