"""The Review page's desk: the conversation as it stands, what changed, comments, and one decision."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation.errors import CurationError
from curation.model.example import Waiver
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import drafting, reviewing, writing
from curation.services.projects import ProjectView
from curation.services.reviewing import Change
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import keys, rail, state
from ui.chat import Scene, draw_conversation
from ui.editor import Field, draw, take_commit
from ui.errors import show_error
from ui.findings import count_severities, severity_badges, show_findings
from ui.keys import Key
from ui.layout import card_title, keys_button, page_head
from ui.moments import ago
from ui.places import place_words
from ui.state import Act
from ui.text import count, plain, say, words
from ui.tokens import Claim
from ui.write_acts import published_tools
from ui.write_bars import state_badge

PAGE = "review"
KIND = "review"
COMMENT = "comment"
DECIDABLE = frozenset({ExampleState.SUBMITTED, ExampleState.CANDIDATE, ExampleState.CHANGES_REQUESTED})
DESK_HEIGHT_PX = 640
LAST: state.Slot[str] = state.Slot("review.last", "")
"""The example decided last in this tab."""
CHANGE_LOOK = {"added": "green", "removed": "red", "changed": "blue"}


@st.fragment
def review_desk(ws: Workspace, actor: Actor, project: ProjectView, example_id: str) -> None:
    """One example under review."""
    comment = _take_comment(ws, actor, example_id)
    view = writing.open_example(ws, example_id)
    act = state.asked(PAGE)
    if act.verb:
        try:
            _ACTS[act.verb](ws, actor, view, comment, act)
        except CurationError as error:
            show_error(error)
        comment = _stored_comment(ws, actor, example_id)
        view = writing.open_example(ws, example_id)
    _draw(ws, actor, project, view, comment)


def _comment_key(example_id: str) -> str:
    return f"review.comment.{example_id}"


def _take_comment(ws: Workspace, actor: Actor, example_id: str) -> str:
    """The newest comment text: handed over, else the draft on the server."""
    commit = take_commit(_comment_key(example_id))
    if commit is not None:
        drafting.save_draft(ws, actor.person_id, KIND, example_id, COMMENT, commit.base_rev, commit.text)
        return commit.text
    return _stored_comment(ws, actor, example_id)


def _stored_comment(ws: Workspace, actor: Actor, example_id: str) -> str:
    draft = drafting.read_drafts(ws, actor.person_id, KIND, example_id).get(COMMENT)
    return draft.text if draft else ""


def _decided(ws: Workspace, actor: Actor, view: ExampleView, sentence: str) -> None:
    """After a decision: the comment is said, the next example opens."""
    drafting.drop_drafts(ws, actor.person_id, KIND, view.id)
    state.NOTICE.set(sentence)
    LAST.set(view.id)
    state.REVIEWED.set(rail.following(PAGE, view.id))
    st.rerun()


def _accept(ws: Workspace, actor: Actor, view: ExampleView, comment: str, act: Act) -> None:
    if comment.strip():
        reviewing.add_comment(ws, actor, view.id, view.head_rev, comment, nonce=f"{act.nonce}.comment")
    reviewing.accept(ws, actor, view.id, view.head_rev, nonce=act.nonce)
    _decided(ws, actor, view, "Accepted; Alt+Z takes it back")


def _request(ws: Workspace, actor: Actor, view: ExampleView, comment: str, act: Act) -> None:
    reviewing.request_changes(ws, actor, view.id, view.head_rev, comment, nonce=act.nonce)
    _decided(ws, actor, view, "Sent back with your comment")


def _reject(ws: Workspace, actor: Actor, view: ExampleView, comment: str, act: Act) -> None:
    reviewing.reject(ws, actor, view.id, view.head_rev, comment, nonce=act.nonce)
    _decided(ws, actor, view, "Rejected; Alt+Z takes it back")


def _say(ws: Workspace, actor: Actor, view: ExampleView, comment: str, act: Act) -> None:
    reviewing.add_comment(ws, actor, view.id, view.head_rev, comment, nonce=act.nonce)
    drafting.drop_drafts(ws, actor.person_id, KIND, view.id)


def _undo(ws: Workspace, actor: Actor, view: ExampleView, comment: str, act: Act) -> None:  # noqa: ARG001
    """Take back the last decision of this tab, or the last step of the open example."""
    _take_back(ws, actor, LAST.take() or view.id, act)


def _take_back(ws: Workspace, actor: Actor, example_id: str, act: Act) -> None:
    writing.undo_last(ws, actor, example_id, nonce=act.nonce)
    state.NOTICE.set("Taken back")
    state.REVIEWED.set(example_id)
    st.rerun()


def _edit(ws: Workspace, actor: Actor, view: ExampleView, comment: str, act: Act) -> None:  # noqa: ARG001
    state.EXAMPLE.set(view.id)
    st.switch_page("../pages/write.py")


_ACTS: dict[str, Callable[[Workspace, Actor, ExampleView, str, Act], None]] = {
    "accept": _accept,
    "request_changes": _request,
    "reject": _reject,
    "say": _say,
    "undo": _undo,
    "edit": _edit,
}


def _draw(ws: Workspace, actor: Actor, project: ProjectView, view: ExampleView, comment: str) -> None:
    facts = f"#{view.number:,} · revision {view.head_rev:,} · {plain(view.updated_by, 24)}"
    with page_head(view.title, facts):
        state_badge(view.state)
        _button("Edit", "edit", keys.EDIT_AND_ACCEPT, ":material/edit:", is_quiet=True)
        _step_button("Back", -1, keys.BACK, ":material/arrow_upward:")
        keys_button(PAGE)
    left, right = st.columns([4, 5], gap="medium")
    with left, st.container(height=DESK_HEIGHT_PX, border=False, gap="small"):
        draw_conversation(_scene(ws, actor, project, view))
        st.divider()
        show_findings(view.judged, page=PAGE, is_editable=False)
        _show_kept(view.example.waivers)
    with right, st.container(height=DESK_HEIGHT_PX, border=True, gap="small"):
        _show_changes(ws, view)
        _show_comments(ws, view)
        draw(_comment_field(actor, view, comment))
        _button("Comment", "say", keys.COMMENT, ":material/chat:", is_quiet=True)
    _bar(view)


def nothing_left(ws: Workspace, actor: Actor) -> None:
    """The end of the queue: what to do instead, and the way back to the last decision."""
    act = state.asked(PAGE)
    if act.verb == "undo" and LAST.get():
        try:
            _take_back(ws, actor, LAST.take(), act)
        except CurationError as error:
            show_error(error)
    st.title("Nothing left to review", anchor=False)
    st.caption("Examples come here when they are submitted; candidates wait in their own tab.")
    with st.container(horizontal=True, gap="small"):
        st.page_link("../pages/write.py", label="Write an example", icon=":material/edit_note:")
        if LAST.get():
            _button("Undo", "undo", keys.UNDO, ":material/undo:", is_quiet=True)


def _scene(ws: Workspace, actor: Actor, project: ProjectView, view: ExampleView) -> Scene:
    return Scene(
        example_id=view.id,
        example=view.example,
        ids=tuple(f"r{view.head_rev}t{turn}" for turn in range(len(view.example.messages))),
        judged=view.judged,
        tools=published_tools(ws, project.id),
        claim=Claim(actor.person_id, project.id, KIND, view.id, "", view.head_rev),
        is_editable=False,
        page=PAGE,
    )


def _comment_field(actor: Actor, view: ExampleView, comment: str) -> Field:
    return Field(
        key=_comment_key(view.id),
        label="Your comment",
        value=comment,
        claim=Claim(actor.person_id, view.project_id, KIND, view.id, COMMENT, view.head_rev),
        placeholder="Say what should be different",
        is_checked_live=False,
    )


def _show_kept(waivers: tuple[Waiver, ...]) -> None:
    for waiver in waivers:
        st.caption(say("Kept anyway by {by}: {rule}, “{reason}”", by=waiver.by, rule=waiver.rule, reason=waiver.reason))


def _show_changes(ws: Workspace, view: ExampleView) -> None:
    """A table of what differs from an older revision."""
    revisions = [one.rev for one in reviewing.list_revisions(ws, view.id) if one.rev < view.head_rev]
    with card_title("What changed"):
        if revisions:
            base = st.selectbox(
                "Compare with",
                revisions,
                format_func=lambda rev: f"revision {rev} → {view.head_rev}",
                key=f"review.base.{view.id}.{view.head_rev}",
                label_visibility="collapsed",
                width=180,
            )
    if not revisions:
        st.caption("This is the first revision.")
        return
    changes = reviewing.compare_revisions(ws, view.id, int(base or revisions[0]), view.head_rev)
    if changes:
        st.table(_change_table(changes), border="horizontal", hide_index=True)
    else:
        st.caption("Nothing differs between the two.")


def _change_table(changes: tuple[Change, ...]) -> dict[str, list[str]]:
    return {
        "Place": [plain(place_words(one.place), 40) for one in changes],
        "Before": [_cell(one.before, "red") for one in changes],
        "After": [_cell(one.after, "green") for one in changes],
        "Change": [f":{CHANGE_LOOK[one.kind]}-badge[{one.kind}]" for one in changes],
    }


def _cell(text: str | None, colour: str) -> str:
    if text is None:
        return ":gray[absent]"
    return f":{colour}-background[{plain(text, 200) or 'empty'}]"


def _show_comments(ws: Workspace, view: ExampleView) -> None:
    comments = reviewing.list_comments(ws, view.id)
    with card_title("Comments", count(len(comments), "comment") if comments else "none yet"):
        pass
    for one in comments:
        with st.container(horizontal=True, wrap=False, gap="small"):
            with st.container(width=110, gap="xxsmall"):
                st.markdown(say("**{by}**", by=one.by))
                st.caption(plain(ago(one.at)))
            words(one.text)


def _bar(view: ExampleView) -> None:
    """What is left, and the decisions."""
    errors = count_severities(view.judged)[Severity.ERROR]
    is_open = view.state in DECIDABLE
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small"):
        severity_badges(view.judged)
        st.caption(plain(_why_not(view, errors)), width="content")
        st.space("stretch")
        _button("Undo", "undo", keys.UNDO, ":material/undo:", is_quiet=True)
        _step_button("Skip", 1, keys.NEXT, ":material/skip_next:")
        st.button(
            "Reject",
            key="review.reject",
            icon=":material/block:",
            type="tertiary",
            disabled=not is_open,
            on_click=state.ask,
            args=("reject",),
            kwargs={"page": PAGE},
        )
        _button("Request changes", "request_changes", keys.REQUEST_CHANGES, ":material/reply:", is_off=not is_open)
        _button(
            "Accept", "accept", keys.ACCEPT, ":material/check:", is_off=not is_open or bool(errors), is_primary=True
        )


def _why_not(view: ExampleView, errors: int) -> str:
    if view.state not in DECIDABLE:
        return "already decided"
    return "Accept opens at zero errors" if errors else ""


def _button(
    label: str,
    verb: str,
    key: Key,
    icon: str,
    *,
    is_off: bool = False,
    is_primary: bool = False,
    is_quiet: bool = False,
) -> None:
    st.button(
        plain(label),
        key=f"review.{verb}",
        icon=icon,
        shortcut=key.shortcut,
        disabled=is_off,
        type="primary" if is_primary else "tertiary" if is_quiet else "secondary",
        on_click=state.ask,
        args=(verb,),
        kwargs={"page": PAGE},
    )


def _step_button(label: str, by: int, key: Key, icon: str) -> None:
    if st.button(plain(label), key=f"review.step.{by}", type="tertiary", icon=icon, shortcut=key.shortcut):
        rail.step(PAGE, state.REVIEWED, by)
        st.rerun()
