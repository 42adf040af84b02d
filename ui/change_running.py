"""Acts over many examples as they run: begun, watched, stopped, told of, and taken back."""

from __future__ import annotations

import uuid

import streamlit as st

from curation.model.people import Actor
from curation.services import bulk, bulk_running
from curation.services.bulk_changes import BulkAct, BulkChange
from curation.services.bulk_views import APPLYING, PLANNED, RETURNING, UNDONE, BulkView, Selection
from curation.services.workspace import Workspace
from ui import keys
from ui.errors import errors_shown
from ui.pulse import draw_pulse
from ui.state import NOTICE, Slot
from ui.text import count, plain

OPEN: Slot[bool] = Slot("examples.change.open", False)
"""Whether the panel beside the grid is open."""
AT_ONCE = 500
"""So many are changed while the page waits; more run in the background, with progress."""
EVERY_MS = 500
WORDS: dict[BulkAct, tuple[str, str, str]] = {
    BulkAct.SUBMIT: ("Submit for review", "Submit", "submitted"),
    BulkAct.ACCEPT: ("Accept", "Accept", "accepted"),
    BulkAct.REQUEST_CHANGES: ("Request changes", "Request changes of", "sent back"),
    BulkAct.ARCHIVE: ("Archive", "Archive", "archived"),
    BulkAct.RESTORE: ("Restore as drafts", "Restore", "restored"),
    BulkAct.ADD_TAG: ("Add a tag", "Tag", "tagged"),
    BulkAct.REMOVE_TAG: ("Remove a tag", "Untag", "untagged"),
    BulkAct.SET_GROUP: ("Set the group", "Group", "put into the group"),
    BulkAct.FIX: ("Apply the fix of a rule", "Mend", "mended"),
    BulkAct.RECHECK: ("Check again", "Check", "checked again"),
}
"""Act → how the list says it, the verb of its button, and what it says when it is done."""


def begin(
    ws: Workspace, actor: Actor, project_id: str, selection: Selection, change: BulkChange, n: int, nonce: str
) -> None:
    """Callback of the button: everything it means was decided when it was drawn."""
    with errors_shown():
        _run(ws, bulk.begin(ws, actor, project_id, selection, change, nonce=nonce), n)


def take_back(ws: Workspace, actor: Actor, batch_id: str, n: int, nonce: str) -> None:
    """Callback of Undo and Stop."""
    with errors_shown():
        _run(ws, bulk.take_back(ws, actor, batch_id, nonce=nonce), n)


def _run(ws: Workspace, batch_id: str, n: int) -> None:
    OPEN.set(value=True)
    if n > AT_ONCE:
        bulk_running.start(ws, batch_id)
        return
    NOTICE.set(say_done(bulk.run(ws, batch_id)))


def say_done(done: BulkView) -> str:
    word = "taken back" if done.state == UNDONE else WORDS[done.change.act][2]
    left = ", ".join(f"{n:,} because {plain(why)}" for why, n in done.left.items())
    stopped = f"; stopped: {plain(done.failed)}" if done.failed else ""
    return f"{done.n_changed:,} {word}" + (f"; left as they were: {left}" if left else "") + stopped


def draw_undo(ws: Workspace, actor: Actor, project_id: str) -> None:
    """Takes back this person's last act over many examples; nothing where there is none."""
    last = bulk.last_of(ws, actor.person_id, project_id)
    if last is None or not last.can_be_undone:
        return
    st.button(
        f"Undo: {count(last.n_changed, 'example')} {WORDS[last.change.act][2]}",
        key="examples.undo",
        type="tertiary",
        icon=":material/undo:",
        shortcut=keys.UNDO.shortcut,
        on_click=take_back,
        args=(ws, actor, last.id, last.n_changed, uuid.uuid4().hex),
    )


def draw_running(ws: Workspace, actor: Actor, running: BulkView) -> None:
    """Progress and a way to stop; it looks by itself until the act is over."""
    bulk_running.go_on(ws)
    st.fragment(_draw_progress)(ws, actor, running.id)


def _draw_progress(ws: Workspace, actor: Actor, batch_id: str) -> None:
    draw_pulse("change", batch_id, is_open=True, every_ms=EVERY_MS)
    now = bulk.view(ws, batch_id)
    if now.is_over:
        st.rerun()
    word = "Taking back" if now.state == RETURNING else WORDS[now.change.act][0]
    share = now.n_done / now.n_items if now.n_items else 0.0
    st.progress(min(share, 1.0), text=f"{word}: {now.n_done:,} of {now.n_items:,}")
    if now.state in (PLANNED, APPLYING):
        nonce = uuid.uuid4().hex
        st.button(
            "Stop and take back",
            key="examples.change.stop",
            on_click=take_back,
            args=(ws, actor, batch_id, now.n_items, nonce),
        )
    st.caption("This goes on when the tab is closed.")
