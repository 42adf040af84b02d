"""Edits of a tool's form: each is a draft of the schema at once, woven into the text as it stands on the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from curation.model.outline import Outline, lay_out
from curation.services import tool_desk, tool_typing
from curation.services.parameter_forms import EMPTY, open_form
from curation.services.people import local_actor
from curation.services.weaving import weave
from ui.session import workspace
from ui.tool_place import DISCARDED, Place, desk_at
from ui.tool_texts import take_commits, write_text
from ui.tool_unread import Slip, take
from ui.uncut import uncut

Edit = Callable[[Outline, str, Any], Outline]
"""A schema, the pointer of the parameter and the field's value → the schema changed."""


@uncut
def edit_schema(place: Place, key: str, pointer: str, edit: Edit, what: str = "", slip: Slip | None = None) -> None:
    """Callback of a form field: one edit of a parameter, as the schema stands on the server now."""
    value = st.session_state[key]
    take_commits(place)
    # The field may be that of a parameter which was renamed a moment ago, or is gone.
    now = tool_typing.follow(desk_at(place), place.schema, pointer) if pointer else ""
    if pointer and not now:
        return
    take(place, key, str(value or ""), slip, lambda: apply(place, lambda outline: edit(outline, now, value), what))


def apply(place: Place, edit: Callable[[Outline], Outline], what: str = "") -> None:
    """Edit the newest draft of the schema; the rest of its text stays to the letter."""
    take_commits(place)
    DISCARDED.of(place.project_id).clear()
    ws = workspace()
    desk = desk_at(place)
    text = desk.fields[place.schema]
    text = text if text.strip() else lay_out(EMPTY)
    changed = weave(text, edit(open_form(text)))
    tool_desk.write_field(ws, local_actor(ws), desk, place.schema, changed, what)


@uncut
def write_choice(place: Place, key: str, field: str) -> None:
    """Callback of a select box: keep the chosen word."""
    value = str(st.session_state[key] or "")
    take_commits(place)
    write_text(place, field, value)
