"""Steps of an example on the Write page: submitted, taken back, done again, kept, put away, decided."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation.model.finding import Severity
from curation.model.people import Actor
from curation.services import deciding, writing
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import dialogs, rail, state
from ui.cursor import aim
from ui.state import Act
from ui.text import count
from ui.turns import name_turns
from ui.write_goals import PAGE, go_to, place_of
from ui.write_memory import COPIED, ERROR_AT, LAST, followed


def _submit(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """Hand over to review; with errors the cursor goes to the first instead."""
    errors = [one for one in view.judged if one.severity is Severity.ERROR]
    if errors:
        st.toast(f"Not submitted: {count(len(errors), 'error')} first", icon=":material/error:")
        ERROR_AT.of(view.id).set(place_of(errors[0].finding))
        go_to(view, name_turns(view.id, view.head_rev, view.example), ERROR_AT.of(view.id).get(), act.nonce)
        return view
    after = writing.submit(ws, actor, view.id, act.rev, nonce=act.nonce)
    LAST.set((view.id, after.head_rev, after.seq))
    state.NOTICE.set("Submitted for review; Alt+Z takes it back")
    state.EXAMPLE.set(rail.following(PAGE, view.id) or view.id)
    aim("", act.nonce, is_forced=False)
    st.rerun()
    return after


def _undo(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """Take back the submission this tab just made, else the last act on the open example that still stands."""
    if COPIED.get()[:2] == (view.id, act.rev):
        return _put_copy_away(ws, actor, view, act)
    target, rev, seq = LAST.take()
    if target:
        after = writing.undo_last(ws, actor, target, rev, only=seq, nonce=act.nonce)
    else:
        after = writing.undo_last(ws, actor, view.id, act.rev, seen=int(act.at), nonce=act.nonce)
    if after.id != view.id:
        # Where a split was taken back, the first half is whole again and the second is put away.
        state.EXAMPLE.set(after.id)
        aim("", act.nonce, is_forced=False)
        st.rerun()
    return followed(view, after, act)


def _put_copy_away(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """A copy nobody has written in yet is undone as a whole; the example it was made from is open again."""
    _, _, original = COPIED.take()
    LAST.clear()
    after = writing.archive_example(ws, actor, view.id, nonce=act.nonce)
    state.NOTICE.set("The copy is put away")
    state.EXAMPLE.set(original)
    rail.reveal(PAGE)
    aim("", act.nonce, is_forced=False)
    st.rerun()
    return after


def _redo(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """Do again what was taken back last."""
    LAST.clear()
    return followed(view, writing.redo_last(ws, actor, view.id, act.rev, seen=int(act.at), nonce=act.nonce), act)


def _keep(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    LAST.clear()
    found = dialogs.finding_named(view.judged, act.at)
    return followed(view, writing.waive(ws, actor, view.id, view.head_rev, found, act.value, nonce=act.nonce), act)


def _archive(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    after = writing.archive_example(ws, actor, view.id, nonce=act.nonce)
    LAST.set((view.id, after.head_rev, after.seq))
    state.NOTICE.set("Put away; Alt+Z brings it back")
    state.EXAMPLE.set(rail.following(PAGE, view.id))
    aim("", act.nonce, is_forced=False)
    st.rerun()
    return after


def _restore(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """What was put away is work in hand again."""
    LAST.clear()
    after = writing.restore_example(ws, actor, view.id, nonce=act.nonce)
    rail.reveal(PAGE)
    st.rerun()
    return after


def _use_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    after = deciding.use_mine(ws, actor, view.id, act.at, nonce=act.nonce)
    followed(view, after, act)
    st.rerun(scope="fragment")
    return after


def _drop_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    deciding.drop_mine(ws, actor, view.id, act.at)
    aim(f"/messages/{max(0, len(view.example.messages) - 1)}", act.nonce, is_forced=False)
    st.rerun(scope="fragment")
    return view


STEPS: dict[str, Callable[[Workspace, Actor, ExampleView, Act], ExampleView]] = {
    "submit": _submit,
    "undo": _undo,
    "redo": _redo,
    "keep": _keep,
    "archive": _archive,
    "restore": _restore,
    "use_mine": _use_mine,
    "drop_mine": _drop_mine,
}
