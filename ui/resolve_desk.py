"""Where two people differ: both words side by side with the example, decided on keys, with a reason."""

from __future__ import annotations

import streamlit as st

from curation.errors import CurationError
from curation.model.people import Actor
from curation.services import blind_reviewing, drafting, writing
from curation.services.agreeing import Difference, list_differences
from curation.services.blind_words import Opinion, Said
from curation.services.drafting import Draft
from curation.services.projects import ProjectView
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import editor, keys, state
from ui.agreement_panel import WORDS
from ui.chat import draw_conversation
from ui.errors import errors_shown
from ui.keys import Key
from ui.layout import card_title
from ui.presses import hold_presses, seen_at_press, show_seen
from ui.review_bar import draw_step
from ui.review_blind import said_words
from ui.scene import Scene
from ui.state import Act, Slot
from ui.text import count, plain, say, words
from ui.tokens import Claim
from ui.write_acts import published_tools

PAGE = "agreement"
KIND = "resolution"
REASON = "reason"
_CHOSEN: Slot[str] = Slot("agreement.chosen", "")
_SENTENCE: Slot[str] = Slot("agreement.sentence", "")
_WANTED: Slot[str] = Slot("agreement.wanted", "")
"""A new word moves the cursor into the field of the reason."""
_SHOWN: Slot[str] = Slot("agreement.shown", "")
"""The example whose field is on the page."""


@st.fragment
def resolve_desk(ws: Workspace, actor: Actor, project: ProjectView) -> None:
    """The oldest difference, or the one that was chosen."""
    seen_at_press(PAGE)
    _take_reason(ws, actor)
    act = state.asked(PAGE)
    with errors_shown():
        if act.verb in ("first", "second"):
            _resolve(ws, actor, project, act)
        elif act.verb == "step":
            _step(ws, project, int(act.at))
    found = list_differences(ws, project.id)
    with card_title("To resolve", count(len(found), "example") if found else "nothing differs"):
        if len(found) > 1:
            draw_step("Back", -1, keys.BACK, ":material/arrow_upward:", page=PAGE)
            draw_step("Skip", 1, keys.NEXT, ":material/arrow_downward:", page=PAGE)
    if found:
        one = _open_one(found)
        _draw(ws, actor, project, one)
        hold_presses(PAGE, _seen(one), (f"{PAGE}.step.-1", f"{PAGE}.step.1"))
    else:
        st.caption("Where two people say different things, both words stand here side by side.")
        st.page_link("../pages/review.py", label="Go on reviewing", icon=":material/rate_review:")


def _seen(one: Difference) -> str:
    return f"{one.example_id}@{one.rev}"


def _open_one(found: tuple[Difference, ...]) -> Difference:
    return next((one for one in found if one.example_id == _CHOSEN.get()), found[0])


def _step(ws: Workspace, project: ProjectView, by: int) -> None:
    found = list_differences(ws, project.id)
    if found:
        at = found.index(_open_one(found)) + by
        _CHOSEN.set(found[max(0, min(len(found) - 1, at))].example_id)


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
                _draw_opinion(opinion, other)
        _draw_reason(ws, actor, view)
        with st.container(horizontal=True, gap="small"):
            _decide_button(one, 0, "first", keys.TAKE_FIRST)
            _decide_button(one, 1, "second", keys.TAKE_SECOND)
        if sentence := _SENTENCE.take():
            st.markdown(f":red[:material/error: {plain(sentence)}]")


def _reason_to_resolve(one: Difference) -> str:
    if not one.where:
        return "Both said the same, and what followed was taken back"
    return "They differ in: " + ", ".join(WORDS.get(kind, kind).lower() for kind in one.where)


def _draw_opinion(one: Opinion, other: Opinion) -> None:
    """One person's word; what the other says differently is marked."""
    st.markdown(say("**{by}**", by=one.by))
    colour = "orange" if one.verdict != other.verdict else "gray"
    st.markdown(f":{colour}-badge[{plain(one.verdict)}]")
    for said, another in zip(one.said, other.said, strict=False):
        st.caption(f"turn {said.turn + 1}")  # safe: a number
        mark = ":orange-background[{}]" if said != another else "{}"
        st.markdown(mark.format(plain(_right(said) + said_words(said))))  # safe: by plain()
    for text in one.comments:
        words(text)


def _right(said: Said) -> str:
    return "right: " if said.is_right else "wrong, it should be: "


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


def _resolve(ws: Workspace, actor: Actor, project: ProjectView, act: Act) -> None:
    """Decide for one of the two words; without a reason the cursor goes where it is typed."""
    found = next((one for one in list_differences(ws, project.id) if one.example_id == act.at), None)
    if found is None:
        raise CurationError("This difference was resolved meanwhile.", hint="Go on with the next one.")
    reason = _reason(ws, actor, act.at)
    if reason is None or not reason.text.strip():
        _SENTENCE.set("Say in a few words why.")
        _WANTED.set(act.nonce)
        return
    chosen = found.opinions[0 if act.verb == "first" else 1]
    blind_reviewing.resolve(ws, actor, act.at, act.rev, chosen.verdict, chosen.said, reason.text, nonce=act.nonce)
    drafting.drop_read(ws, actor.person_id, [reason])
    # The page is drawn anew without the field that held the cursor: it goes on in the next one's.
    _WANTED.set(act.nonce)
    st.toast("Resolved", icon=":material/check:")


def _field_key(example_id: str) -> str:
    return f"{PAGE}.reason.{example_id}"


def _take_reason(ws: Workspace, actor: Actor) -> None:
    """Keep what the reason's field handed over."""
    example_id = _SHOWN.get()
    commit = editor.read_commit(_field_key(example_id)) if example_id else None
    if commit is not None:
        drafting.save_draft(ws, actor.person_id, KIND, example_id, REASON, commit.base_rev, commit.text)
        editor.mark_handled(_field_key(example_id), commit)


def _reason(ws: Workspace, actor: Actor, example_id: str) -> Draft | None:
    return drafting.read_drafts(ws, actor.person_id, KIND, example_id).get(REASON)


def _draw_reason(ws: Workspace, actor: Actor, view: ExampleView) -> None:
    _SHOWN.set(view.id)
    held = _reason(ws, actor, view.id)
    editor.draw(
        editor.Field(
            key=_field_key(view.id),
            label="Why",
            value=held.text if held else "",
            claim=Claim(actor.person_id, view.project_id, KIND, view.id, REASON, view.head_rev),
            placeholder="Why this one counts",
            is_checked_live=False,
            focus=_WANTED.take(),
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
