"""Where two people differ: both words side by side with the example, decided on keys, with a reason."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import streamlit as st

from curation.model.people import Actor
from curation.services import drafting, writing
from curation.services.agreeing import Difference, list_differences
from curation.services.blind_words import Opinion, Said, decisions_of
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import editor, keys, state
from ui.agreement_panel import WORDS
from ui.chat import draw_conversation
from ui.desk_focus import hold_focus
from ui.errors import errors_shown
from ui.keys import Key
from ui.layout import card_title
from ui.presses import hold_presses, seen_at_press, show_seen
from ui.resolve_acts import KIND, PAGE, REASON, SENTENCE, WANTED, open_one, perform, reason_of
from ui.review_bar import UNDO, draw_button, draw_step
from ui.review_blind import said_words
from ui.review_decided import count_decided
from ui.scene import Scene
from ui.state import Slot
from ui.text import count, plain, say, words
from ui.tokens import Claim
from ui.write_acts import published_tools

FREE = (f"{PAGE}.step.-1", f"{PAGE}.step.1", f"{PAGE}.undo")
NOTHING = "agreement.nothing"
"""Holds the focus where nothing is left to resolve."""
_SHOWN: Slot[str] = Slot("agreement.shown", "")
"""The example whose field is on the page."""


@st.fragment
def resolve_desk(ws: Workspace, actor: Actor, project: ProjectView) -> None:
    """The oldest difference, or the one that was chosen."""
    seen_at_press(PAGE)
    _take_reason(ws, actor)
    act = state.asked(PAGE)
    with errors_shown():
        perform(ws, actor, project, act)
    found = list_differences(ws, project.id)
    with card_title("To resolve", count(len(found), "example") if found else "nothing differs"):
        if found or count_decided(actor, PAGE):
            draw_button(UNDO, page=PAGE)
        if len(found) > 1:
            draw_step("Back", -1, keys.BACK, ":material/arrow_upward:", page=PAGE)
            draw_step("Skip", 1, keys.NEXT, ":material/arrow_downward:", page=PAGE)
    if found:
        one = open_one(found)
        _draw(ws, actor, project, one)
        hold_presses(PAGE, _seen(one), FREE)
        return
    with st.container(key=NOTHING, gap="small"):
        st.caption("Where two people say different things, both words stand here side by side.")
        st.page_link("../pages/review.py", label="Go on reviewing", icon=":material/rate_review:")
    hold_focus(NOTHING, f"nothing {count_decided(actor, PAGE)}")


def _seen(one: Difference) -> str:
    return f"{one.example_id}@{one.rev}"


def _draw(ws: Workspace, actor: Actor, project: ProjectView, one: Difference) -> None:
    view = writing.open_example(ws, one.example_id)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        st.header(say("#{number} {title}", number=one.number, title=one.title), anchor=False)
        with st.container(height=440, border=False, gap="small", key="agreement-example"):
            draw_conversation(_scene(ws, actor, project, view))
        show_seen(PAGE, _seen(one))
    with right, st.container(border=True, gap="small", key="agreement-words"):
        st.caption(plain(_reason_to_resolve(one)))
        sides = st.columns(2, gap="medium")
        for side, opinion, other in zip(sides, one.opinions, reversed(one.opinions[:2]), strict=False):
            with side:
                _draw_opinion(opinion, other, decisions_of(view.example))
        _draw_reason(ws, actor, view)
        with st.container(horizontal=True, gap="small"):
            _decide_button(one, 0, "first", keys.TAKE_FIRST)
            _decide_button(one, 1, "second", keys.TAKE_SECOND)
        if sentence := SENTENCE.take():
            st.markdown(f":red[:material/error: {plain(sentence)}]")


def _reason_to_resolve(one: Difference) -> str:
    if not one.where:
        return "Both said the same, and what followed was taken back"
    return "They differ in: " + ", ".join(WORDS.get(kind, kind).lower() for kind in one.where)


def _draw_opinion(one: Opinion, other: Opinion, own: Sequence[Said]) -> None:
    """One person's word; what the other says differently is marked. `own` is what the example itself says."""
    st.markdown(say("**{by}**", by=one.by))
    colour = "orange" if one.verdict != other.verdict else "gray"
    st.markdown(f":{colour}-badge[{plain(one.verdict)}]")
    for said, another in zip(one.said, other.said, strict=False):
        st.caption(f"turn {said.turn + 1}")  # safe: a number
        mark = ":orange-background[{}]" if said != another else "{}"
        st.markdown(mark.format(plain(_right(said, own) + said_words(said))))  # safe: by plain()
    for text in one.comments:
        words(text)


def _right(said: Said, own: Sequence[Said]) -> str:
    if said.is_right:
        return "right: "
    is_same = msgspec.structs.replace(said, is_right=True) in own
    return "wrong in its arguments: " if is_same else "wrong, it should be: "


def _decide_button(one: Difference, side: int, verb: str, key: Key) -> None:
    opinion = one.opinions[side]
    st.button(
        plain(f"{opinion.by}: {opinion.verdict}", 36),
        key=f"{PAGE}.{verb}",
        icon=":material/gavel:",
        shortcut=key.shortcut,
        on_click=state.ask,
        args=(verb, one.example_id),
        kwargs={"page": PAGE, "rev": one.rev},
    )


def _field_key(example_id: str) -> str:
    return f"{PAGE}.reason.{example_id}"


def _take_reason(ws: Workspace, actor: Actor) -> None:
    """Keep what the reason's field handed over."""
    example_id = _SHOWN.get()
    commit = editor.read_commit(_field_key(example_id)) if example_id else None
    if commit is not None:
        drafting.save_draft(ws, actor.person_id, KIND, example_id, REASON, commit.base_rev, commit.text)
        editor.mark_handled(_field_key(example_id), commit)


def _draw_reason(ws: Workspace, actor: Actor, view: ExampleView) -> None:
    _SHOWN.set(view.id)
    held = reason_of(ws, actor, view.id)
    editor.draw(
        editor.Field(
            key=_field_key(view.id),
            label="Why",
            value=held.text if held else "",
            claim=Claim(actor.person_id, view.project_id, KIND, view.id, REASON, view.head_rev),
            placeholder="Why this one counts",
            is_checked_live=False,
            focus=WANTED.take(),
        )
    )


def _scene(ws: Workspace, actor: Actor, project: ProjectView, view: ExampleView) -> Scene:
    return Scene(
        example_id=view.id,
        example=view.example,
        ids=tuple(f"a{view.head_rev}t{turn}" for turn in range(len(view.example.messages))),
        judged=view.judged,
        tools=published_tools(ws, project.id),
        claim=Claim(actor.person_id, project.id, KIND, view.id, "", view.head_rev),
        is_editable=False,
        page=PAGE,
    )
