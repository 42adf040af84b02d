"""The Write page's desk: one fragment that takes over typed text, performs the act, and draws the conversation."""

from __future__ import annotations

import uuid
from dataclasses import replace

import streamlit as st

from curation.errors import BlockedError, CurationError
from curation.model.definition import Tool
from curation.model.people import Actor
from curation.model.states import ExampleState
from curation.services import settling, varying, writing
from curation.services.projects import ProjectView
from curation.services.remarks import list_comments
from curation.services.settling import Conflict, Typed
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import rail, state
from ui.argument_menu import listen_to_menus
from ui.chat import draw_conversation, row_key
from ui.conflicts import draw_conflicts
from ui.cursor import AIM, aim, place_cursor
from ui.desk_style import bend_desk
from ui.editor import Commit, mark_handled, read_commit
from ui.errors import show_refusal
from ui.inspector import chosen_place, draw_inspector, handle_shown
from ui.opening import open_at_turn, show_opened
from ui.presses import MISSED, hold_presses, seen_at_press, show_seen
from ui.review_edit import BACK_TO_REVIEW
from ui.review_notes import fold_open_notes, notes_below
from ui.row_view import SHOWN, draw_row
from ui.scene import Scene
from ui.session import workspace
from ui.state import Act, Slot
from ui.text import say
from ui.tokens import Claim
from ui.turn_keys import listen_to_turns
from ui.turns import name_turns
from ui.uncut import in_turn
from ui.write_acts import perform, published_tools
from ui.write_bars import action_bar, add_bar, desk_head
from ui.write_goals import PAGE, SELECTED
from ui.write_memory import LAST, LEFT_OPEN, OWN, remember, unwritten_places
from ui.write_repair import draw_repair

_DRAWN: Slot[dict[str, str]] = Slot("write.fields", {})
"""Key → pointer of the text fields on the page."""
_TAKEN: Slot[tuple[str, ...]] = Slot("write.taken", ())
"""Origins of typed text that this tab has put into the example."""
MAX_TAKEN = 200
EDITABLE = frozenset(ExampleState) - {ExampleState.ARCHIVED}
DESK_HEIGHT_PX = 640
FREE = ("write.back", f"write.{BACK_TO_REVIEW}", "write.next", "write.keys")
"""Buttons that do nothing to the example on the desk."""
HANDS_ON = frozenset({"submit", "accept"})
"""Acts that pass the example on as it is stored; what the person typed must be in it by then."""


@st.fragment
def write_desk(ws: Workspace, actor: Actor, project: ProjectView, example_id: str) -> None:
    """One example being written."""
    tools = published_tools(ws, project.id)
    act = Act()
    view = writing.open_example(ws, example_id)
    conflicts: tuple[Conflict, ...] = ()
    refused = None
    try:
        view, conflicts = _take_typed(ws, actor, example_id)
        with in_turn():
            act = _asked(example_id)
            if act.verb:
                view = _performed(ws, actor, view, tools, act, conflicts)
        # Before drawing: the page is drawn once, whole, and not a second time for its list.
        if not conflicts and not act.verb.startswith("ask_") and rail.is_outdated(PAGE, view):
            st.rerun()
    except CurationError as error:
        refused = error
        # The person is told that it was not done; no later run does it all the same.
        _asked(example_id)
    _draw(actor, view, tools, conflicts, can_redo=writing.can_redo(ws, view.id))
    show_refusal(refused)
    hold_presses(PAGE, example_id, FREE)


def _asked(example_id: str) -> Act:
    """What was pressed, once; nothing where the desk showed another example at the press."""
    act, at_press = state.asked(PAGE), seen_at_press(PAGE)
    if act.verb and at_press not in ("", example_id):
        st.toast(MISSED, icon=":material/info:")
        return Act()
    return act


def _performed(
    ws: Workspace,
    actor: Actor,
    view: ExampleView,
    tools: dict[str, Tool],
    act: Act,
    conflicts: tuple[Conflict, ...],
) -> ExampleView:
    """The act done; refused, the cursor stays where it was last."""
    try:
        if conflicts and act.verb in HANDS_ON:
            raise BlockedError(
                "Not handed on: what you typed is not in the example yet.",
                hint="Settle the two texts first; Alt+Enter leads there.",
            )
        return perform(ws, actor, view, tools, _on_newest(act, view))
    except CurationError:
        aim(AIM.get().at, act.nonce, is_forced=False)
        raise


def _on_newest(act: Act, view: ExampleView) -> Act:
    """The act on the newest revision where this tab alone made those since; else on the one the person saw."""
    since = set(range(act.rev + 1, view.head_rev + 1)) if act.rev else set()
    return replace(act, rev=view.head_rev) if since <= set(OWN.of(view.id).get()) else act


def _take_typed(ws: Workspace, actor: Actor, example_id: str) -> tuple[ExampleView, tuple[Conflict, ...]]:
    """Text handed over by the fields, and drafts that reached the server only, become a revision.

    Whole: a run that was cut behind the save would leave a revision that the tab does not know as its own, and two runs
    at once would both save the text.
    """
    with in_turn():
        return _settle_typed(ws, actor, writing.open_example(ws, example_id))


def _settle_typed(ws: Workspace, actor: Actor, before: ExampleView) -> tuple[ExampleView, tuple[Conflict, ...]]:
    drawn = _DRAWN.of(before.id).get()
    commits = {key: commit for key in drawn if (commit := read_commit(key)) is not None}
    handed = [_typed(drawn[key], commit) for key, commit in commits.items()]
    taken = _TAKEN.of(before.id)
    # A fresh nonce each time: what is handed over twice is in the example by then, and what came beside it is not.
    settled = settling.settle(ws, actor, before.id, handed, taken=frozenset(taken.get()), nonce=uuid.uuid4().hex)
    for key, commit in commits.items():
        mark_handled(key, commit)
    taken.set((*taken.get(), *settled.taken)[-MAX_TAKEN:])
    remember(before, settled.view)
    if settled.view.head_rev != before.head_rev:
        LAST.clear()
    return settled.view, settled.conflicts


def _typed(pointer: str, commit: Commit) -> Typed:
    """Place and revision as the field knew them when it was left; the page may have drawn others since."""
    return Typed(commit.typing.origin(commit.at or pointer, commit.base_rev), commit.text)


def _draw(
    actor: Actor, view: ExampleView, tools: dict[str, Tool], conflicts: tuple[Conflict, ...], *, can_redo: bool
) -> None:
    ids = name_turns(view.id, view.head_rev, view.example)
    open_at_turn(view, ids)
    scene = Scene(
        example_id=view.id,
        example=view.example,
        ids=ids,
        judged=view.judged,
        tools=tools,
        claim=Claim(actor.person_id, view.project_id, settling.KIND, view.id, "", view.head_rev),
        is_editable=view.state in EDITABLE,
        page=PAGE,
        selected=SELECTED.of(view.id).get(),
        unwritten=unwritten_places(view),
    )
    scene.selected = handle_shown(scene)
    said = list_comments(workspace(), view.id, actor)
    scene.below = notes_below(said, PAGE)
    desk_head(view)
    draw_repair(view, is_editable=scene.is_editable)
    draw_conflicts(view, conflicts)
    fold_open_notes(view, said, PAGE)
    _draw_columns(view, scene)
    _DRAWN.of(view.id).set(dict(scene.fields))
    quiet = [one for one in view.judged if scene.is_quiet(one)]
    action_bar(view, quiet=quiet, can_redo=can_redo, is_settled=not conflicts)
    place_cursor(scene.spots)
    show_opened(view.id, scene.selected, row_key(scene, chosen_place(scene)[0] or 0))
    bend_desk()


def _draw_columns(view: ExampleView, scene: Scene) -> None:
    """The conversation beside its inspector; one under the other where the window is narrow."""
    with st.container(key="write-columns"):
        conversation, inspector = st.columns([11, 9], gap="medium")
    with conversation, st.container(height=DESK_HEIGHT_PX, border=False, gap="small", key="write-conversation"):
        _warn_of_value(view)
        draw_conversation(scene)
        if scene.is_editable:
            add_bar(bool(scene.tools))
    with conversation:
        show_seen(PAGE, view.id)
    with inspector, st.container(height=DESK_HEIGHT_PX, border=True, gap="small", key="write-inspector"):
        if SHOWN.get():
            draw_row(view, scene)
        else:
            draw_inspector(scene)
    if scene.is_editable:
        listen_to_turns(scene)
        listen_to_menus()


def _warn_of_value(view: ExampleView) -> None:
    """A near-miss copy that leaves a value open is no near miss while its request still says the value."""
    value = LEFT_OPEN.of(view.id).get()
    if varying.still_says(view.example, value):
        sentence = say("The request still says **{value}**, so nothing is missing yet: take it out.", value=value)
        st.warning(sentence, icon=":material/warning:")  # safe: made by say()
