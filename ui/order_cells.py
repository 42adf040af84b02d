"""Exactly what an order is to make: one line a kind of example, with the tool it is about and how many."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import streamlit as st

from curation.services.order_choices import KINDS, MOST, SHAPES, Cell
from curation.services.trait_words import plain_name
from ui.state import Slot
from ui.text import show_unseen

USUAL = 5
MOST_LINES = 60
ANY = ""
_LINES: Slot[tuple[str, ...]] = Slot("orders.cells", ())
"""The lines of the form by ids of their own; what they say stands in their fields."""


def begin_with(cells: Sequence[Cell]) -> None:
    """Put these lines into the form instead of what stands there."""
    ids = tuple(uuid.uuid4().hex[:8] for _ in cells[:MOST_LINES])
    for one, cell in zip(ids, cells, strict=False):
        _write(one, cell)
    _LINES.set(ids)


def draw_cells(tools: Sequence[str]) -> tuple[Cell, ...]:
    """The lines, each with a way to take it out; returns what they say."""
    if not _LINES.get():
        begin_with([Cell(USUAL)])
    cells = [_draw_line(one, tools) for one in _LINES.get()]
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a line",
            key="orders.cell.add",
            type="tertiary",
            icon=":material/add:",
            disabled=len(cells) >= MOST_LINES,
            on_click=_add,
        )
    return tuple(cells)


def _key(part: str, line: str) -> str:
    return f"orders.cell.{part}.{line}"


def _write(line: str, cell: Cell) -> None:
    st.session_state[_key("tool", line)] = cell.tool
    st.session_state[_key("shape", line)] = cell.category
    st.session_state[_key("kind", line)] = cell.kind
    st.session_state[_key("n", line)] = cell.count


def _add() -> None:
    """Callback: one more line, like the last one."""
    line = uuid.uuid4().hex[:8]
    _write(line, _read(_LINES.get()[-1]) if _LINES.get() else Cell(USUAL))
    _LINES.set((*_LINES.get(), line))


def _remove(line: str) -> None:
    """Callback."""
    _LINES.set(tuple(one for one in _LINES.get() if one != line))


def _read(line: str) -> Cell:
    kept = st.session_state
    return Cell(
        int(kept.get(_key("n", line), USUAL)),
        str(kept.get(_key("shape", line), "positive")),
        str(kept.get(_key("kind", line), ANY) or ANY),
        str(kept.get(_key("tool", line), ANY) or ANY),
    )


def _draw_line(line: str, tools: Sequence[str]) -> Cell:
    shape = str(st.session_state.get(_key("shape", line), "positive"))
    _keep_within("tool", line, (ANY, *tools))
    kinds = (ANY, *KINDS.get(shape, ()))
    _keep_within("kind", line, kinds)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", border=True):
        with st.container(width="stretch"):
            tool = _choose("Tool", (ANY, *tools), _key("tool", line), {ANY: "every tool"})
        with st.container(width=150):
            shape = _choose("Shape", tuple(SHAPES), _key("shape", line), SHAPES)
        kind = ANY
        if len(kinds) > 1:
            with st.container(width=190):
                names = {ANY: "every kind"} | {one: plain_name(one) for one in kinds[1:]}
                kind = _choose("Kind", kinds, _key("kind", line), names)
        with st.container(width=112):
            n = st.number_input("How many", 1, MOST, step=1, key=_key("n", line), persist_state="session")
        st.button(
            "",
            key=f"orders.cell.remove.{line}",
            type="tertiary",
            icon=":material/close:",
            help="Take this line out",
            disabled=len(_LINES.get()) == 1,
            on_click=_remove,
            args=(line,),
        )
    return Cell(int(n), shape, kind, tool)


def _choose(label: str, options: tuple[str, ...], key: str, names: Mapping[str, str]) -> str:
    return str(
        st.selectbox(
            label,  # safe: our own words
            options,
            key=key,
            format_func=lambda one: show_unseen(names.get(one, one)),
            persist_state="session",
        )
    )


def _keep_within(part: str, line: str, options: Sequence[str]) -> None:
    """A line may name a tool that is gone meanwhile, or a kind of another shape."""
    key = _key(part, line)
    if st.session_state.get(key, ANY) not in options:
        st.session_state[key] = ANY
