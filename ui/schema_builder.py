"""The parameters of a tool as a table, nested ones included; the chosen one opens as a form below."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from curation.errors import CurationError
from curation.model.outline import Outline
from curation.services import enum_choices
from curation.services.parameter_forms import Line, kind_of, list_lines, open_form
from curation.services.tool_desk import Desk
from ui import keys
from ui.parameter_form import draw_line
from ui.state import ask
from ui.text import named
from ui.tool_fields import CHOSEN, Place

PAGE = "catalogue"
MOST_LINES = 7
"""More parameters are scrolled."""


def draw_parameters(desk: Desk) -> None:
    """Table and form, or why only the JSON can be edited now."""
    try:
        outline = open_form(desk.fields["parameters"])
    except CurationError as error:
        st.header("Parameters", anchor=False)
        st.warning(f"The form opens again once the JSON is whole. {named(str(error))}", icon=":material/data_object:")
        return
    lines = tuple(list_lines(outline))
    # Not at the right, where the table's own tools would lie over it.
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.header("Parameters", anchor=False, width="content")
        if lines:
            st.caption(f"{len(lines):,}", width="content")
        _add_button(desk, "")
    if not lines:
        st.caption("No parameters yet. A model can call this tool, but can tell it nothing.")
        return
    chosen = _choose(desk, lines)
    with st.container(border=True, key=f"tool.parameter.{desk.object_id}"):
        draw_line(Place(desk.project_id, desk.object_id), chosen)


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
        height="content" if len(lines) <= MOST_LINES else 250,
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [at]}},
        column_config={
            "name": st.column_config.TextColumn(width=120),
            "type": st.column_config.TextColumn(width=95),
            "required": st.column_config.CheckboxColumn(width=70),
            "description": st.column_config.TextColumn(width=200),
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
            "description": [enum_choices.read_description(line.outline) for line in lines],
        }
    )


def _kind_words(outline: Outline) -> str:
    kind = kind_of(outline)
    if kind == "enum":
        return f"enum ({len(enum_choices.read_choices(outline))})"
    if kind == "array" and outline.items is not None:
        return f"array of {kind_of(outline.items)}"
    return kind


def line_at(outline: Outline, at: str) -> Line | None:
    """The parameter a finding's pointer (relative to the definition) stands in."""
    _, _, inside = at.partition("/parameters")
    around = [line for line in list_lines(outline) if inside == line.pointer or inside.startswith(line.pointer + "/")]
    return around[-1] if around else None
