"""One argument of the form: a line to type into, a choice, or JSON; and what can be done with it beside typing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.model.finding import Judged
from curation.services.argument_forms import Line
from ui import state
from ui.argument_menu import MENU_PX, acts_of, line_key, line_menu
from ui.editor import Field, draw
from ui.scene import Scene
from ui.text import named, plain

UNSET_CHOICE = "not set"
NULL_CHOICE = "null"
MAX_NAME = 60


def draw_argument(scene: Scene, line: Line, key: str) -> None:
    """The field of one argument, with what a value must look like under it."""
    with st.container(key=line_key(key), horizontal=True, wrap=False, gap="xxsmall", vertical_alignment="top"):
        with st.container(gap="xxsmall", width="stretch"):
            if line.shape == "choice":
                _choice(scene, line, key)
            else:
                draw(_field(scene, line, key))
                scene.add_field(key, line.pointer)
            if line.hint and line.is_there:
                st.caption(plain(line.hint, 90))
        if scene.is_editable and acts_of(line):
            with st.container(width=MENU_PX, gap=None):
                line_menu(scene, line, key)
    scene.told.append(line.pointer)


def label_of(line: Line) -> str:
    """`order_id (string, required)`; what may be left out says so."""
    kind = "choice" if line.shape == "choice" and line.kind != "boolean" else line.kind
    name = short_name(line)
    state_word = "required" if line.is_required else "optional"
    if not line.is_declared:
        state_word = "not in the schema"
    elif line.keys[-1].isdigit():
        state_word = ""
    return f"{name} ({', '.join(word for word in (kind, state_word) if word)})"


def short_name(line: Line) -> str:
    """The argument's own name; an element is called by its list and its number."""
    last = line.keys[-1]
    name = f"{line.keys[-2]} {int(last) + 1}" if last.isdigit() and len(line.keys) > 1 else last
    return name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"


def _field(scene: Scene, line: Line, key: str) -> Field:
    return Field(
        key=key,
        label=label_of(line),
        value=line.text,
        claim=scene.field_claim(line.pointer),
        mode="line" if line.shape == "line" else "json",
        placeholder=_placeholder(line),
        is_label_visible=True,
        is_disabled=not scene.is_editable,
        findings=scene.at_field(line.pointer),
    )


def _placeholder(line: Line) -> str:
    """What an empty field means: absent, null and the empty text look alike otherwise."""
    if line.presence == "null":
        return "null"
    if line.presence == "empty":
        return "empty text"
    said = [] if line.is_required else ["not set"]
    return ", ".join([*said, line.hint] if line.hint else said)


def _choice(scene: Scene, line: Line, key: str) -> None:
    meanings = {one.text: one.meaning for one in line.options}
    held = NULL_CHOICE if line.presence == "null" else line.text if line.is_there else UNSET_CHOICE
    options = [UNSET_CHOICE, *meanings, *([NULL_CHOICE] if line.takes_null else [])]
    options += [held] if held not in options else []
    # The key carries the value: a select box keeps its own state otherwise and would hide a fix or an undo.
    widget = f"{key}.choice.{held}"
    st.selectbox(
        plain(label_of(line)),
        options,
        index=options.index(held),
        key=widget,
        disabled=not scene.is_editable,
        format_func=lambda one: f"{one} · {meanings[one]}" if meanings.get(one) else str(one),
        on_change=_chosen,
        args=(widget, line.pointer, scene.page),
    )
    scene.spots[line.pointer] = widget
    draw_faults(scene.at_field(line.pointer))


def draw_faults(faults: Sequence[Judged]) -> None:
    """What is wrong, under a field that does not say it itself."""
    for one in faults:
        st.markdown(f":small[:red[:material/error: {named(one.finding.message)}]]")


def _chosen(widget: str, pointer: str, page: str) -> None:
    value = str(st.session_state[widget])
    if value == NULL_CHOICE:
        state.ask("argument_null", pointer, page=page)
    else:
        state.ask("argument", pointer, "" if value == UNSET_CHOICE else value, page=page)
