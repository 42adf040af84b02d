"""Plain fields hand over their text before a shortcut acts: Streamlit sends it on leaving, which a chord is not."""

from __future__ import annotations

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.hand_over",
    html="",
    js="""
const FIELDS = ".stTextInput input, .stTextArea textarea"

/** Leaving and coming back sends the text; the cursor stands where it stood. */
function handOver(event) {
  const field = event.target
  if (!event.altKey || event.key === "Alt" || !field.matches?.(FIELDS)) return
  const { selectionStart, selectionEnd } = field
  field.blur()
  field.focus({ preventScroll: true })
  field.setSelectionRange?.(selectionStart, selectionEnd)
}

export default function () {
  if (globalThis.callwrightHandOver) return
  globalThis.callwrightHandOver = true
  window.addEventListener("keydown", handOver, true)
}
""",
)


def hand_over_first() -> None:
    """Look after the plain fields of this page; it takes no room."""
    _MOUNT(key="focus.hand-over")
