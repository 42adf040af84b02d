"""The queues of the place Examples, each with its count, and the views a person keeps."""

from __future__ import annotations

import uuid
from functools import partial

import streamlit as st

from curation.model.filters import ExampleFilter, Special
from curation.model.people import Actor
from curation.model.states import GONE, ExampleState
from curation.services import browsing, saved_views
from curation.services.browsing import Queues
from curation.services.saved_views import SavedView
from curation.services.workspace import Workspace
from ui import keys, list_filter
from ui.errors import errors_shown
from ui.list_filter import current, put
from ui.popovers import CLOSING, popover
from ui.queues import CANDIDATES
from ui.rail_choice import Row, draw_choice
from ui.state import NOTICE, Slot
from ui.text import plain

PAGE = "examples"
ALL, OTHER = "all", "other"
QUEUES: dict[str, tuple[str, ExampleState | Special]] = {
    "candidate": (CANDIDATES, ExampleState.CANDIDATE),
    "draft": ("Drafts", ExampleState.DRAFT),
    "submitted": ("Submitted", ExampleState.SUBMITTED),
    "changes_requested": ("Changes requested", ExampleState.CHANGES_REQUESTED),
    "accepted": ("Accepted", ExampleState.ACCEPTED),
    "rejected": ("Rejected", ExampleState.REJECTED),
    "archived": ("Archived", ExampleState.ARCHIVED),
    "repair": ("To repair", Special.REPAIR),
    "second": ("Second look", Special.SECOND_LOOK),
    "differ": ("Judged differently", Special.DIFFER),
}
"""Name of a queue → its word, and the state or list behind it."""
ALWAYS = ("candidate", "draft", "submitted", "changes_requested", "accepted", "archived")
"""Queues that are offered when they are empty too."""
_QUEUE: Slot[str] = Slot("examples.queue", ALL)
_SHOWN: Slot[str] = Slot("examples.queue.shown", ALL)
"""The queue that was drawn last: another one in `_QUEUE` is what a person has picked since."""
_OPENED: Slot[str] = Slot("examples.opened", "")
"""The project whose first view has been opened in this tab."""


def draw_queues(ws: Workspace, project_id: str) -> None:
    """The queues as one radio group; the filter goes along from one to the next."""
    counts = browsing.count_queues(ws, project_id)
    if _QUEUE.get() != _SHOWN.get():
        _open(_QUEUE.get())
    chosen = _name_of(current(PAGE))
    labels = {ALL: f"All in work {sum(n for state, n in counts.states.items() if state not in GONE):,}"}
    for name, (word, _) in QUEUES.items():
        n = _count(counts, name)
        if n or name in ALWAYS or name == chosen:
            labels[name] = f"{word} {n:,}"
    if chosen == OTHER:
        labels[OTHER] = list_filter.queue_words(current(PAGE)).capitalize()
    _QUEUE.set(chosen)
    _SHOWN.set(chosen)
    draw_choice("Queue", [Row(*one) for one in labels.items()], key="examples.queues", kept=_QUEUE)


def _open(name: str) -> None:
    if name == OTHER:
        return
    behind = QUEUES[name][1] if name in QUEUES else None
    states = (behind,) if isinstance(behind, ExampleState) else ()
    list_filter.change(PAGE, states=states, special=behind if isinstance(behind, Special) else None)


def _name_of(wanted: ExampleFilter) -> str:
    if wanted.special is not None and not wanted.states:
        return wanted.special.value
    if wanted.special is None and len(wanted.states) == 1:
        return wanted.states[0].value
    return OTHER if wanted.states else ALL


def _count(counts: Queues, name: str) -> int:
    behind = QUEUES[name][1]
    return counts.specials[behind] if isinstance(behind, Special) else counts.states[behind.value]


def open_first_view(ws: Workspace, actor: Actor, project_id: str) -> None:
    """The view a person has chosen for that opens by itself, once a tab, unless the address asks for something."""
    if _OPENED.get() == project_id:
        return
    _OPENED.set(project_id)
    if current(PAGE) != ExampleFilter():
        return
    first = next((one for one in saved_views.list_views(ws, actor.person_id, project_id) if one.is_first), None)
    if first:
        put(PAGE, first.filter)


def draw_views(ws: Workspace, actor: Actor, project_id: str) -> None:
    """Open, keep, rename and forget views."""
    views = saved_views.list_views(ws, actor.person_id, project_id)
    with popover("Views", key="examples.views", opens=keys.VIEWS, icon=":material/bookmark:"):
        if not views:
            st.caption("A view is a name for what the list is narrowed to. Only you see yours.")
        for view in views:
            _draw_view(ws, actor, project_id, view)
        st.text_input("Keep this list as", key="examples.view.name", max_chars=saved_views.LONGEST_NAME)
        st.button(
            "Keep",
            key="examples.view.keep",
            icon=":material/bookmark_add:",
            on_click=_keep,
            args=(ws, actor, project_id, uuid.uuid4().hex),
        )


def _draw_view(ws: Workspace, actor: Actor, project_id: str, view: SavedView) -> None:
    key = f"examples.view.{view.name}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        star = " :material/star:" if view.is_first else ""
        st.button(
            f"{plain(view.name)}{star}",
            key=f"{CLOSING}{key}",
            type="tertiary",
            on_click=put,
            args=(PAGE, view.filter),
        )
        st.space("stretch")
        act = partial(_act, ws, actor, project_id, view)
        nonce = uuid.uuid4().hex
        first = "Do not open it first" if view.is_first else "Open it first"
        st.button(
            "",
            key=f"{key}.first",
            type="tertiary",
            icon=":material/star:",
            help=first,
            on_click=act,
            args=("first", nonce),
        )
        st.button(
            "",
            key=f"{key}.rename",
            type="tertiary",
            icon=":material/edit:",
            help="Give it the name in the field below",
            on_click=act,
            args=("rename", nonce),
        )
        st.button(
            "",
            key=f"{key}.delete",
            type="tertiary",
            icon=":material/delete:",
            help="Forget it",
            on_click=act,
            args=("delete", nonce),
        )


def _keep(ws: Workspace, actor: Actor, project_id: str, nonce: str) -> None:
    with errors_shown():
        name = str(st.session_state.get("examples.view.name") or "")
        kept = saved_views.save_view(ws, actor, project_id, name, current(PAGE), nonce=nonce)
        st.session_state["examples.view.name"] = ""
        NOTICE.set(f"{plain(kept.name)} is kept")


def _act(ws: Workspace, actor: Actor, project_id: str, view: SavedView, verb: str, nonce: str) -> None:
    with errors_shown():
        if verb == "first":
            saved_views.open_first(ws, actor, project_id, "" if view.is_first else view.name, nonce=nonce)
        elif verb == "rename":
            name = str(st.session_state.get("examples.view.name") or "")
            saved_views.rename_view(ws, actor, project_id, view.name, name, nonce=nonce)
            st.session_state["examples.view.name"] = ""
        else:
            saved_views.delete_view(ws, actor, project_id, view.name, nonce=nonce)
            NOTICE.set(f"{plain(view.name)} is forgotten; no example was touched")
