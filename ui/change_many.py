"""Change many: which examples, what to do, what that would change and why not all; then do it, and undo it."""

from __future__ import annotations

import uuid

import msgspec
import streamlit as st

from curation.errors import CurationError
from curation.model.filters import ExampleFilter
from curation.model.people import Actor
from curation.services import bulk
from curation.services.browsing import Counted, ExamplePage
from curation.services.bulk_changes import NEEDS_VALUE, PERMISSIONS, BulkAct, BulkChange
from curation.services.bulk_preview import Preview, preview
from curation.services.bulk_views import Selection
from curation.services.filter_choices import Choices
from curation.services.roles import ALLOWED
from curation.services.workspace import Workspace
from ui import keys, list_filter, measuring
from ui.change_running import OPEN, WORDS, begin, draw_running, draw_undo, say_done
from ui.example_grid import selected
from ui.focus import focus_on
from ui.layout import card_title
from ui.state import Slot
from ui.text import count, plain

__all__ = ["BUTTON", "OPEN", "draw_panel", "draw_undo", "place_cursor", "turn"]

PAGE = "examples"
_TURNED: Slot[str] = Slot("examples.change.turned", "")
"""A new word whenever the panel is opened or closed: the cursor follows into it, and back to its button."""
WHICH, WHAT, BUTTON = "examples.change.which", "examples.change.act", "examples.change"
SELECTED, ON_PAGE, MATCHING = "selected", "page", "matching"


def turn(*, is_open: bool) -> None:
    """Callback: open the panel or close it."""
    OPEN.set(is_open)
    _TURNED.set(uuid.uuid4().hex)


def place_cursor() -> None:
    """Where the panel was opened or closed: into its first open question, or onto the button that opens it."""
    first = WHAT if selected() else f"{WHICH}.{False}"
    focus_on((first if OPEN.get() else BUTTON) if _TURNED.get() else "", _TURNED.get(), name="examples")


def draw_panel(
    ws: Workspace, actor: Actor, project_id: str, found: ExamplePage, counted: Counted, choices: Choices
) -> None:
    """The panel beside the grid."""
    with st.container(border=True):
        with card_title("Change many"):
            st.button(
                "Close",
                key="examples.change.close",
                type="tertiary",
                icon=":material/close:",
                on_click=turn,
                kwargs={"is_open": False},
            )
        last = bulk.last_of(ws, actor.person_id, project_id)
        if last is not None and not last.is_over:
            draw_running(ws, actor, last)
            return
        selection = _draw_which(found, counted)
        change = _draw_what(actor, choices)
        if selection is None:
            st.caption("Choose which examples first: tick their rows, or take them all above.")
        elif change is None:
            st.caption("Choose what to do; what it would change is counted before anything happens.")
        else:
            _draw_preview(ws, actor, project_id, selection, change)
        if last is not None:
            st.caption(f"Last: {say_done(last)}")  # safe: made of plain()


def _draw_which(found: ExamplePage, counted: Counted) -> Selection | None:
    """The rows that are ticked; without any nothing is chosen before the person says so."""
    ids = tuple(row.id for row in found.rows)
    number = f"{counted.n:,}" if counted.is_exact else f"more than {max(counted.n, len(ids)):,}"
    options = {ON_PAGE: f"The {len(ids)} on this page", MATCHING: f"All {number} that match"}
    if selected():
        options = {SELECTED: f"The {len(selected())} selected", **options}
    which = st.selectbox(
        "Which",
        list(options),
        index=0 if selected() else None,
        placeholder="Choose which examples",
        key=f"{WHICH}.{bool(selected())}",
        format_func=options.get,
    )
    if which is None:
        return None
    wanted = list_filter.current(PAGE)
    if which == MATCHING:
        return Selection(wanted)
    return Selection(wanted, selected() if which == SELECTED else ids)


def _draw_what(actor: Actor, choices: Choices) -> BulkChange | None:
    """What to do with them; nothing is chosen before the person says so."""
    allowed = [act for act in BulkAct if actor.roles & ALLOWED[PERMISSIONS[act]]]
    act = st.selectbox(
        "What",
        allowed,
        index=None,
        placeholder="Choose what to do",
        key=WHAT,
        format_func=lambda one: WORDS[one][0],
    )
    return BulkChange(act, _draw_value(act, choices)) if act else None


def _draw_value(act: BulkAct, choices: Choices) -> str:
    """What the act needs beside its name."""
    value: str | None = ""
    if act is BulkAct.REQUEST_CHANGES:
        value = st.text_area("What to change", key="examples.change.comment", height=90)
    elif act is BulkAct.FIX:
        rules = choices.rules
        value = st.selectbox(
            "Rule", list(rules), key="examples.change.rule", format_func=lambda one: rules.get(one, one)
        )
    elif act is BulkAct.SET_GROUP:
        value = st.text_input("Group", key="examples.change.group")
    elif act in NEEDS_VALUE:
        is_new_welcome = act is BulkAct.ADD_TAG
        value = st.selectbox(
            "Tag", list(choices.tags), key="examples.change.tag", index=None, accept_new_options=is_new_welcome
        )
    return value or ""


def _draw_preview(ws: Workspace, actor: Actor, project_id: str, selection: Selection, change: BulkChange) -> None:
    """How many change, how many cannot and why; then the button that does it."""
    try:
        seen = _counted(ws, actor, project_id, selection, change)
    except CurationError as error:
        st.caption(plain(error.hint or error.message))
        _draw_button(ws, actor, project_id, selection, change, 0)
        return
    upper = "up to " if seen.is_upper and seen.n_changing else ""
    st.markdown(f"**{upper}{count(seen.n_changing, 'example')}** of {seen.n_chosen:,} will change")
    with st.container(gap="xxsmall"):
        for at, reason in enumerate(seen.reasons):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.caption(f"{reason.n:,} {plain(reason.words)}", width="content")
                if reason.filter is not None:
                    _show_button(at, reason.filter)
        for cost in seen.costs:
            st.caption(f":material/warning: {plain(cost)}")
    _draw_button(ws, actor, project_id, seen.counted(selection), change, seen.n_changing)


def _counted(ws: Workspace, actor: Actor, project_id: str, selection: Selection, change: BulkChange) -> Preview:
    """Counted once for what is chosen, not at every draw: on a large project that takes a while."""
    asked = msgspec.json.encode((actor.person_id, project_id, selection, change)).decode()
    return measuring.once(("change many", asked), lambda: preview(ws, actor, project_id, selection, change))


def _show_button(at: int, wanted: ExampleFilter) -> None:
    st.button("Show", key=f"examples.change.show.{at}", type="tertiary", on_click=list_filter.put, args=(PAGE, wanted))


def _draw_button(
    ws: Workspace, actor: Actor, project_id: str, selection: Selection, change: BulkChange, n: int
) -> None:
    st.button(
        f"{WORDS[change.act][1]} {count(n, 'example')}",
        key="examples.change.do",
        type="primary",
        disabled=not n,
        shortcut=keys.NEXT_ACT.shortcut,
        on_click=begin,
        args=(ws, actor, project_id, selection, change, n, uuid.uuid4().hex),
    )
