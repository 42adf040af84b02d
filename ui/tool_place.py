"""Where a tab looks in the catalogue: which tool, part, parameter and field, and what their widgets are called."""

from __future__ import annotations

import uuid
from typing import NamedTuple

import streamlit as st

from curation.services import tool_desk
from curation.services.parameter_forms import split_pointer
from curation.services.people import local_actor
from curation.services.tool_desk import Desk
from ui.session import workspace
from ui.state import Slot


class Cursor(NamedTuple):
    """The field the cursor belongs to, and a word that is new for every move."""

    field: str = ""
    word: str = ""


CHOSEN: Slot[str] = Slot("catalogue.parameter", "")
"""Pointer of the parameter whose form is open, by tool."""
CURSOR: Slot[Cursor] = Slot("catalogue.cursor", Cursor())
FRESH: Slot[str] = Slot("catalogue.fresh", "")
"""Pointer of a parameter just added: its name is a stopgap, shown as a hint, and what is typed takes its place."""
HANDLES: Slot[dict[str, str]] = Slot("catalogue.handles", {})
"""Pointer → what a renamed parameter is called in the keys of its widgets, by tool and schema."""
PART: Slot[str] = Slot("catalogue.part", "parameters")
"""What the left of the desk shows, by tool: a schema, the errors or the sample calls."""
HELD: Slot[str] = Slot("catalogue.held", "")
"""New after every act, so that the focus it drops stays in the desk."""
DISCARDED: Slot[str] = Slot("catalogue.discarded", "")
"""Id of the new tool whose draft was discarded just now, by project: undoing brings it back."""
SAMPLE: Slot[str] = Slot("catalogue.sample", "")
"""Id of the sample call whose form is open, by tool."""
SCHEMAS = ("parameters", "result_schema")


class Place(NamedTuple):
    """Whose fields these are, and which of the tool's two schemas the form is about."""

    project_id: str
    object_id: str
    schema: str = "parameters"


def desk_at(place: Place) -> Desk:
    """The tool as it stands on the server now, with this person's drafts."""
    ws = workspace()
    return tool_desk.open_desk(ws, local_actor(ws), place.project_id, place.object_id)


def place_of(desk: Desk, schema: str = "parameters") -> Place:
    return Place(desk.project_id, desk.object_id, schema)


def field_key(place: Place, field: str, pointer: str = "") -> str:
    """Key of a widget of the form."""
    inside = "" if place.schema == "parameters" else f"{place.schema}."
    return f"tool.{field}.{place.object_id}.{inside}{_handle(place, pointer)}"


def _handle(place: Place, pointer: str) -> str:
    """What a parameter is called in keys: a new name must not make every field of its form another one."""
    handles = _handles(place).get()
    was = max((one for one in handles if f"{pointer}/".startswith(f"{one}/")), key=len, default=None)
    return pointer if was is None else handles[was] + pointer.removeprefix(was)


def _handles(place: Place) -> Slot[dict[str, str]]:
    return HANDLES.of(f"{place.object_id}.{place.schema}")


def _begin_handle(place: Place, pointer: str) -> None:
    """A new parameter shares no widget with a renamed one that had its name."""
    slot = _handles(place)
    held = slot.get()
    if pointer in held.values():
        slot.set(held | {pointer: f"{pointer}~{len(held)}"})


def follow_name(place: Place, was: str, now: str) -> None:
    """A parameter has another name: it stays the chosen one, and its widgets stay what they are."""
    slot = _handles(place)
    slot.set({**slot.get(), now: _handle(place, was)})
    if chosen_of(place).get() == was:
        chosen_of(place).set(now)
    if FRESH.get() == was:
        FRESH.clear()


def chosen_of(place: Place) -> Slot[str]:
    """Pointer of the line whose form is open."""
    return CHOSEN.of(place.object_id if place.schema == "parameters" else f"{place.object_id}.{place.schema}")


def show_parameter(place: Place, pointer: str, *, is_new: bool = False) -> None:
    """Callback of what leads to a parameter: open its form, the cursor in its first field."""
    if is_new:
        _begin_handle(place, pointer)
    FRESH.set(pointer if is_new else "")
    PART.of(place.object_id).set(place.schema)
    chosen_of(place).set(pointer)
    st.session_state.pop(field_key(place, "search"), None)
    field = "name" if split_pointer(pointer)[1] else "kind"
    move_cursor(field_key(place, field, pointer))


def move_cursor(key: str) -> None:
    """The next key belongs to this field."""
    CURSOR.set(Cursor(key, uuid.uuid4().hex))


def live_key(place: Place, field: str) -> str:
    """Key of a field's editor."""
    return f"tool.{field.replace('/', '.')}.{place.object_id}"
