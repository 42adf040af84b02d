"""The parameters of a tool as a table, and the chosen one as a form; every change is a draft at once."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from curation.errors import CurationError
from curation.model.outline import Outline
from curation.services import parameter_edits as edits
from curation.services.parameter_forms import (
    KINDS,
    Line,
    change,
    kind_of,
    list_lines,
    open_form,
    split_pointer,
    value_of,
)
from curation.services.tool_desk import Desk
from ui import keys
from ui.choice_grid import draw_choices
from ui.layout import card_title
from ui.state import ask
from ui.text import plain
from ui.tool_fields import CHOSEN, Place, edit_schema, hold, show_refusal

PAGE = "catalogue"


def draw_parameters(desk: Desk) -> None:
    """Table and form, or why only the JSON can be edited now."""
    try:
        outline = open_form(desk.fields["parameters"])
    except CurationError as error:
        st.header("Parameters", anchor=False)
        st.warning(f"The form opens again once the JSON is whole. {plain(str(error))}", icon=":material/data_object:")
        return
    lines = tuple(list_lines(outline))
    with card_title("Parameters", f"{len(lines)}" if lines else ""):
        _add_button(desk, "")
    if not lines:
        st.caption("No parameters yet. A model can call this tool, but can tell it nothing.")
        return
    chosen = _choose(desk, lines)
    with st.container(border=True, key=f"tool.parameter.{desk.object_id}"):
        _draw_line(Place(desk.project_id, desk.object_id), chosen)


def _add_button(desk: Desk, parent: str, label: str = "Add") -> None:
    st.button(
        label,
        key=f"tool.add.{desk.object_id}.{parent}",
        type="tertiary",
        icon=":material/add:",
        shortcut=keys.ADD_PARAMETER.shortcut if not parent else None,
        on_click=partial(ask, "add parameter", parent, page=PAGE),
    )


def _choose(desk: Desk, lines: tuple[Line, ...]) -> Line:
    """Draw the table; the chosen row is remembered by its pointer, never by its position."""
    slot = CHOSEN.of(desk.object_id)
    pointers = [line.pointer for line in lines]
    at = pointers.index(slot.get()) if slot.get() in pointers else 0
    key = f"tool.table.{desk.object_id}.{hash(tuple(pointers))}.{at}"
    picked = st.dataframe(
        _table(lines),
        key=key,
        hide_index=True,
        height=min(len(lines), 7) * 35 + 38,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [at]}},
        column_config={
            "name": st.column_config.TextColumn(width=150),
            "type": st.column_config.TextColumn(width=100),
            "required": st.column_config.CheckboxColumn(width=70),
            "description": st.column_config.TextColumn(width=250),
        },
        alt="Parameters of the tool; the chosen one opens below",
    )
    rows = picked["selection"]["rows"]
    if rows and rows[0] != at:
        slot.set(pointers[rows[0]])
        st.rerun(scope="fragment")
    return lines[at]


def _table(lines: tuple[Line, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [line.label for line in lines],
            "type": [_kind_words(line.outline) for line in lines],
            "required": [line.is_required for line in lines],
            "description": [edits.read_description(line.outline) for line in lines],
        }
    )


def _kind_words(outline: Outline) -> str:
    kind = kind_of(outline)
    if kind == "enum":
        return f"enum ({len(edits.read_choices(outline))})"
    if kind == "array" and outline.items is not None:
        return f"array of {kind_of(outline.items)}"
    return kind


def _draw_line(place: Place, line: Line) -> None:
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
        CHOSEN.of(place.object_id).set(f"{parent}/properties/{escaped}")
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
    hold(key, edits.read_description(line.outline))

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: edits.write_description(node, str(value)))

    st.text_area("Description", key=key, height=109, on_change=edit_schema, args=(place, key, edit))


def _draw_details(place: Place, line: Line) -> None:
    specs = edits.FIELDS[kind_of(line.outline)]
    if not specs:
        st.caption("This schema uses keywords the form does not draw; they are kept. Edit them as JSON.")
        return
    columns = st.columns(3, gap="small")
    for at, spec in enumerate(specs):
        with columns[at % 3]:
            _draw_field(place, line, spec)
    if kind_of(line.outline) == "object":
        desk_add = partial(ask, "add parameter", line.pointer, page=PAGE)
        st.button(
            "Add inside", key=f"tool.inside.{place.object_id}.{line.pointer}", icon=":material/add:", on_click=desk_add
        )


def _draw_field(place: Place, line: Line, spec: edits.FieldSpec) -> None:
    key = f"tool.{spec.keyword}.{place.object_id}.{line.pointer}"

    def edit(outline: Outline, value: Any) -> Outline:
        return change(outline, line.pointer, lambda node: edits.set_field(node, spec, value))

    options: dict[str, Any] = {"key": key, "on_change": edit_schema, "args": (place, key, edit)}
    if spec.entry == "switch":
        hold(key, value_of(line.outline, spec.keyword) is True)
        st.toggle(spec.title, **options)
        return
    hold(key, edits.show_entry(spec, line.outline))
    if spec.entry == "values":
        st.text_area(spec.title, height=76, **options)
    else:
        st.text_input(spec.title, **options)
    show_refusal(key)


def line_at(outline: Outline, at: str) -> Line | None:
    """The parameter a finding's pointer (relative to the definition) stands in."""
    _, _, inside = at.partition("/parameters")
    around = [line for line in list_lines(outline) if inside == line.pointer or inside.startswith(line.pointer + "/")]
    return around[-1] if around else None
