"""The parameters of a tool as rows, nested ones included; the chosen one opens as a form below."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from curation.errors import CurationError
from curation.model.outline import Outline
from curation.services import enum_choices, parameter_entries
from curation.services import parameter_edits as edits
from curation.services.parameter_forms import (
    EMPTY,
    KINDS,
    Line,
    depth_of,
    is_nullable,
    kind_of,
    list_lines,
    open_form,
    split_pointer,
)
from curation.services.tool_desk import Desk
from ui import keys
from ui.parameter_form import draw_line
from ui.rail_choice import Row, draw_choice
from ui.state import ask
from ui.text import count, named, plain
from ui.tool_edits import edit_schema
from ui.tool_place import Place, chosen_of, field_key, place_of
from ui.tool_unread import hold

PAGE = "catalogue"
MOST_LINES = 9
"""More rows are scrolled."""
MOST_UNSEARCHED = 40
"""More rows get a field to search them."""
MOST_DRAWN = 100
NOUN = {"parameters": "parameter", "result_schema": "field"}
EMPTY_WORDS = {
    "parameters": "No parameters yet. A model can call this tool, but can tell it nothing.",
    "result_schema": "Not said yet. Mocks answer from this schema, and results in examples are checked against it.",
}


def draw_schema(desk: Desk, schema: str) -> None:
    """Rows and form of one schema, or why only the JSON can be edited now."""
    place = place_of(desk, schema)
    text = desk.fields[schema]
    try:
        outline = open_form(text if text.strip() else EMPTY)
    except CurationError as error:
        # Its key says why it cannot be pressed, instead of leaving what is typed behind it to the JSON.
        _add_button(place)
        st.warning(f"The form opens again once the JSON is whole. {named(str(error))}", icon=":material/data_object:")
        return
    lines = tuple(list_lines(outline))
    _draw_head(place, outline, lines, is_said=bool(text.strip()))
    if not lines:
        st.caption(EMPTY_WORDS[schema])
        return
    chosen = _choose(place, lines)
    if chosen is not None:
        with st.container(border=True, key=f"tool.{schema}.{desk.object_id}.line"):
            draw_line(place, chosen)


def _draw_head(place: Place, outline: Outline, lines: tuple[Line, ...], *, is_said: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if kind_of(outline) == "object" or not is_said:
            _add_button(place)
        if lines:
            own = sum(depth_of(line.pointer) == 0 and line.is_named for line in lines)
            inside = f", {count(len(lines) - own, 'row')} inside" if len(lines) > own else ""
            st.caption(f"{count(own, NOUN[place.schema])}{inside}", width="content")  # safe: numbers and our words
        st.space("stretch")
        if place.schema == "result_schema" and is_said:
            _root_kind(place, outline)
        if kind_of(outline) == "object" and is_said:
            _only_these(place, outline)
    hidden = parameter_entries.hidden_keywords(outline, is_root=True) if is_said else ()
    if hidden:
        st.caption(
            f"{count(len(hidden), 'keyword')} only in the JSON, kept as written: {plain(', '.join(hidden), 120)}"
        )


def _add_button(place: Place) -> None:
    st.button(
        "Add",
        key=field_key(place, "add"),
        type="tertiary",
        icon=":material/add:",
        shortcut=keys.ADD_PARAMETER.shortcut,
        on_click=partial(ask, "add parameter", "", place.schema, page=PAGE),
    )


def _root_kind(place: Place, outline: Outline) -> None:
    key = field_key(place, "root")
    kind = kind_of(outline)
    hold(key, kind)

    def edit(whole: Outline, _: str, value: Any) -> Outline:
        return edits.set_kind(whole, str(value))

    options = [*KINDS, *(["other"] if kind == "other" else [])]
    st.selectbox(
        "It returns",
        options,
        key=key,
        width=130,
        label_visibility="collapsed",
        on_change=edit_schema,
        args=(place, key, "", edit, "what it returns"),
    )


def _only_these(place: Place, outline: Outline) -> None:
    key = field_key(place, "closed")
    spec = parameter_entries.ONLY_THESE
    hold(key, parameter_entries.is_on(spec, outline))

    def edit(whole: Outline, _: str, value: Any) -> Outline:
        return edits.set_field(whole, spec, bool(value))

    st.toggle(
        "Only these",
        key=key,
        disabled=not parameter_entries.is_drawn(spec, outline),
        help="A call that carries anything else is refused (`additionalProperties`: false).",
        on_change=edit_schema,
        args=(place, key, "", edit, "whether others are refused"),
    )


def _choose(place: Place, lines: tuple[Line, ...]) -> Line | None:
    """Draw the rows; the chosen one is remembered by its pointer, never by its position."""
    slot = chosen_of(place)
    found = _search(place, lines)
    if not found:
        return None
    chosen = next((line for line in found if line.pointer == slot.get()), found[0])
    slot.set(chosen.pointer)
    at = found.index(chosen)
    start = max(0, min(at - MOST_DRAWN // 2, len(found) - MOST_DRAWN))
    shown = found[start : start + MOST_DRAWN]
    height = 32 * MOST_LINES if len(shown) > MOST_LINES else "content"
    with st.container(height=height, border=False, key=f"tool.rows.{place.schema}"):
        draw_choice(
            "Fields of the result" if place.schema == "result_schema" else "Parameters",
            [_row(line) for line in shown],
            key=field_key(place, "rows"),
            kept=slot,
        )
    if len(found) > len(shown):
        st.caption(f"{count(len(found) - len(shown), 'more row')} above and below; the search finds them.")
    return chosen


def _search(place: Place, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    if len(lines) <= MOST_UNSEARCHED:
        return lines
    typed = st.text_input(
        "Find a parameter",
        key=field_key(place, "search"),
        placeholder="Name or description",
        icon=":material/search:",
        label_visibility="collapsed",
        live="200ms",
    )
    wanted = (typed or "").casefold()
    found = tuple(
        line for line in lines if wanted in f"{line.label} {enum_choices.read_description(line.outline)}".casefold()
    )
    if not found:
        st.caption("Nothing here has these words.")
    return found


def _row(line: Line) -> Row:
    """Indented by its depth."""
    description = enum_choices.read_description(line.outline)
    return Row(
        line.pointer,
        split_pointer(line.pointer)[1] if line.is_named else "each item",
        facts=f"{_kind_words(line.outline)}{_marks(line)}{' —' if description else ''}",
        about=description,
        strong=line.is_named,
        depth=min(depth_of(line.pointer), 8),
    )


def _marks(line: Line) -> str:
    return (" · required" if line.is_required else "") + (" · or null" if is_nullable(line.outline) else "")


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
