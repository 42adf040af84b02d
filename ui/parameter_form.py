"""One parameter as a form; every change is a draft of the schema at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from curation.model.outline import Outline
from curation.services import enum_choices, parameter_entries
from curation.services import parameter_edits as edits
from curation.services.parameter_forms import (
    KINDS,
    Line,
    around,
    change,
    find,
    kind_of,
    pointer_to,
    split_pointer,
)
from ui import keys
from ui.layout import card_title
from ui.parameter_details import draw_details
from ui.state import ask
from ui.text import count, plain
from ui.tool_fields import (
    FRESH,
    RENAMED,
    Place,
    Slip,
    carry_unread,
    chosen_of,
    desk_at,
    edit_schema,
    field_key,
    hold,
    move_cursor,
    show_refusal,
)
from ui.uncut import uncut

PAGE = "catalogue"


def draw_line(place: Place, line: Line) -> None:
    """Every field of one parameter."""
    with card_title(line.label):
        if line.is_named:
            _required_toggle(place, line)
    left, right = st.columns([1, 2], gap="small")
    with left:
        _name_field(place, line)
        _kind_field(place, line)
    with right:
        _description_field(place, line)
    kind = kind_of(line.outline)
    if kind == "enum":
        _choices_field(place, line)
    if kind == "array":
        _items_field(place, line)
    draw_details(place, line)
    _say_hidden(line)
    _draw_acts(place, line)


def _required_toggle(place: Place, line: Line) -> None:
    key = field_key(place, "required", line.pointer)
    hold(key, line.is_required)

    def edit(outline: Outline, value: Any) -> Outline:
        return edits.set_required(outline, line.pointer, required=bool(value))

    st.toggle("Required", key=key, on_change=edit_schema, args=(place, key, edit, "a change of what is required"))


def _name_field(place: Place, line: Line) -> None:
    if not line.is_named:
        return
    parent, name = split_pointer(line.pointer)
    key = field_key(place, "name", line.pointer)
    is_fresh = FRESH.get() == line.pointer
    hold(key, "" if is_fresh else name)

    def edit(outline: Outline, value: Any) -> Outline:
        renamed = edits.rename_parameter(outline, line.pointer, str(value).strip())
        renamed_to = pointer_to(parent, str(value).strip())
        chosen_of(place).set(renamed_to)
        FRESH.clear()
        RENAMED.set((line.pointer, renamed_to))
        # Every field of the form is another one now: go on behind the name, where Tab would have gone.
        move_cursor(field_key(place, "kind", renamed_to))
        return renamed

    slip = Slip("name", f"the name of {name}", line.pointer, place.schema)

    @uncut
    def rename() -> None:
        kept = desk_at(place).unread
        edit_schema(place, key, edit, "a new name", slip)
        was, now = RENAMED.get()
        if was == line.pointer:
            carry_unread(place, kept, was, now)

    st.text_input("Name", key=key, placeholder=name, on_change=rename)
    show_refusal(key)


def _kind_field(place: Place, line: Line) -> None:
    key = field_key(place, "kind", line.pointer)
    kind = kind_of(line.outline)
    hold(key, kind)

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: edits.set_kind(node, str(value)))

    options = [*KINDS, *(["other"] if kind == "other" else [])]
    st.selectbox("Type", options, key=key, on_change=edit_schema, args=(place, key, edit, "another type"))


def _description_field(place: Place, line: Line) -> None:
    key = field_key(place, "described", line.pointer)
    hold(key, enum_choices.read_description(line.outline))

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: enum_choices.write_description(node, str(value)))

    height = 109 if line.is_named else 70
    st.text_area("Description", key=key, height=height, on_change=edit_schema, args=(place, key, edit, "a description"))


def _choices_field(place: Place, line: Line) -> None:
    key = field_key(place, "choices", line.pointer)
    shown = enum_choices.show_choices(line.outline)
    hold(key, shown)

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: enum_choices.type_choices(node, str(value)))

    def readable(outline: Outline, typed: str) -> str:
        return enum_choices.readable_choices(find(outline, line.pointer), typed)

    slip = Slip("choices", f"the values of {line.label}", line.pointer, place.schema, readable)
    st.text_area(
        "Values, one a line: what each means behind a colon",
        key=key,
        height=34 + 22 * min(max(shown.count("\n") + 2, 4), 10),
        placeholder="late: past the promised date\nlost: the carrier gave up",
        on_change=edit_schema,
        args=(place, key, edit, "the values of an enum", slip),
    )
    show_refusal(key)


def _items_field(place: Place, line: Line) -> None:
    key = field_key(place, "items", line.pointer)
    inner = line.outline.items
    kind = "not said" if inner is None else kind_of(inner)
    hold(key, kind)

    def edit(outline: Outline, value: Any) -> Outline:
        if value == "not said":
            return edits.remove_parameter(outline, f"{line.pointer}/items")
        return change(outline, line.pointer, lambda node: edits.set_items(node, str(value)))

    options = ["not said", *KINDS, *(["other"] if kind == "other" else [])]
    st.selectbox("Each item is", options, key=key, on_change=edit_schema, args=(place, key, edit, "what an item is"))


def _say_hidden(line: Line) -> None:
    hidden = parameter_entries.hidden_keywords(line.outline)
    if hidden:
        st.caption(
            f"{count(len(hidden), 'keyword')} only in the JSON, kept as written: {plain(', '.join(hidden), 120)}"
        )


def _draw_acts(place: Place, line: Line) -> None:
    """Everything that is done to a parameter as a whole."""
    is_around = kind_of(line.outline) in ("object", "array") or around(line) != ""
    with st.container(horizontal=True, gap="xsmall"):
        if is_around:
            _act(
                place,
                line,
                "inside",
                "Add inside",
                "add inside",
                line.pointer,
                icon="add",
                key=keys.ADD_INSIDE.shortcut,
            )
        if line.is_named:
            _act(place, line, "up", "Up", "move up", line.pointer, icon="arrow_upward", key=keys.MOVE_UP.shortcut)
            _act(
                place,
                line,
                "down",
                "Down",
                "move down",
                line.pointer,
                icon="arrow_downward",
                key=keys.MOVE_DOWN.shortcut,
            )
            _act(place, line, "copy", "Duplicate", "duplicate parameter", line.pointer, icon="content_copy")
        _act(place, line, "remove", "Remove", "remove parameter", line.pointer, icon="delete")


def _act(
    place: Place, line: Line, name: str, label: str, verb: str, at: str, *, icon: str, key: str | None = None
) -> None:
    st.button(
        label,  # safe: our words
        key=field_key(place, name, line.pointer),
        type="tertiary",
        icon=f":material/{icon}:",
        shortcut=key,
        on_click=partial(ask, verb, at, place.schema, page=PAGE),
    )
