"""The Write page's desk: one fragment that takes over typed text, performs the act, and draws the conversation."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.errors import CurationError
from curation.model.definition import Tool
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import settling, writing
from curation.services.projects import ProjectView
from curation.services.settling import Conflict, Typed
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import rail, state
from ui.chat import Scene, draw_conversation
from ui.conflicts import draw_conflicts
from ui.editor import take_commit
from ui.errors import show_error
from ui.inspector import draw_inspector
from ui.state import Slot
from ui.tokens import Claim
from ui.turns import name_turns
from ui.write_acts import FOCUS, OWN, PAGE, SELECTED, perform, published_tools, remember
from ui.write_bars import action_bar, add_bar, desk_head

_DRAWN: Slot[dict[str, str]] = Slot("write.fields", {})
"""Key → pointer of the text fields on the page."""
EDITABLE = frozenset(ExampleState) - {ExampleState.ARCHIVED}
DESK_HEIGHT_PX = 640


@st.fragment
def write_desk(ws: Workspace, actor: Actor, project: ProjectView, example_id: str) -> None:
    """One example being written."""
    tools = published_tools(ws, project.id)
    view, conflicts = _take_typed(ws, actor, example_id)
    act = state.asked(PAGE)
    if act.verb:
        try:
            view = perform(ws, actor, view, tools, act)
        except CurationError as error:
            show_error(error)
    _draw(actor, view, tools, conflicts)
    if not act.verb.startswith("ask_") and rail.is_outdated(PAGE, view):
        st.rerun()


def _take_typed(ws: Workspace, actor: Actor, example_id: str) -> tuple[ExampleView, tuple[Conflict, ...]]:
    """Text handed over by the fields, and drafts that reached the server only, become a revision."""
    handed: dict[str, Typed] = {}
    nonce = uuid.uuid4().hex
    for key, pointer in _DRAWN.of(example_id).get().items():
        commit = take_commit(key)
        if commit is not None:
            handed[pointer] = Typed(commit.text, commit.base_rev)
            nonce = commit.nonce
    before = writing.open_example(ws, example_id)
    own = frozenset(OWN.of(example_id).get())
    settled = settling.settle(ws, actor, example_id, handed, own_revs=own, nonce=nonce)
    remember(before, settled.view)
    return settled.view, settled.conflicts


def _draw(actor: Actor, view: ExampleView, tools: dict[str, Tool], conflicts: tuple[Conflict, ...]) -> None:
    scene = Scene(
        example_id=view.id,
        example=view.example,
        ids=name_turns(view.id, view.head_rev, view.example),
        judged=view.judged,
        tools=tools,
        claim=Claim(actor.person_id, view.project_id, settling.KIND, view.id, "", view.head_rev),
        is_editable=view.state in EDITABLE,
        page=PAGE,
        selected=SELECTED.of(view.id).get(),
        focus=FOCUS.get(),
    )
    desk_head(view)
    draw_conflicts(view, conflicts)
    conversation, inspector = st.columns([11, 9], gap="medium")
    with conversation, st.container(height=DESK_HEIGHT_PX, border=False, gap="small"):
        draw_conversation(scene)
        if scene.is_editable:
            add_bar(bool(tools))
    with inspector, st.container(height=DESK_HEIGHT_PX, border=True, gap="small"):
        draw_inspector(scene)
    _DRAWN.of(view.id).set(dict(scene.fields))
    action_bar(view)
