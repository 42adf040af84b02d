"""A reload brings the cursor back into the field it was in: the text was kept, and typing goes on there."""

from __future__ import annotations

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.reloaded",
    html="",
    js="""
const KEPT = "callwright.cursor"
const FIELDS = ":is(input, textarea, [contenteditable=true]):read-write"
const PATIENCE_MS = 15000
const POLL_MS = 50

/** Every field with this name, wherever it is drawn. */
function* named(name, root = document) {
  for (const one of root.querySelectorAll("*")) {
    if (one.matches(FIELDS) && one.ariaLabel === name) yield one
    if (one.shadowRoot) yield* named(name, one.shadowRoot)
  }
}

function holder() {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  return one
}

const here = () => location.pathname + location.search

function keep() {
  const field = holder()
  sessionStorage.removeItem(KEPT)
  if (!field?.matches(FIELDS) || !field.ariaLabel) return
  const place = [...named(field.ariaLabel)].indexOf(field)
  const { selectionStart: start, selectionEnd: end } = field
  sessionStorage.setItem(KEPT, JSON.stringify({ at: here(), name: field.ariaLabel, place, start, end }))
}

function giveBack({ at, name, place, start, end }) {
  const until = performance.now() + PATIENCE_MS
  let isTaken = false
  const take = () => (isTaken = true)
  for (const kind of ["keydown", "pointerdown"]) window.addEventListener(kind, take, { capture: true, once: true })
  const watch = () => {
    const field = globalThis.callwrightPresses?.isStill() && [...named(name)][place]
    if (isTaken || at !== here() || performance.now() > until) return
    if (!field) return setTimeout(watch, POLL_MS)
    if (holder()?.matches(FIELDS)) return
    field.focus()
    if (typeof start === "number" && field.setSelectionRange) field.setSelectionRange(start, end)
    else field.dispatchEvent(new CustomEvent("caret"))
  }
  watch()
}

export default function () {
  if (globalThis.callwrightReloaded) return
  globalThis.callwrightReloaded = true
  window.addEventListener("pagehide", keep)
  const kept = sessionStorage.getItem(KEPT)
  const isReload = performance.getEntriesByType("navigation")[0]?.type === "reload"
  if (kept && isReload) giveBack(JSON.parse(kept))
}
""",
)


def keep_cursor() -> None:
    """Remember the field with the cursor over a reload; draw it once a page."""
    _MOUNT(key="focus.reloaded", data={})
