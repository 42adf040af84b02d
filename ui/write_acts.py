"""What the buttons of the Write page do: edits become a revision, everything else calls its one service."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import streamlit as st

from curation.model.definition import Tool
from curation.model.finding import Severity
from curation.model.people import Actor
from curation.services import cataloguing, deciding, varying, writing
from curation.services.text_fields import arguments_at, content_at
from curation.services.turn_edits import blank_example
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import dialogs, rail, state
from ui.call_card import flip_view
from ui.cursor import CALL, aim
from ui.decision_labels import label_at
from ui.edits import EDITS, Desk
from ui.state import Act, Slot
from ui.text import count
from ui.turns import carry_turns, name_turns
from ui.write_goals import PAGE, SELECTED, Step, follow_edit, go_to, place_of

OWN: Slot[tuple[int, ...]] = Slot("write.own", ())
"""The revisions this tab made."""
ERROR_AT: Slot[str] = Slot("write.error_at", "")
"""The place the last Next error led to."""
LEFT_OPEN: Slot[str] = Slot("write.left_open", "")
"""The value a near-miss copy must not say any more."""
ERROR_ICON = ":material/error:"
LAST: Slot[tuple[str, int]] = Slot("write.last", ("", 0))
"""The example this tab submitted or put away last and its revision, while nothing else was edited."""


def published_tools(ws: Workspace, project_id: str) -> dict[str, Tool]:
    """Name → tool of the current catalogue; {} before the first is published."""
    catalogue = cataloguing.current_catalogue(ws, project_id)
    return {tool.name: tool for tool in catalogue.tools} if catalogue else {}


def begin_example(ws: Workspace, actor: Actor, project_id: str) -> None:
    """Open a new conversation with every published tool, the cursor in its first turn."""
    definitions = tuple(tool.definition for tool in published_tools(ws, project_id).values())
    fresh = writing.new_example(ws, actor, project_id, blank_example(definitions), nonce=uuid.uuid4().hex)
    state.EXAMPLE.set(fresh.id)
    aim(content_at(0), fresh.id)


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
        follow_edit(_step(view, after, ids, act))
        return after
    return _OTHER[act.verb](ws, actor, view, act)


def _step(before: ExampleView, after: ExampleView, old: tuple[str, ...], act: Act) -> Step:
    return Step(act, before, after, old, name_turns(after.id, after.head_rev, after.example))


def _select(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    """Show a call, or the labels of a decision, and go there."""
    SELECTED.of(view.id).set(act.at)
    turn_id, _, index = act.at.partition("/")
    ids = name_turns(view.id, view.head_rev, view.example)
    if turn_id in ids:
        turn = ids.index(turn_id)
        aim(arguments_at(turn, int(index)) if index.isdigit() else label_at(turn), act.nonce)
    return view


def _next_error(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    """Go to the next error; without errors to the next finding."""
    found = [one for one in view.judged if one.severity is Severity.ERROR] or list(view.judged)
    places = list(dict.fromkeys(place_of(one.finding) for one in found))
    if places:
        slot = ERROR_AT.of(view.id)
        last = slot.get()
        slot.set(places[(places.index(last) + 1) % len(places)] if last in places else places[0])
        go_to(view, name_turns(view.id, view.head_rev, view.example), slot.get(), act.nonce)
    return view


def _submit(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """Hand over to review; with errors the cursor goes to the first instead."""
    errors = [one for one in view.judged if one.severity is Severity.ERROR]
    if errors:
        st.toast(f"Not submitted: {count(len(errors), 'error')} first", icon=":material/error:")
        ERROR_AT.of(view.id).clear()
        return _next_error(ws, actor, view, act)
    after = writing.submit(ws, actor, view.id, act.rev, nonce=act.nonce)
    LAST.set((view.id, after.head_rev))
    state.NOTICE.set("Submitted for review; Alt+Z takes it back")
    state.EXAMPLE.set(rail.following(PAGE, view.id) or view.id)
    aim("", act.nonce, is_forced=False)
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
        aim("", act.nonce, is_forced=False)
        st.rerun()
    return _followed(view, after, act)


def _followed(before: ExampleView, after: ExampleView, act: Act) -> ExampleView:
    """A revision that a service made: the tab knows it as its own, and the cursor follows."""
    old = name_turns(before.id, before.head_rev, before.example)
    remember(before, after)
    follow_edit(_step(before, after, old, act))
    return after


def _keep(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    LAST.clear()
    found = dialogs.finding_named(view.judged, act.at)
    return _followed(view, writing.waive(ws, actor, view.id, view.head_rev, found, act.value, nonce=act.nonce), act)


def _ask_keep(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    dialogs.keep_anyway(dialogs.finding_named(view.judged, act.at), act.at, act.nonce)
    return view


def _ask_near_miss(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    varying.near_miss(view.example, "tool_removed")
    dialogs.near_miss(act.nonce)
    return view


def _near_miss(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    kind = next(one for one in varying.NEAR_MISSES if one == act.value)
    copy = writing.new_example(ws, actor, view.project_id, varying.near_miss(view.example, kind), nonce=act.nonce)
    state.NOTICE.set("A near-miss copy is open; write its request and its answer")
    state.EXAMPLE.set(copy.id)
    if kind == "value_missing":
        LEFT_OPEN.of(copy.id).set(varying.value_left_open(view.example))
    aim(content_at(len(copy.example.messages) - 1), act.nonce)
    st.rerun()
    return copy


def _ask_call(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    tools = published_tools(ws, view.project_id)
    dialogs.choose_tool(tools, act.at, act.nonce)
    return view


def _ask_failure(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    ids = name_turns(view.id, view.head_rev, view.example)
    desk = Desk(view.example, ids, published_tools(ws, view.project_id), view.judged)
    dialogs.choose_failure(desk, act.at, act.nonce)
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
    aim(CALL, act.nonce)
    return view


def _use_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    after = deciding.use_mine(ws, actor, view.id, act.at, nonce=act.nonce)
    _followed(view, after, act)
    st.rerun(scope="fragment")
    return after


def _copy_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    copy = deciding.keep_mine_as_copy(ws, actor, view.id, act.at, nonce=act.nonce)
    state.NOTICE.set("Your text is in a copy, which is open now")
    state.EXAMPLE.set(copy.id)
    aim("", act.nonce, is_forced=False)
    st.rerun()
    return copy


def _drop_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    deciding.drop_mine(ws, actor, view.id, act.at)
    aim(f"/messages/{max(0, len(view.example.messages) - 1)}", act.nonce, is_forced=False)
    st.rerun(scope="fragment")
    return view


def _archive(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    after = writing.archive_example(ws, actor, view.id, nonce=act.nonce)
    LAST.set((view.id, after.head_rev))
    state.NOTICE.set("Put away; Alt+Z brings it back")
    state.EXAMPLE.set(rail.following(PAGE, view.id))
    aim("", act.nonce, is_forced=False)
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
