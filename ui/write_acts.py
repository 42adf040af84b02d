"""What the buttons of the Write page do: edits become a revision, everything else calls its one service."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation.model.definition import Tool
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.services import cataloguing, deciding, varying, writing
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import dialogs, rail, state
from ui.call_card import flip_view
from ui.edits import EDITS, Desk
from ui.places import call_of, turn_of
from ui.state import Act, Slot
from ui.turns import carry_turns, name_turns

PAGE = "write"
OWN: Slot[tuple[int, ...]] = Slot("write.own", ())
"""The revisions this tab made."""
SELECTED: Slot[str] = Slot("write.selected", "")
FOCUS: Slot[str] = Slot("write.focus", "")
LAST: Slot[tuple[str, int]] = Slot("write.last", ("", 0))
"""The example this tab submitted or put away last and its revision, while nothing else was edited."""


def published_tools(ws: Workspace, project_id: str) -> dict[str, Tool]:
    """Name → tool of the current catalogue; {} before the first is published."""
    catalogue = cataloguing.current_catalogue(ws, project_id)
    return {tool.name: tool for tool in catalogue.tools} if catalogue else {}


def remember(before: ExampleView, after: ExampleView) -> None:
    """Carry the tab's names for turns over a revision it made."""
    if after.head_rev == before.head_rev:
        return
    name_turns(before.id, before.head_rev, before.example)
    carry_turns(before.id, before.example, after.head_rev, after.example)
    slot = OWN.of(after.id)
    slot.set((*slot.get(), after.head_rev)[-100:])


def perform(ws: Workspace, actor: Actor, view: ExampleView, tools: dict[str, Tool], act: Act) -> ExampleView:
    ids = name_turns(view.id, view.head_rev, view.example)
    if act.verb in EDITS:
        LAST.clear()
        example = EDITS[act.verb](Desk(view.example, ids, tools, view.judged), act)
        after = view
        if example != view.example:
            after = writing.save_example(
                ws, actor, view.id, view.head_rev, example, why=act.verb.replace("_", " "), nonce=act.nonce
            )
            remember(view, after)
        _look_at(view, after, act)
        return after
    return _OTHER[act.verb](ws, actor, view, act)


def _look_at(before: ExampleView, after: ExampleView, act: Act) -> None:
    """Move the cursor or the inspector to what an edit added."""
    old = set(name_turns(before.id, before.head_rev, before.example)) if after is before else None
    ids = name_turns(after.id, after.head_rev, after.example)
    if old is not None or len(after.example.messages) <= len(before.example.messages):
        return
    at = {"add_system": 0}.get(act.verb, len(ids) - 1)
    if act.verb in ("add_user", "add_answer", "add_system"):
        FOCUS.set(f"{ids[at]} {act.nonce}")
    if act.verb in ("add_call", "add_answer"):
        SELECTED.of(after.id).set(ids[at])


def _select(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    SELECTED.of(view.id).set(act.at)
    return view


def _next_error(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    """Open the call, or put the cursor into the text, where the next error stands."""
    errors = [one for one in view.judged if one.severity is Severity.ERROR] or list(view.judged)
    ids = name_turns(view.id, view.head_rev, view.example)
    places = [place for one in errors if (place := _place(one.finding.at, ids))]
    if not places:
        return view
    slot = SELECTED.of(view.id)
    at = places.index(slot.get()) + 1 if slot.get() in places else 0
    slot.set(places[at % len(places)])
    if "/" not in slot.get():
        FOCUS.set(f"{slot.get()} {act.nonce}")
    return view


def _place(at: str, ids: tuple[str, ...]) -> str:
    turn, call = turn_of(at), call_of(at)
    if turn is None or turn >= len(ids):
        return ""
    return ids[turn] if call is None else f"{ids[turn]}/{call}"


def _submit(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    after = writing.submit(ws, actor, view.id, act.rev, nonce=act.nonce)
    LAST.set((view.id, after.head_rev))
    state.NOTICE.set("Submitted for review; Alt+Z takes it back")
    state.EXAMPLE.set(rail.following(PAGE, view.id) or view.id)
    st.rerun()
    return after


def _undo(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """Take back the submission this tab just made, else the last save or step of the open example."""
    target, rev = LAST.take()
    if not target:
        target, rev = view.id, act.rev
    after = writing.undo_last(ws, actor, target, rev, nonce=act.nonce)
    if target != view.id:
        state.EXAMPLE.set(target)
        st.rerun()
    remember(view, after)
    return after


def _keep(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    found = dialogs.finding_named(view.judged, act.at)
    after = writing.waive(ws, actor, view.id, view.head_rev, found, act.value, nonce=act.nonce)
    remember(view, after)
    return after


def _ask_keep(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    dialogs.keep_anyway(dialogs.finding_named(view.judged, act.at), act.at)
    return view


def _ask_near_miss(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    varying.near_miss(view.example, "tool_removed")
    dialogs.near_miss()
    return view


def _near_miss(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    kind = next(one for one in varying.NEAR_MISSES if one == act.value)
    copy = writing.new_example(ws, actor, view.project_id, varying.near_miss(view.example, kind), nonce=act.nonce)
    state.NOTICE.set("A near-miss copy is open; write its request and its answer")
    state.EXAMPLE.set(copy.id)
    st.rerun()
    return copy


def _ask_call(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    tools = published_tools(ws, view.project_id)
    dialogs.choose_tool(tools, act.at)
    return view


def _ask_failure(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    ids = name_turns(view.id, view.head_rev, view.example)
    desk = Desk(view.example, ids, published_tools(ws, view.project_id), view.judged)
    dialogs.choose_failure(desk, act.at)
    return view


def _ask_recovery(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """Failure and recovery before the chosen call, or the last turn that calls."""
    ids = name_turns(view.id, view.head_rev, view.example)
    chosen = SELECTED.of(view.id).get().partition("/")[0]
    calling = [ids[i] for i, message in enumerate(view.example.messages) if message.calls]
    at = chosen if chosen in calling else (calling or [""])[-1]
    return perform(ws, actor, view, {}, Act("recovery", at, "", act.nonce))


def _flip(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    flip_view()
    return view


def _use_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    after = deciding.use_mine(ws, actor, view.id, act.at, nonce=act.nonce)
    remember(view, after)
    st.rerun(scope="fragment")
    return after


def _copy_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    copy = deciding.keep_mine_as_copy(ws, actor, view.id, act.at, nonce=act.nonce)
    state.NOTICE.set("Your text is in a copy, which is open now")
    state.EXAMPLE.set(copy.id)
    st.rerun()
    return copy


def _drop_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    deciding.drop_mine(ws, actor, view.id, act.at)
    st.rerun(scope="fragment")
    return view


def _archive(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    after = writing.archive_example(ws, actor, view.id, nonce=act.nonce)
    LAST.set((view.id, after.head_rev))
    state.NOTICE.set("Put away; Alt+Z brings it back")
    state.EXAMPLE.set(rail.following(PAGE, view.id))
    st.rerun()
    return after


_OTHER: dict[str, Callable[[Workspace, Actor, ExampleView, Act], ExampleView]] = {
    "select": _select,
    "label": _select,
    "next_error": _next_error,
    "submit": _submit,
    "undo": _undo,
    "ask_keep": _ask_keep,
    "keep": _keep,
    "ask_near_miss": _ask_near_miss,
    "near_miss": _near_miss,
    "ask_call": _ask_call,
    "add_a_call_here": _ask_call,
    "make_it_fail": _ask_failure,
    "ask_recovery": _ask_recovery,
    "flip": _flip,
    "use_mine": _use_mine,
    "copy_mine": _copy_mine,
    "drop_mine": _drop_mine,
    "archive": _archive,
}
