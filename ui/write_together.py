"""What the Write page does where several people meet: accept what a reviewer put right, close comments, merge."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from curation.model.people import Actor
from curation.services import merging, reviewing
from curation.services.workspace import Workspace
from curation.services.writing import ExampleView
from ui import state
from ui.merge_panel import IS_OPEN, choices_of
from ui.review_edit import BACK_TO_REVIEW, accept_edited, go_back
from ui.state import Act
from ui.write_copies import open_copy
from ui.write_memory import followed


def _close(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    reviewing.close_comment(ws, actor, act.at, is_closed=act.verb == "close_comment", nonce=act.nonce)
    return view


def _open_merge(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    IS_OPEN.set(view.id)
    return view


def _close_merge(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:  # noqa: ARG001
    IS_OPEN.clear()
    return view


def _merge(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    choices = choices_of(view.id, act.rev)
    after = merging.save_merge(ws, actor, view.id, act.rev, choices, seen=act.value, nonce=act.nonce)
    IS_OPEN.clear()
    followed(view, after, act)
    state.NOTICE.set(f"Merged and saved as revision {after.head_rev:,}")
    st.rerun()
    return after


def _copy_all(ws: Workspace, actor: Actor, view: ExampleView, act: Act) -> ExampleView:
    copy = merging.keep_as_copy(ws, actor, view.id, nonce=act.nonce)
    IS_OPEN.clear()
    state.NOTICE.set("Your text is in a copy, which is open now")
    return open_copy(copy, act)


TOGETHER: dict[str, Callable[[Workspace, Actor, ExampleView, Act], ExampleView]] = {
    "accept": accept_edited,
    BACK_TO_REVIEW: go_back,
    "close_comment": _close,
    "open_comment": _close,
    "open_merge": _open_merge,
    "close_merge": _close_merge,
    "merge": _merge,
    "copy_all": _copy_all,
}
