"""A call's arguments as a form: groups open into their fields, lists grow, and what is left out says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import streamlit as st

from curation.model.finding import Judged
from curation.services.argument_forms import Line, split_shown
from ui import state
from ui.argument_field import draw_argument, draw_faults, short_name
from ui.argument_menu import line_menu
from ui.scene import Scene
from ui.text import count, plain

MAX_NAME = 60


def draw_form(scene: Scene, lines: Sequence[Line], *, key: str, root: str = "", takes_others: bool = False) -> None:
    """Two columns of fields; the scene learns which there are. A long form shows what is required or filled."""
    shown, more = split_shown(lines)
    _draw_lines(scene, shown, key)
    if scene.is_editable and (more or takes_others):
        left, right = st.columns(2, gap="small")
        with left:
            _draw_more(scene, more, key)
        with right if more else left:
            if takes_others:
                _draw_new_key(scene, root, len(lines), key)


def _draw_lines(scene: Scene, lines: Sequence[Line], key: str) -> None:
    """Fields side by side; a group or a list takes the whole width."""
    waiting: list[Line] = []
    for line in lines:
        if line.shape not in ("group", "list"):
            waiting.append(line)
            continue
        _draw_fields(scene, waiting, key)
        waiting = []
        _draw_section(scene, line, key)
    _draw_fields(scene, waiting, key)


def _draw_fields(scene: Scene, lines: Sequence[Line], key: str) -> None:
    if not lines:
        return
    columns = st.columns(2, gap="small")
    for place, line in enumerate(lines):
        with columns[place % 2]:
            draw_argument(scene, line, field_key(key, line))


def field_key(key: str, line: Line) -> str:
    """The key of an argument's field; in the browser letters beyond ASCII all look alike, so a number tells them."""
    name = "/".join(line.keys)
    return f"{key}.{name}" if re.fullmatch(r"[A-Za-z0-9_/]+", name) else f"{key}.{name}.{_crc(name)}"


def _crc(name: str) -> str:
    return f"{crc32(name.encode(errors='replace')):08x}"


def _draw_section(scene: Scene, line: Line, key: str) -> None:
    """An object or a list: its name, what can be done with it, and its lines."""
    here = field_key(key, line)
    with st.container(border=len(line.keys) == 1, gap="small", key=f"{here}.section"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(short_name(line))}**", width="content")
            st.caption(plain(_section_note(line)), width="content")
            st.space("stretch")
            if scene.is_editable:
                _section_button(scene, line, here)
                line_menu(scene, line, here)
        draw_faults(scene.at_field(line.pointer) if not line.lines else _own_faults(scene, line))
        if line.shape == "group":
            draw_form(scene, line.lines, key=key, root=line.pointer, takes_others=line.is_there and line.takes_others)
        else:
            _draw_lines(scene, line.lines, key)
    scene.told.append(line.pointer)
    if scene.is_editable and not any(at.startswith(f"{line.pointer}/") for at in scene.spots):
        scene.spots.setdefault(line.pointer, f"{here}.more")


def _own_faults(scene: Scene, line: Line) -> tuple[Judged, ...]:
    """What is wrong with the whole: what is wrong inside stands there."""
    return tuple(one for one in scene.at_field(line.pointer) if one.finding.at == line.pointer)


def _section_note(line: Line) -> str:
    kind = {"group": "object", "list": "list"}[line.shape]
    said = [kind, "required" if line.is_required else "optional" if line.is_declared else "not in the schema"]
    if line.presence == "absent":
        said.append("not set")
    elif line.presence == "null":
        said.append("null")
    elif line.shape == "list":
        said.append(count(len(line.lines), "element"))
    return ", ".join([*said, line.hint] if line.hint else said)


def _section_button(scene: Scene, line: Line, here: str) -> None:
    """Add the object, or one more element of the list."""
    if line.shape == "list":
        label, verb = "Add an element", "argument_element"
    elif not line.is_there and not (line.is_required and line.lines):
        label, verb = "Add it", "argument_add"
    else:
        return
    st.button(
        plain(label),
        key=f"{here}.more",
        type="tertiary",
        icon=":material/add:",
        on_click=state.ask,
        args=(verb, line.pointer),
        kwargs={"page": scene.page},
    )


def _draw_more(scene: Scene, more: Sequence[Line], key: str) -> None:
    """The arguments that wait to be added: type a part of the name, Enter adds it."""
    if not more:
        return
    # The number makes the key new after each addition, so that the box is empty again.
    widget = f"{key}.add.{_crc(more[0].pointer)}.{len(more)}"
    st.selectbox(
        f"Add an argument ({count(len(more), 'more', 'more')})",
        [line.pointer for line in more],
        index=None,
        key=widget,
        format_func={line.pointer: line.name[:MAX_NAME] for line in more}.__getitem__,
        placeholder="Type a part of its name",
        on_change=_added,
        args=(widget, scene.page),
    )


def _added(widget: str, page: str) -> None:
    pointer = st.session_state[widget]
    if pointer:
        state.ask("argument_add", str(pointer), page=page)


def _draw_new_key(scene: Scene, root: str, n_lines: int, key: str) -> None:
    """A key the schema does not name but allows."""
    widget = f"{key}.key.{_crc(root)}.{n_lines}"
    st.text_input(
        "Add a key of your own",
        key=widget,
        placeholder="Its name, then Enter",
        on_change=_key_named,
        args=(widget, root, scene.page),
    )


def _key_named(widget: str, root: str, page: str) -> None:
    name = str(st.session_state[widget] or "")
    if name.strip():
        state.ask("argument_key", root, name, page=page)
