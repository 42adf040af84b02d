"""Acts of the Write page that make a second example: near misses, copies, halves, and text kept apart."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import streamlit as st

from curation.model.people import Actor
from curation.services import copying, deciding, varying, writing
from curation.services.text_fields import content_at
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import rail, state
from ui.cursor import aim
from ui.state import Act
from ui.turns import name_turns
from ui.write_goals import PAGE
from ui.write_memory import COPIED, FRESH, LEFT_OPEN


def _near_miss(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    """A copy that calls nothing, in the group of the example it was made from: they share their request."""
    miss = varying.find_miss(view.example, act.value)
    made = varying.near_miss(view.example, miss)
    grouped = made if made.group else msgspec.structs.replace(made, group=view.id)
    copy = writing.new_example(ws, actor, view.project_id, grouped, nonce=act.nonce)
    state.NOTICE.set(_NEXT[miss.kind])
    LEFT_OPEN.of(copy.id).set(varying.value_left_open(view.example, miss.argument))
    last = len(copy.example.messages) - 1
    FRESH.of(copy.id).set(name_turns(copy.id, copy.head_rev, copy.example)[last:])
    return open_copy(copy, act, content_at(max(0, last - 1) if miss.kind == "request_changed" else last))


_NEXT: dict[varying.NearMiss, str] = {
    "tool_removed": "A near-miss copy without the tool is open; write its answer",
    "value_missing": "A near-miss copy is open; read its request, then ask for what is missing",
    "request_changed": "A near-miss copy is open; write its request and its answer",
}


def _duplicate(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    copy = copying.duplicate_example(ws, actor, view.id, nonce=act.nonce)
    COPIED.set((copy.id, copy.head_rev, view.id))
    state.NOTICE.set("A copy is open, in the group of its example; Alt+Z puts it away")
    return open_copy(copy, act, content_at(0))


def _split(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    ids = name_turns(view.id, view.head_rev, view.example)
    turn = ids.index(act.at) if act.at in ids else 0
    halves = copying.split_example(ws, actor, view.id, view.head_rev, turn, nonce=act.nonce)
    state.NOTICE.set(f"Split: the turns from turn {turn + 1} on are an example of their own, which is open now")
    return open_copy(halves.second, act, content_at(0))


def _copy_mine(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    copy = deciding.keep_mine_as_copy(ws, actor, view.id, act.at, nonce=act.nonce)
    state.NOTICE.set("Your text is in a copy, which is open now")
    return open_copy(copy, act)


def open_copy(copy: ExampleView, act: Act, at: str = "") -> ExampleView:
    """Show the new example, with the cursor where it is to be written, if anywhere."""
    state.EXAMPLE.set(copy.id)
    rail.reveal(PAGE)
    aim(at, act.nonce, is_forced=bool(at))
    st.rerun()
    return copy


COPIES: dict[str, Callable[[Workspace, Actor, ExampleView, Act], ExampleView]] = {
    "near_miss": _near_miss,
    "duplicate": _duplicate,
    "split": _split,
    "copy_mine": _copy_mine,
}
