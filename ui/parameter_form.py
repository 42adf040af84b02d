"""One parameter as a form; every change is a draft of the schema at once."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import streamlit as st

from curation.model.outline import Outline
from curation.services import enum_choices, parameter_entries
from curation.services import parameter_edits as edits
from curation.services.parameter_forms import KINDS, Line, change, kind_of, split_pointer, value_of
from ui.choice_grid import draw_choices
from ui.layout import card_title
from ui.state import ask
from ui.tool_fields import CHOSEN, CURSOR, Cursor, Place, edit_schema, hold, show_refusal

PAGE = "catalogue"
COLUMNS = 3


def draw_line(place: Place, line: Line) -> None:
    """Every field of one parameter."""
    with card_title(line.label):
        if line.is_named:
            _required_toggle(place, line)
        st.button(
            "Remove",
            key=f"tool.remove.{place.object_id}.{line.pointer}",
            type="tertiary",
            icon=":material/delete:",
            on_click=partial(ask, "remove parameter", line.pointer, page=PAGE),
        )
    left, right = st.columns([1, 2], gap="small")
    with left:
        _name_field(place, line)
        _kind_field(place, line)
    with right:
        _description_field(place, line)
    if kind_of(line.outline) == "enum":
        draw_choices(place, line)
    _draw_details(place, line)


def _required_toggle(place: Place, line: Line) -> None:
    key = f"tool.required.{place.object_id}.{line.pointer}"
    hold(key, line.is_required)

    def edit(outline: Outline, value: Any) -> Outline:
        return edits.set_required(outline, line.pointer, required=bool(value))

    st.toggle("Required", key=key, on_change=edit_schema, args=(place, key, edit))


def _name_field(place: Place, line: Line) -> None:
    if not line.is_named:
        return
    parent, name = split_pointer(line.pointer)
    key = f"tool.name.{place.object_id}.{line.pointer}"
    hold(key, name)

    def edit(outline: Outline, value: Any) -> Outline:
        renamed = edits.rename_parameter(outline, line.pointer, str(value).strip())
        escaped = str(value).strip().replace("~", "~0").replace("/", "~1")
        renamed_to = f"{parent}/properties/{escaped}"
        CHOSEN.of(place.object_id).set(renamed_to)
        # Every field of the form is another one now: go on behind the name, where Tab would have gone.
        CURSOR.set(Cursor(f"tool.kind.{place.object_id}.{renamed_to}", uuid.uuid4().hex))
        return renamed

    st.text_input("Name", key=key, on_change=edit_schema, args=(place, key, edit))
    show_refusal(key)


def _kind_field(place: Place, line: Line) -> None:
    key = f"tool.kind.{place.object_id}.{line.pointer}"
    kind = kind_of(line.outline)
    hold(key, kind)

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: edits.set_kind(node, str(value)))

    options = [*KINDS, *(["other"] if kind == "other" else [])]
    st.selectbox("Type", options, key=key, on_change=edit_schema, args=(place, key, edit))


def _description_field(place: Place, line: Line) -> None:
    key = f"tool.described.{place.object_id}.{line.pointer}"
    hold(key, enum_choices.read_description(line.outline))

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: enum_choices.write_description(node, str(value)))

    st.text_area("Description", key=key, height=109, on_change=edit_schema, args=(place, key, edit))


def _draw_details(place: Place, line: Line) -> None:
    specs = parameter_entries.FIELDS[kind_of(line.outline)]
    if not specs:
        st.caption("This schema uses keywords the form does not draw; they are kept. Edit them as JSON.")
        return
    typed = [spec for spec in specs if spec.entry != "switch"]
    for start in range(0, len(typed), COLUMNS):
        for column, spec in zip(st.columns(COLUMNS, gap="small"), typed[start : start + COLUMNS], strict=False):
            with column:
                _draw_field(place, line, spec)
    # Outside the grid, whose columns are too narrow for a label beside its switch.
    for spec in specs:
        if spec.entry == "switch":
            _draw_field(place, line, spec)
    if kind_of(line.outline) == "object":
        desk_add = partial(ask, "add parameter", line.pointer, page=PAGE)
        st.button(
            "Add inside", key=f"tool.inside.{place.object_id}.{line.pointer}", icon=":material/add:", on_click=desk_add
        )


def _draw_field(place: Place, line: Line, spec: parameter_entries.FieldSpec) -> None:
    key = f"tool.{spec.keyword}.{place.object_id}.{line.pointer}"

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: edits.set_field(node, spec, value))

    options: dict[str, Any] = {"key": key, "on_change": edit_schema, "args": (place, key, edit)}
    if spec.entry == "switch":
        hold(key, value_of(line.outline, spec.keyword) is True)
        st.toggle(spec.title, **options)  # safe: our table of fields
        return
    hold(key, parameter_entries.show_entry(spec, line.outline))
    if spec.entry == "values":
        st.text_area(spec.title, height=76, placeholder="one a line", **options)  # safe: our table of fields
    else:
        st.text_input(spec.title, **options)  # safe: our table of fields
    show_refusal(key)
