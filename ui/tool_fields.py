"""Fields of a tool that save themselves: what a widget shows is always the draft on the server."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from curation.errors import CurationError
from curation.model.outline import Outline
from curation.services import tool_desk
from curation.services.parameter_forms import open_form, split_pointer, to_json
from curation.services.people import local_actor
from curation.services.tool_desk import Desk
from ui import editor
from ui.session import workspace
from ui.state import Slot
from ui.text import plain
from ui.text_order import keep_newest
from ui.tokens import Claim


class Cursor(NamedTuple):
    """The field the cursor belongs to, and a word that is new for every move."""

    field: str = ""
    word: str = ""
    is_selected: bool = False
    """What stands there is a stopgap: the next word typed replaces it."""


Edit = Callable[[Outline, Any], Outline]
CHOSEN: Slot[str] = Slot("catalogue.parameter", "")
"""Pointer of the parameter whose form is open, by tool."""
CURSOR: Slot[Cursor] = Slot("catalogue.cursor", Cursor())
HELD: Slot[str] = Slot("catalogue.held", "")
"""New after every act, so that the focus it drops stays in the desk."""
REFUSED: Slot[str] = Slot("catalogue.refused", "")
"""Why what was typed into a field was not taken, by widget key."""
LIVE_FIELDS = {
    "name": ("line", "Tool name"),
    "description": ("box", "Description, as a model reads it"),
    "parameters": ("json", "Parameters as JSON"),
    "policy": ("box", "When it may be called"),
    "approval": ("line", "When a person must confirm first"),
    "result_schema": ("json", "Schema of the result"),
    "errors": ("box", "Errors it can return, one a line"),
}
"""Field → how the live editor shows it, and its label."""


class Place(NamedTuple):
    """Whose fields these are."""

    project_id: str
    object_id: str


def show_parameter(object_id: str, pointer: str, *, is_new: bool = False) -> None:
    """Callback of what leads to a parameter: open its form, the cursor in its first field."""
    CHOSEN.of(object_id).set(pointer)
    field = "name" if split_pointer(pointer)[1] else "kind"
    CURSOR.set(Cursor(f"tool.{field}.{object_id}.{pointer}", uuid.uuid4().hex, is_selected=is_new))


def hold(key: str, value: Any) -> None:
    """Make a widget show a value that may have changed elsewhere; call it before drawing the widget."""
    if not REFUSED.of(key).get() and st.session_state.get(key, _NOTHING) != value:
        st.session_state[key] = value


_NOTHING = object()


def show_refusal(key: str) -> None:
    """Under a field: why its text was not taken."""
    sentence = REFUSED.of(key).get()
    if sentence:
        st.caption(f":red[:material/error: {plain(sentence)}]")


def edit_schema(place: Place, key: str, edit: Edit) -> None:
    """Callback of a form field: one edit of the schema as it stands on the server now."""
    value = st.session_state[key]
    refused = REFUSED.of(key)
    # A field of a parameter that was renamed or removed a moment ago may still fire; it is refused like any other slip.
    try:
        apply(place, lambda outline: edit(outline, value))
    except CurationError as error:
        refused.set(str(error))
    else:
        refused.clear()


def apply(place: Place, edit: Callable[[Outline], Outline]) -> None:
    """Edit the newest draft of the schema and keep the result."""
    take_commits(place)
    ws = workspace()
    actor = local_actor(ws)
    desk = tool_desk.open_desk(ws, actor, *place)
    changed = to_json(edit(open_form(desk.fields["parameters"])))
    tool_desk.write_field(ws, actor, desk, "parameters", changed)


def write_choice(place: Place, key: str, field: str) -> None:
    """Callback of a select box: keep the chosen word."""
    value = st.session_state[key]
    take_commits(place)
    ws = workspace()
    actor = local_actor(ws)
    tool_desk.write_field(ws, actor, tool_desk.open_desk(ws, actor, *place), field, str(value or ""))


def take_commits(place: Place) -> None:
    """Keep what the live editors of this page handed over; call it before an act and before drawing."""
    ws = workspace()
    actor = local_actor(ws)
    for field in LIVE_FIELDS:
        key = live_key(place, field)
        commit = editor.read_commit(key)
        if commit is not None:
            desk = tool_desk.open_desk(ws, actor, *place)
            keep_newest(
                _claim(desk, field), commit.typing, partial(tool_desk.write_field, ws, actor, desk, field, commit.text)
            )
            editor.mark_handled(key, commit)


def draw_live(desk: Desk, field: str, *, placeholder: str = "", label: str = "", focus: str = "") -> None:
    """The live editor of one field."""
    mode, usual = LIVE_FIELDS[field]
    place = Place(desk.project_id, desk.object_id)
    editor.draw(
        editor.Field(
            key=live_key(place, field),
            label=label or usual,
            value=desk.fields[field],
            claim=_claim(desk, field),
            mode=mode,  # type: ignore[arg-type]  # one of its words, by the table above
            placeholder=placeholder,
            is_label_visible=True,
            is_checked_live=mode == "json",
            findings=None if mode == "json" else (),
            focus=focus,
        )
    )


def _claim(desk: Desk, field: str) -> Claim:
    person_id = local_actor(workspace()).person_id
    return Claim(person_id, desk.project_id, tool_desk.KIND, desk.object_id, field, desk.base_revision)


def live_key(place: Place, field: str) -> str:
    """Key of a field's editor."""
    return f"tool.{field}.{place.object_id}"
