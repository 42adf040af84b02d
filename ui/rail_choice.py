"""Rows a person chooses one of: a radio group of our own, which a browser changes row by row.

Streamlit's own radio draws every row as markdown and all of them anew whenever one changes: with fifty rows that was
what people waited for between two decisions. Rows are known by their id, so that two may say the same, and their words
reach the page as text and never as markdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
import streamlit as st

from ui.state import Slot
from ui.text import show_unseen
from ui.uncut import uncut

MOST_CHARACTERS = 240
"""More of a row's words is neither shown nor said."""
_MOUNT = st.components.v2.component(
    "callwright.rows",
    html='<div class="rows"></div>',
    css=Path(__file__).with_name("rail_choice.css").read_text(),
    js=Path(__file__).with_name("rail_choice.js").read_text(),
)


class Badge(msgspec.Struct, frozen=True, omit_defaults=True):
    """A word or a count behind a row's title; `said` is what it is read aloud as."""

    text: str
    colour: Literal["red", "orange", "blue"]
    icon: Literal["error", "warning", ""] = ""
    said: str | None = None


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row as other people's words make it: a title, what stands beside it, and a second line."""

    id: str
    title: str
    note: str = ""
    badges: tuple[Badge, ...] = ()
    facts: str = ""
    about: str = ""
    """What is left out first where there is no room."""
    strong: bool = False
    depth: int = 0


class Choice(msgspec.Struct, frozen=True):
    """What a person picked; the nonce tells two picks of one row apart."""

    id: str = ""
    nonce: str = ""


def draw_choice(heading: str, rows: Sequence[Row], *, key: str, kept: Slot[str], shown: str = "") -> None:
    """Draw the rows; `kept` holds the chosen id, else `shown` looks chosen; nothing does where that names no row."""
    ids = tuple(row.id for row in rows)
    chosen = kept.get() or shown
    data = {
        "heading": heading,
        "rows": [msgspec.to_builtins(_cut(row)) for row in rows],
        "chosen": chosen if chosen in ids else None,
        "handled": _picked(key).nonce,
    }
    _MOUNT(key=key, data=data, on_choice_change=lambda: _keep(key, kept, ids))


@uncut
def _keep(key: str, kept: Slot[str], ids: tuple[str, ...]) -> None:
    """Callback: only a row of the list counts; a browser may still show one that has left it."""
    if _picked(key).id in ids:
        kept.set(_picked(key).id)


def _picked(key: str) -> Choice:
    held = st.session_state.get(key)
    raw = held.get("choice") if held is not None else None
    return msgspec.convert(dict(raw), Choice) if raw else Choice()


def _cut(row: Row) -> Row:
    """A row on two lines, however long its words are."""
    return msgspec.structs.replace(row, title=_flat(row.title), note=_flat(row.note), about=_flat(row.about))


def _flat(words: str) -> str:
    flat = " ".join(show_unseen(words).split())
    return flat if len(flat) <= MOST_CHARACTERS else flat[: MOST_CHARACTERS - 1] + "…"
