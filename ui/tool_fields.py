"""Fields of a tool that save themselves: what a widget shows is always the draft on the server."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from curation.errors import CurationError
from curation.model.outline import Outline, lay_out
from curation.services import parameter_texts, tool_desk, tool_typing
from curation.services.parameter_forms import EMPTY, Line, open_form, split_pointer
from curation.services.parameter_texts import Spot
from curation.services.people import local_actor
from curation.services.tool_desk import Desk, Unread
from curation.services.weaving import weave
from ui import editor
from ui.json_caret import aim_of
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


Edit = Callable[[Outline, str, Any], Outline]
"""A schema, the pointer of the parameter and the field's value → the schema changed."""
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


class Text(NamedTuple):
    """A text field of a parameter that is on the screen."""

    key: str
    place: Place
    spot: Spot


TEXTS: Slot[tuple[Text, ...]] = Slot("catalogue.texts", ())
"""The text fields that may be on the screen: a run that is broken off leaves some of the run before there."""
FORM: Slot[tuple[Text, ...]] = Slot("catalogue.form", ())
"""Those this run has drawn so far."""
DRAWN: Slot[Place | None] = Slot("catalogue.drawn", None)
"""The tool that was on the desk last."""
SCHEMAS = ("parameters", "result_schema")


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


@uncut
def edit_schema(place: Place, key: str, pointer: str, edit: Edit, what: str = "", slip: Slip | None = None) -> None:
    """Callback of a form field: one edit of a parameter, as the schema stands on the server now."""
    value = st.session_state[key]
    take_commits(place)
    # The field may be that of a parameter which was renamed a moment ago, or is gone.
    now = tool_typing.follow(desk_at(place), place.schema, pointer) if pointer else ""
    if pointer and not now:
        return
    take(place, key, slip, lambda: apply(place, lambda outline: edit(outline, now, value), what))


def take(place: Place, key: str, slip: Slip | None, write: Callable[[], None]) -> None:
    """Run what a field's callback writes; a text that is refused is kept, with the reason, and stands in its field."""
    ws = workspace()
    actor = local_actor(ws)
    try:
        write()
    except CurationError as error:
        if slip is not None and str(st.session_state[key] or "").strip():
            tool_desk.keep_unread(ws, actor, desk_at(place), _unread(key, slip, str(error)))
        return
    if slip is not None:
        tool_desk.drop_unread(ws, actor, place.object_id, _unread(key, slip))


def _unread(key: str, slip: Slip, why: str = "") -> Unread:
    return Unread(slip.field, key, slip.title, str(st.session_state[key] or ""), why, slip.schema, slip.pointer)


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


def write_text(place: Place, field: str, text: str, what: str = "") -> None:
    """Keep the text of a field."""
    DISCARDED.of(place.project_id).clear()
    ws = workspace()
    tool_desk.write_field(ws, local_actor(ws), desk_at(place), field, text, what)


@uncut
def take_commits(place: Place) -> None:
    """Keep what the live editors of this page handed over; call it before an act and before drawing."""
    fields = list(LIVE_FIELDS)
    if SAMPLE.of(place.object_id).get():
        fields += [tool_desk.sample_field(SAMPLE.of(place.object_id).get(), part) for part in SAMPLE_LABELS]
    for field in fields:
        _take_commit(place, field, live_key(place, field), partial(write_text, place, field))
    for text in TEXTS.get():
        _take_commit(text.place, text.spot.kept_as, text.key, partial(_take_text, text))


def _take_commit(place: Place, field: str, key: str, save: Callable[[str], object]) -> None:
    commit = editor.read_commit(key)
    if commit is not None:
        claim = _claim(desk_at(place), field)
        keep_newest(claim, commit.typing, partial(save, commit.text), is_handed_over=True)
        editor.mark_handled(key, commit)


def take_left() -> None:
    """Before another tool comes on the desk: keep what the one that was there handed over."""
    drawn = DRAWN.get()
    if drawn is not None:
        with suppress(CurationError):
            take_commits(drawn)


def begin_texts(place: Place) -> None:
    """Call it before the desk is drawn: texts of fields that are no longer on the screen reach the schema."""
    ws = workspace()
    on_screen = {one.spot for one in TEXTS.get()} if DRAWN.get() == place else set()
    tool_typing.take_left(ws, local_actor(ws), desk_at(place), on_screen)
    if not _is_known(place):
        _choose_last(place)
    DRAWN.set(place)
    FORM.clear()


def end_texts() -> None:
    """Call it once the desk is drawn: no other text field is on the screen."""
    TEXTS.set(FORM.get())


def _is_known(place: Place) -> bool:
    """Whether this tab has had the tool on its desk before."""
    return any(chosen_of(Place(place.project_id, place.object_id, one)).get() for one in SCHEMAS)


def _choose_last(place: Place) -> None:
    """A tab opened anew goes on where typing stopped."""
    spot = tool_typing.last_typed(desk_at(place))
    if spot is None:
        return
    PART.of(place.object_id).set(spot.schema)
    chosen_of(Place(place.project_id, place.object_id, spot.schema)).set(spot.pointer)


def _take_text(text: Text, typed: str) -> None:
    DISCARDED.of(text.place.project_id).clear()
    ws = workspace()
    desk = desk_at(text.place)
    was = tool_typing.follow(desk, text.place.schema, text.spot.pointer)
    now = tool_typing.take_text(ws, local_actor(ws), desk, text.spot, typed)
    if was and now and was != now:
        follow_name(text.place, was, now)


def draw_text(
    place: Place,
    line: Line,
    field: str,
    label: str,
    *,
    mode: str = "line",
    placeholder: str = "",
    is_fresh: bool = False,
) -> None:
    """The live editor of one text field of a parameter."""
    spot = Spot(place.schema, field, line.pointer)
    key = field_key(place, field, line.pointer)
    desk = desk_at(place)
    unread = UNREAD.get().get(key)
    shown = "" if is_fresh else parameter_texts.show(spot, line)
    text = Text(key, place, spot)
    FORM.set((*FORM.get(), text))
    TEXTS.set((*(one for one in TEXTS.get() if one.key != key), text))
    editor.draw(
        editor.Field(
            key=key,
            label=label,
            value=shown if unread is None else unread.text,
            claim=_claim(desk, spot.kept_as),
            mode=mode,  # type: ignore[arg-type]  # `line` or `box`
            placeholder=placeholder,
            is_label_visible=True,
            is_checked_live=False,
        )
    )
    show_refusal(key)


def draw_live(desk: Desk, field: str, *, placeholder: str = "", label: str = "") -> None:
    """The live editor of one field."""
    mode, usual = LIVE_FIELDS[field]
    _draw(desk, field, desk.fields[field], label or usual, mode, placeholder)


def draw_sample_text(desk: Desk, row_id: str, part: str, text: str) -> None:
    """The live editor of the arguments or the result of a sample call."""
    _draw(desk, tool_desk.sample_field(row_id, part), text, SAMPLE_LABELS[part], "json", "{}")


def _draw(desk: Desk, field: str, value: str, label: str, mode: str, placeholder: str) -> None:
    place = place_of(desk)
    aim = aim_of(desk.object_id, field)
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
            focus=aim.word,
            caret=aim.caret,
        )
    )


def _claim(desk: Desk, field: str) -> Claim:
    person_id = local_actor(workspace()).person_id
    return Claim(person_id, desk.project_id, tool_desk.KIND, desk.object_id, field, desk.base_revision)


def live_key(place: Place, field: str) -> str:
    """Key of a field's editor."""
    return f"tool.{field.replace('/', '.')}.{place.object_id}"
