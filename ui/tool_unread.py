"""What was typed into a tool's form and could not be taken: it stands in its field, with the reason, until mended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import streamlit as st

from curation.errors import CurationError
from curation.services import tool_desk
from curation.services.people import local_actor
from curation.services.tool_desk import Desk, Unread
from ui.session import workspace
from ui.state import Slot
from ui.text import plain
from ui.tool_place import SCHEMAS, Place, desk_at, field_key, place_of

UNREAD: Slot[dict[str, Unread]] = Slot("catalogue.unread", {})
"""What was typed and could not be taken, by widget key; read from the drafts on every run."""


def show_unread(desk: Desk) -> None:
    """Call it before the form is drawn: what could not be taken stands in its field until it is mended."""
    UNREAD.set({_widget_of(desk, one): one for one in desk.unread})


def _widget_of(desk: Desk, unread: Unread) -> str:
    """The key of the widget a refused text stands in."""
    if unread.schema not in SCHEMAS:
        return unread.key
    return field_key(place_of(desk, unread.schema), unread.field, unread.pointer)


def hold(key: str, value: Any) -> None:
    """Make a widget show a value that may have changed elsewhere; call it before drawing the widget."""
    unread = UNREAD.get().get(key)
    shown = value if unread is None else unread.text
    if st.session_state.get(key, _NOTHING) != shown:
        st.session_state[key] = shown


_NOTHING = object()


def show_refusal(key: str) -> None:
    """Under a field: why its text was not taken."""
    unread = UNREAD.get().get(key)
    if unread is not None:
        st.markdown(f":small[:red[:material/error: {plain(unread.why)}]]")


class Slip(NamedTuple):
    """Where a text that cannot be taken is kept."""

    field: str
    title: str
    pointer: str = ""
    schema: str = ""


def take(place: Place, key: str, typed: str, slip: Slip | None, write: Callable[[], None], kept_as: str = "") -> None:
    """Write what was typed; a text that is refused is kept, with the reason, and stands in its field.

    `kept_as` is the draft a live field has saved it in meanwhile.
    """
    ws = workspace()
    actor = local_actor(ws)
    try:
        write()
    except CurationError as error:
        if slip is not None and typed.strip():
            refused = _unread(key, typed, slip, str(error))
            tool_desk.refuse_text(ws, actor, desk_at(place), kept_as or refused.kept_as, refused)
        return
    if slip is not None:
        tool_desk.drop_unread(ws, actor, place.object_id, _unread(key, typed, slip))


def _unread(key: str, typed: str, slip: Slip, why: str = "") -> Unread:
    return Unread(slip.field, key, slip.title, typed, why, slip.schema, slip.pointer)
