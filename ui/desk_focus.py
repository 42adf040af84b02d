"""The focus stays in the desk: after an act the page is drawn anew, and a browser would drop the focus on its body."""

from __future__ import annotations

import re

import streamlit as st

_LOOK = """
.holds-focus:focus-visible {
  outline: 1px solid color-mix(in srgb, currentColor 45%, transparent);
  outline-offset: 6px;
  border-radius: 2px;
}
"""
SCRIPT = """
/** How long a page that stands may still take the focus away, and how long it is looked after at most. */
const PATIENCE_MS = 2000
const LONGEST_MS = 20000

export default function ({ data, parentElement }) {
  const desk = () => document.querySelector(`.st-key-${data.desk}`)
  const prepare = (one) => {
    one.tabIndex = 0
    one.classList.add("holds-focus")
  }
  if (desk()) prepare(desk())
  if (parentElement.wordSeen === data.word) return
  parentElement.wordSeen = data.word
  const last = performance.now() + LONGEST_MS
  let until = performance.now() + PATIENCE_MS
  let isLeft = false
  // Who goes on by Tab is led back no more.
  const listen = (event) => (isLeft ||= event.key === "Tab")
  window.addEventListener("keydown", listen, { capture: true })
  const lookAfter = () => {
    if (isLeft) return false
    const at = document.activeElement
    // A question gives the focus back to where it was asked from, by itself; a popover may be put away with its choice.
    const open = document.querySelector("[role=dialog]")
    if (open && !open.matches("[data-testid=stPopoverBody]")) return false
    if (!open && desk() && (!at || at === document.body)) {
      prepare(desk())
      desk().focus({ preventScroll: true })
    }
    const now = performance.now()
    // The desk may be there long before the end of its run, which puts away what it no longer draws.
    if (globalThis.callwrightPresses?.isBusy()) until = now + PATIENCE_MS
    return now < Math.min(until, last)
  }
  const stay = () => {
    if (lookAfter()) requestAnimationFrame(stay)
    else window.removeEventListener("keydown", listen, { capture: true })
  }
  stay()
}
"""
_MOUNT = st.components.v2.component("callwright.desk_focus", html="", css=_LOOK, js=SCRIPT, isolate_styles=False)


def hold_focus(desk: str, word: str) -> None:
    """Take a lost focus into the container with this key, for a moment after each new word."""
    _MOUNT(key=f"focus.{desk}", data={"desk": re.sub(r"[^a-zA-Z0-9_-]", "-", desk), "word": word})
