"""Presses of keys and buttons: none is lost while the page is drawn anew, and none is for a thing nobody saw.

What is typed right after a press waits for the field that the press leads to (`held_typing.js`, `held_keys.js`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ui.state import Slot

_PARTS = ("presses.js", "held_typing.js", "held_keys.js")
SCRIPT = "\n".join(Path(__file__).with_name(part).read_text() for part in _PARTS)
_MOUNT = st.components.v2.component("callwright.presses", html="", js=SCRIPT)
_SHOWN = st.components.v2.component(
    "callwright.shown",
    html="",
    js="""
export default function ({ data }) {
  const shown = (globalThis.callwrightShown ??= new Map())
  const mark = { seen: data.seen }
  shown.set(data.page, mark)
  return () => shown.get(data.page) === mark && shown.delete(data.page)
}
""",
)
_HANDLED: Slot[str] = Slot("presses.handled", "")
MISSED = "Not done: the page had changed before the press reached it. Look, then press again."


def hold_presses(
    desk: str = "", seen: str = "", free: Sequence[str] = (), *, follow: str = "", is_refused: bool = False
) -> None:
    """Look after the presses of this page; on a desk, say what it shows.

    Draw it last in the desk's fragment. A press on the desk goes through only while the desk still shows what it
    showed at the press; `free` are the keys of buttons for which that does not matter. A new word in `follow` draws the
    whole page once the browser shows this desk, so that a list beside it follows and never keeps it waiting. Where the
    press was refused, what was typed behind it is typed nowhere: it was meant for what the press would have brought.
    """
    names = [f"st-key-{_css_name(one)}" for one in free]
    data: dict[str, object] = {"page": desk, "seen": seen, "free": names, "follow": follow, "run": uuid.uuid4().hex}
    data["refused"] = is_refused
    data["answered"] = _said_at_press(desk).get("nonce", "")
    _MOUNT(key=f"presses.{desk or 'shell'}", data=data, on_seen_change=_nothing, on_follow_change=_nothing)


def show_seen(desk: str, seen: str) -> None:
    """Say what a desk shows from here on: draw it right behind the conversation.

    The rest of the desk comes a moment later. A press made in between is about what is read by then, so it waits for
    the rest instead of being refused.
    """
    _SHOWN(key=f"shown.{desk}", data={"page": desk, "seen": seen})


def seen_at_press(desk: str) -> str:
    """What the desk showed at the press this run answers; "" where it answers none. Read it in every run."""
    said = _said_at_press(desk)
    if not said or said["nonce"] == _HANDLED.of(desk).get():
        return ""
    _HANDLED.of(desk).set(str(said["nonce"]))
    return str(said["seen"])


def _said_at_press(desk: str) -> dict[str, str]:
    """What the browser said with the last press on the desk: what was seen, and a word for that very press."""
    held = st.session_state.get(f"presses.{desk}")
    return dict(held.get("seen") or {}) if held is not None else {}


def _css_name(key: str) -> str:
    return "".join(one if one.isascii() and (one.isalnum() or one in "_-") else "-" for one in key.strip())


def _nothing() -> None:
    """The run that comes with it is all there is to do."""
