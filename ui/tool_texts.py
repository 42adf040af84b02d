"""The live text fields of a tool and of its parameters: each keeps what is typed and hands it over to the draft."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from curation.errors import CurationError
from curation.services import parameter_texts, tool_desk, tool_typing
from curation.services.parameter_forms import Line
from curation.services.parameter_texts import Spot
from curation.services.people import local_actor
from curation.services.row_texts import list_row_texts
from curation.services.tool_desk import Desk
from curation.services.tool_facts import NUMBERS, read_number
from ui import editor
from ui.json_caret import aim_of
from ui.session import workspace
from ui.state import Slot
from ui.text_order import keep_newest
from ui.tokens import Claim
from ui.tool_place import (
    DISCARDED,
    PART,
    SCHEMAS,
    Place,
    chosen_of,
    desk_at,
    field_key,
    follow_name,
    live_key,
    place_of,
)
from ui.tool_unread import UNREAD, Slip, show_refusal, take
from ui.uncut import uncut

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
_STEPS = {"errors": "an error", "samples": "a sample call"}
"""What undoing calls an edit of a row."""


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


def write_text(place: Place, field: str, text: str, what: str = "") -> None:
    """Keep the text of a field."""
    DISCARDED.of(place.project_id).clear()
    ws = workspace()
    tool_desk.write_field(ws, local_actor(ws), desk_at(place), field, text, what)


@uncut
def take_commits(place: Place) -> None:
    """Keep what the live editors of this page handed over; call it before an act and before drawing."""
    for field in LIVE_FIELDS:
        _take_commit(place, field, live_key(place, field), partial(write_text, place, field))
    for field in (*NUMBERS, *list_row_texts(desk_at(place).fields)):
        _take_commit(place, field, live_key(place, field), partial(_take_plain, place, field))
    for text in TEXTS.get():
        _take_commit(text.place, text.spot.kept_as, text.key, partial(_take_text, text))


def _take_commit(place: Place, field: str, key: str, save: Callable[[str], object]) -> None:
    commit = editor.read_commit(key)
    if commit is not None:
        claim = _claim(desk_at(place), field)
        keep_newest(claim, commit.typing, partial(save, commit.text), is_handed_over=True)
        editor.mark_handled(key, commit)


def _take_plain(place: Place, field: str, typed: str) -> None:
    """A text of a row, or a number: one that is none stays in its field with the reason."""
    rows, _, rest = field.partition("/")
    row_id, _, part = rest.partition("/")
    number, what = part or field, _STEPS.get(rows, "")
    if number not in (*NUMBERS, "wait"):
        write_text(place, field, typed, what)
        return

    def write() -> None:
        read_number(number, typed)
        write_text(place, field, typed.strip(), what)

    slip = Slip("wait", "the wait of an error", row_id, rows) if part else Slip(field, NUMBERS[field].lower())
    take(place, live_key(place, field), typed, slip, write, kept_as=field)


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
    if DRAWN.get() != place:
        _take_left_numbers(place)
    if not _is_known(place):
        _choose_last(place)
    DRAWN.set(place)
    FORM.clear()


def _take_left_numbers(place: Place) -> None:
    """Numbers that were typed and never handed over, as where the tab was closed in the middle of one."""
    for draft in desk_at(place).read:
        if draft.field in NUMBERS or draft.field.endswith("/wait"):
            _take_plain(place, draft.field, draft.text)


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


def draw_number(desk: Desk, field: str, label: str, placeholder: str) -> None:
    """The live editor of a number of the tool."""
    _draw(desk, field, desk.fields[field], label, "line", placeholder)


def draw_row_text(desk: Desk, field: str, text: str, label: str, placeholder: str, mode: str = "line") -> None:
    """The live editor of one text of an error or a sample call."""
    _draw(desk, field, text, label, mode, placeholder)


def _draw(desk: Desk, field: str, value: str, label: str, mode: str, placeholder: str) -> None:
    key, aim = live_key(place_of(desk), field), aim_of(desk.object_id, field)
    unread = UNREAD.get().get(key)
    editor.draw(
        editor.Field(
            key=key,
            label=label,
            value=value if unread is None else unread.text,
            claim=_claim(desk, field),
            mode=mode,  # type: ignore[arg-type]  # one of its words, by the table above
            placeholder=placeholder,
            is_label_visible=True,
            is_checked_live=mode == "json",
            findings=None if mode == "json" else (),
            focus=aim.word,
            caret=aim.caret,
            is_brief=field == "parameters",
        )
    )
    show_refusal(key)


def _claim(desk: Desk, field: str) -> Claim:
    person_id = local_actor(workspace()).person_id
    return Claim(person_id, desk.project_id, tool_desk.KIND, desk.object_id, field, desk.base_revision)
