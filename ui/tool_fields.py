"""Fields of a tool that save themselves: what a widget shows is always the draft on the server."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import msgspec
import streamlit as st

from curation.errors import CurationError
from curation.model.outline import Outline, lay_out
from curation.services import tool_desk
from curation.services.parameter_forms import EMPTY, open_form, split_pointer
from curation.services.people import local_actor
from curation.services.tool_desk import Desk, Unread
from curation.services.weaving import weave
from ui import editor
from ui.session import workspace
from ui.state import Slot
from ui.text import plain
from ui.text_order import keep_newest
from ui.tokens import Claim
from ui.uncut import uncut


class Cursor(NamedTuple):
    """The field the cursor belongs to, and a word that is new for every move."""

    field: str = ""
    word: str = ""


Edit = Callable[[Outline, Any], Outline]
CHOSEN: Slot[str] = Slot("catalogue.parameter", "")
"""Pointer of the parameter whose form is open, by tool."""
CURSOR: Slot[Cursor] = Slot("catalogue.cursor", Cursor())
FRESH: Slot[str] = Slot("catalogue.fresh", "")
"""Pointer of a parameter just added: its name is a stopgap, shown as a hint, and what is typed takes its place."""
RENAMED: Slot[tuple[str, str]] = Slot("catalogue.renamed", ("", ""))
"""Pointer a parameter had and has: a key pressed right after typing a name still means the parameter."""
PART: Slot[str] = Slot("catalogue.part", "parameters")
"""What the left of the desk shows, by tool: a schema, the errors or the sample calls."""
HELD: Slot[str] = Slot("catalogue.held", "")
"""New after every act, so that the focus it drops stays in the desk."""
SAMPLE: Slot[str] = Slot("catalogue.sample", "")
"""Id of the sample call whose form is open, by tool."""
UNREAD: Slot[dict[str, Unread]] = Slot("catalogue.unread", {})
"""What was typed and could not be taken, by widget key; read from the drafts on every run."""
LIVE_FIELDS = {
    "name": ("line", "Tool name"),
    "description": ("box", "Description, as a model reads it"),
    "parameters": ("json", "Parameters as JSON"),
    "policy": ("box", "When it may be called"),
    "approval": ("line", "When a person must confirm first"),
    "approver": ("line", "Who confirms"),
    "forbidden_roles": ("line", "Never on behalf of (roles, with commas)"),
    "result_schema": ("json", "Schema of the result"),
}
"""Field → how the live editor shows it, and its label."""
SAMPLE_LABELS = {"arguments": "Arguments as JSON", "result": "Result as JSON"}


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
    return f"tool.{field}.{place.object_id}.{inside}{pointer}"


def chosen_of(place: Place) -> Slot[str]:
    """Pointer of the line whose form is open."""
    return CHOSEN.of(place.object_id if place.schema == "parameters" else f"{place.object_id}.{place.schema}")


def follow_rename(pointer: str) -> str:
    """Where a pointer of the page before leads now."""
    was, now = RENAMED.get()
    return now + pointer.removeprefix(was) if was and (pointer == was or pointer.startswith(f"{was}/")) else pointer


def show_parameter(place: Place, pointer: str, *, is_new: bool = False) -> None:
    """Callback of what leads to a parameter: open its form, the cursor in its first field."""
    FRESH.set(pointer if is_new else "")
    PART.of(place.object_id).set(place.schema)
    chosen_of(place).set(pointer)
    st.session_state.pop(field_key(place, "search"), None)
    field = "name" if split_pointer(pointer)[1] else "kind"
    move_cursor(field_key(place, field, pointer))


def move_cursor(key: str) -> None:
    """The next key belongs to this field."""
    CURSOR.set(Cursor(key, uuid.uuid4().hex))


def show_unread(desk: Desk) -> None:
    """Call it before the form is drawn: what could not be taken stands in its field until it is mended."""
    UNREAD.set({one.key: one for one in desk.unread})


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
    """Where a text that cannot be taken is kept, and what of it can."""

    field: str
    title: str
    pointer: str = ""
    schema: str = ""
    readable: Callable[[Outline, str], str] | None = None
    """The lines that can be taken, where a field holds one value a line."""


@uncut
def edit_schema(place: Place, key: str, edit: Edit, what: str = "", slip: Slip | None = None) -> None:
    """Callback of a form field: one edit of the schema as it stands on the server now."""
    value = st.session_state[key]

    def write() -> None:
        apply(place, lambda outline: edit(outline, value), what)

    def salvage() -> None:
        _take_lines(place, edit, slip, str(value), what)

    take(place, key, slip, write, salvage)


def _take_lines(place: Place, edit: Edit, slip: Slip | None, typed: str, what: str) -> None:
    """Of a field with one value a line, the lines that can be taken reach the schema all the same."""
    if slip is None or slip.readable is None:
        return
    readable = slip.readable
    with suppress(CurationError):
        apply(place, lambda outline: edit(outline, readable(outline, typed)), what)


def take(
    place: Place, key: str, slip: Slip | None, write: Callable[[], None], salvage: Callable[[], None] | None = None
) -> None:
    """Run what a field's callback writes; a text that is refused is kept, with the reason, and stands in its field."""
    ws = workspace()
    actor = local_actor(ws)
    # A field of a parameter that was renamed or removed a moment ago may still fire; it is refused like any other slip.
    try:
        write()
    except CurationError as error:
        if salvage is not None:
            salvage()
        if slip is not None:
            tool_desk.keep_unread(ws, actor, desk_at(place), _unread(key, slip, str(error)))
        return
    if slip is not None:
        tool_desk.drop_unread(ws, actor, place.object_id, _unread(key, slip))


def carry_unread(place: Place, kept: tuple[Unread, ...], was: str, now: str) -> None:
    """What could not be taken in the fields of a parameter goes with it under its new name."""
    ws = workspace()
    actor = local_actor(ws)
    for one in kept:
        if one.schema == place.schema and one.field != "name" and f"{one.pointer}/".startswith(f"{was}/"):
            at = now + one.pointer.removeprefix(was)
            moved = msgspec.structs.replace(one, pointer=at, key=field_key(place, one.field, at))
            tool_desk.drop_unread(ws, actor, place.object_id, one)
            tool_desk.keep_unread(ws, actor, desk_at(place), moved)


def _unread(key: str, slip: Slip, why: str = "") -> Unread:
    return Unread(slip.field, key, slip.title, str(st.session_state[key] or ""), why, slip.schema, slip.pointer)


def apply(place: Place, edit: Callable[[Outline], Outline], what: str = "") -> None:
    """Edit the newest draft of the schema; the rest of its text stays to the letter."""
    take_commits(place)
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


def write_text(place: Place, field: str, text: str, what: str = "") -> None:
    """Keep the text of a field."""
    ws = workspace()
    tool_desk.write_field(ws, local_actor(ws), desk_at(place), field, text, what)


def take_commits(place: Place) -> None:
    """Keep what the live editors of this page handed over; call it before an act and before drawing."""
    fields = list(LIVE_FIELDS)
    if SAMPLE.of(place.object_id).get():
        fields += [tool_desk.sample_field(SAMPLE.of(place.object_id).get(), part) for part in SAMPLE_LABELS]
    for field in fields:
        key = live_key(place, field)
        commit = editor.read_commit(key)
        if commit is not None:
            save = partial(write_text, place, field, commit.text)
            keep_newest(_claim(desk_at(place), field), commit.typing, save, is_handed_over=True)
            editor.mark_handled(key, commit)


def draw_live(desk: Desk, field: str, *, placeholder: str = "", label: str = "") -> None:
    """The live editor of one field."""
    mode, usual = LIVE_FIELDS[field]
    _draw(desk, field, desk.fields[field], label or usual, mode, placeholder)


def draw_sample_text(desk: Desk, row_id: str, part: str, text: str) -> None:
    """The live editor of the arguments or the result of a sample call."""
    _draw(desk, tool_desk.sample_field(row_id, part), text, SAMPLE_LABELS[part], "json", "{}")


def _draw(desk: Desk, field: str, value: str, label: str, mode: str, placeholder: str) -> None:
    place = place_of(desk)
    editor.draw(
        editor.Field(
            key=live_key(place, field),
            label=label,
            value=value,
            claim=_claim(desk, field),
            mode=mode,  # type: ignore[arg-type]  # one of its words, by the table above
            placeholder=placeholder,
            is_label_visible=True,
            is_checked_live=mode == "json",
            findings=None if mode == "json" else (),
        )
    )


def _claim(desk: Desk, field: str) -> Claim:
    person_id = local_actor(workspace()).person_id
    return Claim(person_id, desk.project_id, tool_desk.KIND, desk.object_id, field, desk.base_revision)


def live_key(place: Place, field: str) -> str:
    """Key of a field's editor."""
    return f"tool.{field.replace('/', '.')}.{place.object_id}"
