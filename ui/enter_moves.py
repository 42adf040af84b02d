"""Enter in a field of one line leads on as Tab does, at once: what is typed next never lands in the field it ended."""

from __future__ import annotations

import re

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.enter_moves",
    html="",
    js="""
const FIELDS = "input:not([type=hidden]), textarea, [role=combobox]"

function move(event) {
  const field = event.composedPath()[0]
  const isPlain = event.key === "Enter" && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
  if (!isPlain || event.isComposing || !field.matches?.("input")) return
  for (const [from, to] of globalThis.callwrightEnterMoves) {
    const isFrom = event.composedPath().some((one) => one.classList?.contains(from))
    if (!isFrom) continue
    // Whatever still watches that the cursor stays in the field (`focus.py`) has done its work.
    globalThis.callwrightAim = undefined
    document.querySelector(`.${CSS.escape(to)}`)?.querySelector(FIELDS)?.focus()
  }
}

export default function ({ data }) {
  if (!globalThis.callwrightEnterMoves) window.addEventListener("keydown", move)
  globalThis.callwrightEnterMoves = new Map([[data.from, data.to]])
}
""",
)


def enter_moves(source: str, target: str) -> None:
    """From the widget with one key to the widget with another; draw it behind both."""
    _MOUNT(key="enter.moves", data={"from": _css_name(source), "to": _css_name(target)})


def _css_name(key: str) -> str:
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
