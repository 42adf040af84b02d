"""Enter in a message sends it, as in every chat; Shift+Enter begins a new line."""

from __future__ import annotations

import re

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.send_by_enter",
    html="",
    js="""
function send(event) {
  const wanted = globalThis.callwrightSendByEnter
  const isPlain = event.key === "Enter" && !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey)
  if (!wanted || !isPlain || event.isComposing || event.defaultPrevented) return
  if (!event.composedPath().some((one) => one.classList?.contains(wanted.field))) return
  const button = document.querySelector(`.${CSS.escape(wanted.button)} button`)
  event.preventDefault()
  event.stopImmediatePropagation()
  // Leaving the field hands its text over; the press follows it.
  if (button && !button.disabled) {
    button.focus()
    setTimeout(() => button.click(), 60)
  }
}

export default function ({ data }) {
  if (globalThis.callwrightSendByEnter === undefined) window.addEventListener("keydown", send, true)
  globalThis.callwrightSendByEnter = data
  return () => { if (globalThis.callwrightSendByEnter === data) globalThis.callwrightSendByEnter = null }
}
""",
)


def send_by_enter(field: str, button: str) -> None:
    """From the field inside the container with one key to the button with another; draw it behind both."""
    _MOUNT(key="enter.sends", data={"field": _css_name(field), "button": _css_name(button)})


def _css_name(key: str) -> str:
    return "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
