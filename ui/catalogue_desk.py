"""The desk of one tool: head, parameters, inspector and the decision at the bottom, in one fragment."""

from __future__ import annotations

from collections import Counter
from functools import partial

import streamlit as st

from curation.errors import CurationError
from curation.model.finding import Judged, Severity
from curation.services import cataloguing, tool_desk, tool_undo
from curation.services.people import local_actor
from curation.services.projects import ProjectView
from curation.services.tool_desk import Desk
from ui import keys, publishing
from ui.decision_bar import decision_bar
from ui.desk_focus import hold_focus
from ui.desk_style import bend_desk
from ui.errors import show_refusal
from ui.focus import focus_on
from ui.hand_over import hand_over_first
from ui.json_caret import aim_at_fault
from ui.layout import keys_button, page_head, severity_badge
from ui.moments import ago
from ui.presses import hold_presses
from ui.session import workspace
from ui.state import ask, asked
from ui.text import count, plain
from ui.tool_acts import perform
from ui.tool_inspector import draw_inspector, is_form_open
from ui.tool_moves import move_to_undo, say_undo
from ui.tool_parts import count_misfits, draw_part
from ui.tool_place import CURSOR, DISCARDED, HELD, PART, Place, desk_at, place_of
from ui.tool_rail import is_behind
from ui.tool_stops import go_on, list_stops
from ui.tool_texts import begin_texts, draw_live, end_texts, take_commits
from ui.tool_unread import show_unread

PAGE = "catalogue"
DESK = "catalogue.desk"
FREE = ("catalogue.history", "catalogue.keys", "catalogue.publish")
"""Buttons that do nothing to the tool on the desk."""
EFFECT_LOOK = {
    "read": (":material/visibility:", "blue"),
    "write": (":material/edit:", "orange"),
    "destructive": (":material/bolt:", "orange"),
}


@st.fragment
def draw_desk(project: ProjectView, object_id: str) -> None:
    """Everything about one tool that a person can change."""
    place = Place(project.id, object_id)
    act = asked(PAGE)
    refused = None
    try:
        take_commits(place)
        perform(project, place, act)
    except CurationError as error:
        refused = error
        aim_at_fault(desk_at(place), _schema_in_sight(object_id))
    begin_texts(place)
    desk = desk_at(place)
    show_unread(desk)
    judged = tool_desk.lint(desk, project.working_target)
    with st.container(key=DESK):
        _draw_head(project, desk)
        if desk.is_stale:
            _draw_conflict(desk)
        with st.container(key="catalogue-columns"):
            left, right = st.columns([6, 5], gap="medium")
        with left:
            _draw_names(desk)
            draw_part(desk)
        with right:
            draw_inspector(desk, judged, _schema_in_sight(object_id))
    end_texts()
    _draw_actions(project, desk, judged, is_refused=refused is not None)
    show_refusal(refused)
    bend_desk()
    hand_over_first()
    cursor = CURSOR.get()
    focus_on(cursor.field, cursor.word, name=PAGE)
    if HELD.get():
        hold_focus(DESK, HELD.get())
    follow = f"{object_id} {desk.fields['name']}" if is_behind(desk) else ""
    hold_presses(PAGE, object_id, FREE, follow=follow, is_refused=refused is not None)


def _schema_in_sight(object_id: str) -> str:
    """The schema whose JSON stands at the right."""
    return "result_schema" if PART.of(object_id).get() == "result_schema" else "parameters"


def _draw_head(project: ProjectView, desk: Desk) -> None:
    with page_head(desk.fields["name"] or "New tool"):
        if desk.view is not None:
            archive = partial(ask, "archive", page=PAGE)
            st.button("Archive", key=f"tool.archive.{desk.object_id}", type="tertiary", on_click=archive)
        if st.button("History", key="catalogue.history", type="tertiary", icon=":material/history:"):
            publishing.show_history(project)
        keys_button(PAGE)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_facts(desk), width="content")  # safe: made by plain()
        effect = EFFECT_LOOK.get(desk.fields["side_effect"])
        if effect:
            st.badge(desk.fields["side_effect"], icon=effect[0], color=effect[1])
        if desk.fields["approval"]:
            st.badge(plain(desk.fields["approval"], 30), icon=":material/approval_delegation:", color="orange")
        if desk.fields["idempotent"] == "yes":
            st.badge("idempotent", icon=":material/key:", color="gray")


def _facts(desk: Desk) -> str:
    view = desk.view
    if view is None:
        return "not saved yet"
    where = "not published" if view.version is None else f"version {view.version}"
    if not view.is_published and view.version is not None:
        where = f"changed since version {view.version}"
    return f"{where} · {plain(view.updated_by)}, {ago(view.updated_at)}"


def _draw_conflict(desk: Desk) -> None:
    by = plain(desk.view.updated_by) if desk.view else ""
    st.error(
        f"**Somebody else saved first.** Your draft is safe, but {by} saved this tool after you began.",
        icon=":material/error:",
    )
    with st.container(horizontal=True):
        on_top = partial(ask, "put on top", page=PAGE)
        st.button("Keep mine, on top of theirs", key=f"tool.ontop.{desk.object_id}", on_click=on_top)
        discard = partial(ask, "discard", page=PAGE)
        st.button(
            "Take theirs, discard my draft", key=f"tool.theirs.{desk.object_id}", type="tertiary", on_click=discard
        )


def _draw_names(desk: Desk) -> None:
    draw_live(desk, "name", placeholder="track_order")
    n_words = len(desk.fields["description"].split())
    draw_live(
        desk,
        "description",
        label=f"Description, as a model reads it ({n_words} word{'' if n_words == 1 else 's'})",
        placeholder="What it does, when to call it, when not to",
    )


def _draw_actions(project: ProjectView, desk: Desk, judged: tuple[Judged, ...], *, is_refused: bool) -> None:
    tools = cataloguing.list_tools(workspace(), project.id)
    counts = Counter(one.severity for one in judged)
    waits = bool(desk.drafted) or any(not tool.is_published for tool in tools)
    with decision_bar() as (words, acts):
        with words:
            if is_refused:
                st.caption("Not done", width="content")
            else:
                _draw_standing(desk, counts, waits)
        with acts:
            _undo_button(desk)
            is_error_next = _next_error(desk, judged)
            is_open = bool(desk.drafted or desk.unread or desk.view is None)
            if is_open:
                _draft_buttons(desk, is_filled=not is_error_next)
            _publish_button(project, is_filled=waits and not is_open and not counts[Severity.ERROR])


def _draw_standing(desk: Desk, counts: Counter[Severity], waits: bool) -> None:
    if desk.unread:
        st.markdown(f":small[:red[:material/error: Not taken yet: {plain(desk.unread[0].title, 80)}]]")
    _, why_not = tool_desk.preview(desk)
    if why_not and desk.view is None and not desk.drafted:
        st.caption("Begin with a name", width="content")
        return
    if why_not and is_form_open(desk):
        st.markdown(f":small[:red[:material/error: {plain(why_not)}]]")
        return
    for severity in (Severity.ERROR, Severity.WARNING):
        if counts[severity]:
            severity_badge(severity, counts[severity])
    misfits = count_misfits(desk)
    if misfits:
        st.badge(count(misfits, "sample does", "samples do") + " not fit", icon=":material/error:", color="red")
    if not desk.unread:
        st.caption(_standing(desk, counts, waits), width="content")


_NOTHING = "Nothing to take back here; a move of examples is taken back under Versions"


def _undo_button(desk: Desk) -> None:
    """Always there: its key also takes back what is in a field and has not reached the server yet."""
    ws = workspace()
    steps = tool_undo.list_steps(ws, local_actor(ws), desk.object_id)
    move = move_to_undo(desk)
    what = plain(f"Takes back {steps[-1].what or 'the last change'}", 120) if steps else _NOTHING
    st.button(
        "Undo",
        key=f"tool.undo.{desk.object_id}",
        type="tertiary",
        icon=":material/undo:",
        shortcut=keys.UNDO.shortcut,
        disabled=not (steps or desk.unread or move or DISCARDED.of(desk.project_id).get()),
        help=say_undo(move) if move else what,  # safe: made by count() and plain()
        on_click=partial(ask, "undo", page=PAGE),
    )


def _next_error(desk: Desk, judged: tuple[Judged, ...]) -> bool:
    """Leads from one thing in the way to the next, else through the warnings; whether an error is in the way."""
    stops, is_error = list_stops(desk, judged)
    if not stops:
        return False
    st.button(
        "Next error" if is_error else "Next finding",
        key=f"tool.next.{desk.object_id}",
        type="primary" if is_error else "tertiary",
        icon=":material/arrow_forward:",
        shortcut=keys.NEXT_ERROR.shortcut,
        on_click=go_on,
        args=(place_of(desk), stops),
    )
    return is_error


def _standing(desk: Desk, counts: Counter[Severity], waits: bool) -> str:
    if desk.drafted:
        return f"Draft saved {ago(desk.saved_at)}"
    if counts[Severity.ERROR]:
        return "Errors keep the catalogue from being published"
    return "Saved, not published yet" if waits else "Everything is published"


def _draft_buttons(desk: Desk, *, is_filled: bool) -> None:
    discard, save = partial(ask, "discard", page=PAGE), partial(ask, "save", page=PAGE)
    st.button("Discard draft", key=f"tool.discard.{desk.object_id}", type="tertiary", on_click=discard)
    look = "primary" if is_filled else "secondary"
    st.button(
        "Save tool",
        key=f"tool.save.{desk.object_id}",
        type=look,
        icon=":material/save:",
        shortcut=keys.NEXT_ACT.shortcut,
        on_click=save,
    )


def _publish_button(project: ProjectView, *, is_filled: bool) -> None:
    """Also open with nothing to publish: a key pressed right after typing must reach the server to be answered."""
    number = publishing.next_number(cataloguing.current_catalogue(workspace(), project.id))
    st.button(
        f"Publish v{number}",
        key="catalogue.publish",
        type="primary" if is_filled else "secondary",
        icon=":material/publish:",
        shortcut=keys.SUBMIT.shortcut,
        on_click=partial(ask, "publish", page=PAGE),
    )
