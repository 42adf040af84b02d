"""What a type adds to a parameter's form: bounds, lengths, defaults, examples, units and switches."""

from __future__ import annotations

from typing import Any

import streamlit as st

from curation.model.outline import Outline
from curation.services import parameter_edits as edits
from curation.services import parameter_entries, unit_lines
from curation.services.parameter_forms import Line, change, is_nullable, kind_of
from ui.tool_edits import edit_schema
from ui.tool_place import Place, field_key
from ui.tool_texts import draw_text
from ui.tool_unread import Slip, hold, show_refusal

COLUMNS = 3


def draw_details(place: Place, line: Line) -> None:
    kind = kind_of(line.outline)
    specs = parameter_entries.FIELDS[kind]
    typed: list[parameter_entries.FieldSpec | None] = [spec for spec in specs if spec.entry != "switch"]
    if kind in ("number", "integer"):
        typed.insert(2, None)
    for start in range(0, len(typed), COLUMNS):
        for column, spec in zip(st.columns(COLUMNS, gap="small"), typed[start : start + COLUMNS], strict=False):
            with column:
                _unit_field(place, line) if spec is None else _draw_field(place, line, spec)
    # Outside the grid, whose columns are too narrow for a label beside its switch.
    with st.container(horizontal=True, gap="medium"):
        for spec in specs:
            if spec.entry == "switch":
                _switch(place, line, spec)
        if kind != "other":
            _null_switch(place, line)


def _draw_field(place: Place, line: Line, spec: parameter_entries.FieldSpec) -> None:
    if spec.usual:
        _usual_field(place, line, spec)
    elif spec.entry == "values":
        draw_text(place, line, spec.keyword, spec.title, mode="box", placeholder="one a line")
    else:
        draw_text(place, line, spec.keyword, spec.title)


def _usual_field(place: Place, line: Line, spec: parameter_entries.FieldSpec) -> None:
    key = field_key(place, spec.keyword, line.pointer)
    shown = parameter_entries.show_entry(spec, line.outline)

    def edit(outline: Outline, at: str, value: Any) -> Outline:
        return change(outline, at, lambda node: edits.set_field(node, spec, str(value or "")))

    slip = Slip(spec.keyword, f"{spec.title} of {line.label}", line.pointer, place.schema)
    hold(key, shown or None)
    st.selectbox(
        spec.title,  # safe: our table
        [*spec.usual, *([shown] if shown and shown not in spec.usual else [])],
        key=key,
        placeholder="any",
        accept_new_options=True,
        on_change=edit_schema,
        args=(place, key, line.pointer, edit, spec.title.lower(), slip),
    )
    show_refusal(key)


def _unit_field(place: Place, line: Line) -> None:
    draw_text(place, line, "unit", "Unit", placeholder=unit_lines.said_unit(line.pointer, line.outline))


def _switch(place: Place, line: Line, spec: parameter_entries.FieldSpec) -> None:
    key = field_key(place, spec.keyword, line.pointer)
    hold(key, parameter_entries.is_on(spec, line.outline))

    def edit(outline: Outline, at: str, value: Any) -> Outline:
        return change(outline, at, lambda node: edits.set_field(node, spec, bool(value)))

    is_only_json = not parameter_entries.is_drawn(spec, line.outline)
    options: dict[str, Any] = {
        "key": key,
        "on_change": edit_schema,
        "args": (place, key, line.pointer, edit, spec.title.lower()),
    }
    st.toggle(spec.title, disabled=is_only_json, **options)  # safe: our table of fields


def _null_switch(place: Place, line: Line) -> None:
    key = field_key(place, "null", line.pointer)
    hold(key, is_nullable(line.outline))

    def edit(outline: Outline, at: str, value: Any) -> Outline:
        return change(outline, at, lambda node: edits.set_nullable(node, nullable=bool(value)))

    st.toggle(
        "May be null", key=key, on_change=edit_schema, args=(place, key, line.pointer, edit, "whether it may be null")
    )
