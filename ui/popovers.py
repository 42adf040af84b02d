"""Popovers by key: a key opens one, the cursor goes into it, and Escape brings it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from ui.keys import Key
from ui.text import plain

_MOUNT = st.components.v2.component(
    "callwright.popovers", html="", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)
CLOSING = "closing."
"""How the key of a button begins that ends its popover, as everything is done that it was opened for."""


def listen_to_popovers() -> None:
    """Lead the cursor into every popover of the page and back out of it."""
    _MOUNT(key="popovers.shell", data={"code": "", "name": ""})


@contextmanager
def popover(label: str, *, key: str, opens: Key, icon: str) -> Iterator[None]:
    """A quiet popover with a key of its own, which its tooltip names."""
    name = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key)
    hint = opens.shortcut.replace("+", " + ")
    with st.popover(plain(label), key=key, icon=icon, type="tertiary", width="content", help=hint):
        yield
    _MOUNT(key=f"popovers.{key}", data={"code": f"Key{opens.shortcut[-1]}", "name": name})
