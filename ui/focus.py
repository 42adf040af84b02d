"""Where the cursor goes: after an act the next key belongs to the field the act was about.

Streamlit leaves the focus on the page after most reruns, and its own one-letter keys then take what people type.
"""

from __future__ import annotations

import re

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.focus",
    html="",
    js="""
export default function ({ data, parentElement }) {
  if (parentElement.focusSeen === data.word) return
  parentElement.focusSeen = data.word
  const find = () => document.querySelector(`.st-key-${data.field} :is(input, textarea, [role=combobox])`)
  const until = performance.now() + 1500
  const move = () => {
    const field = find()
    if (field) field.focus()
    if (document.activeElement !== field && performance.now() < until) requestAnimationFrame(move)
  }
  move()
}
""",
)


def focus_on(key: str, word: str) -> None:
    """Move the cursor into the widget with this key, once for each new word; draw it behind that widget."""
    _MOUNT(key=f"focus.{key}", data={"field": re.sub(r"[^a-zA-Z0-9_-]", "-", key), "word": word})
