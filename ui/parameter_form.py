"""One parameter as a form; every change is a draft of the schema at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from curation.model.outline import Outline
from curation.services import parameter_edits as edits
from curation.services import parameter_entries
from curation.services.parameter_forms import (
    KINDS,
    Line,
    around,
    change,
    kind_of,
    split_pointer,
)
from ui import keys
from ui.enter_moves import enter_moves
from ui.layout import card_title
from ui.parameter_details import draw_details
from ui.state import ask
from ui.text import count, plain
from ui.tool_edits import edit_schema
from ui.tool_place import FRESH, Place, field_key
from ui.tool_texts import draw_text
from ui.tool_unread import hold

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
        draw_text(place, line, "described", "Description", mode="box")
    if line.is_named:
        enter_moves(field_key(place, "name", line.pointer), field_key(place, "kind", line.pointer))
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

    def edit(outline: Outline, at: str, value: Any) -> Outline:
        return edits.set_required(outline, at, required=bool(value))

    st.toggle(
        "Required",
        key=key,
        on_change=edit_schema,
        args=(place, key, line.pointer, edit, "a change of what is required"),
    )


def _name_field(place: Place, line: Line) -> None:
    if line.is_named:
        name, is_fresh = split_pointer(line.pointer)[1], FRESH.get() == line.pointer
        draw_text(place, line, "name", "Name", placeholder=name, is_fresh=is_fresh)


def _kind_field(place: Place, line: Line) -> None:
    key = field_key(place, "kind", line.pointer)
    kind = kind_of(line.outline)
    hold(key, kind)

    def edit(outline: Outline, at: str, value: Any) -> Outline:
        return change(outline, at, lambda node: edits.set_kind(node, str(value)))

    options = [*KINDS, *(["other"] if kind == "other" else [])]
    st.selectbox("Type", options, key=key, on_change=edit_schema, args=(place, key, line.pointer, edit, "another type"))


def _choices_field(place: Place, line: Line) -> None:
    label = "Values, one a line: what each means behind a colon"
    placeholder = "late: past the promised date\nlost: the carrier gave up"
    draw_text(place, line, "choices", label, mode="box", placeholder=placeholder)


def _items_field(place: Place, line: Line) -> None:
    key = field_key(place, "items", line.pointer)
    inner = line.outline.items
    kind = "not said" if inner is None else kind_of(inner)
    hold(key, kind)

    def edit(outline: Outline, at: str, value: Any) -> Outline:
        if value == "not said":
            return edits.remove_parameter(outline, f"{at}/items")
        return change(outline, at, lambda node: edits.set_items(node, str(value)))

    options = ["not said", *KINDS, *(["other"] if kind == "other" else [])]
    st.selectbox(
        "Each item is",
        options,
        key=key,
        on_change=edit_schema,
        args=(place, key, line.pointer, edit, "what an item is"),
    )


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
