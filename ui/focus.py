"""Where the cursor goes: after an act the next key belongs to the field the act was about.

Streamlit leaves the focus on the page after most reruns, and its own one-letter keys then take what people type.

Who does what with the cursor: `focus.py` (this one) moves it into a widget, once for each new word; `cursor.py` says
which widget that is on Write, by a pointer into the example; `desk_focus.py` catches a focus that was lost, for desks
that are read by arrow keys; `hand_over.py` sends what a plain field holds before a chord acts; `held_typing.js` keeps
what is typed until the cursor has arrived (`held_keys.js` types it then);
`frontend/src/between.js` does that for a live field while it is redrawn; `reloaded.py` brings it back after a reload.
"""

from __future__ import annotations

import re

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.focus",
    html="",
    js=r"""
const FIELDS = "input:not([type=hidden]), textarea, [role=combobox], [role=textbox]"
/** How long a field may take to appear, and how long something else may still take its cursor away. */
const PATIENCE_MS = 8000
const WATCH_MS = 2500

/** The words already followed; kept on the page, as the element may be put away and come back. */
const seen = (globalThis.callwrightFocus ??= new Set())

function inside(root, kinds) {
  const found = root.querySelector(kinds)
  if (found) return found
  for (const one of root.querySelectorAll("*")) {
    const deeper = one.shadowRoot && inside(one.shadowRoot, kinds)
    if (deeper) return deeper
  }
}

function active() {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  return one
}

function find(name) {
  for (const box of document.querySelectorAll(`.st-key-${name}`)) {
    const field = inside(box, FIELDS) ?? inside(box, "button")
    if (field && !field.disabled) return field
  }
}

/** Running text is continued at its end; in a prefilled object the first open value is filled or replaced. */
function putCaret(field) {
  if (field.isContentEditable) field.dispatchEvent(new CustomEvent("caret"))
  if (field.tagName !== "TEXTAREA") return
  const hole = /: (""|null)(?=[,}])/.exec(field.value)
  const end = hole ? hole.index + hole[0].length : field.value === "{}" ? 1 : field.value.length
  if (!hole) field.setSelectionRange(end, end)
  else if (hole[1] === "null") field.setSelectionRange(end - 4, end)
  else field.setSelectionRange(end - 1, end - 1)
}

/**
 * A question that was dismissed gives the cursor back to the field it was asked from. Answered, it does not: the answer
 * brings the next field, and what is typed before that comes must not land in the old one.
 */
function watchQuestions() {
  if (globalThis.callwrightQuestions) return
  globalThis.callwrightQuestions = true
  let last, wasAsked, isDismissed
  const isAsked = () => document.querySelector("[role=dialog]") !== null
  document.addEventListener("focusin", (event) => {
    const one = event.composedPath()[0]
    if (!isAsked() && one.matches?.(FIELDS)) last = one
  })
  document.addEventListener("keydown", (event) => (isDismissed = event.key === "Escape"), true)
  document.addEventListener("pointerdown", () => (isDismissed = true), true)
  new MutationObserver(() => {
    const isOver = wasAsked && !isAsked() && isDismissed
    wasAsked = isAsked()
    if (isOver) setTimeout(() => document.activeElement === document.body && last?.isConnected && last.focus(), 50)
  }).observe(document.body, { childList: true, subtree: true })
}

export default function ({ data }) {
  watchQuestions()
  if (!data.field || seen.has(data.word)) return
  seen.add(data.word)
  globalThis.callwrightAim = data.word
  // While it is set, what is typed waits for the cursor to arrive (`held_typing.js`).
  globalThis.callwrightAiming = data.word
  const arrive = () => globalThis.callwrightAiming === data.word && (globalThis.callwrightAiming = undefined)
  let isOver = false
  const stop = (event) => (isOver ||= event.type === "pointerdown" || event.key === "Tab")
  let until = performance.now() + (data.forced ? PATIENCE_MS : WATCH_MS)
  let isReached = false
  window.addEventListener("pointerdown", stop, true)
  window.addEventListener("keydown", stop, true)
  const watch = () => {
    const field = find(data.field)
    const held = active()
    const isNewest = globalThis.callwrightAim === data.word
    const isTyping = held?.matches?.(`${FIELDS}, [role=radio]`) && held.isConnected && !held.disabled
    if (!isOver && isNewest && field && held !== field && (data.forced || !isTyping)) {
      field.focus()
      if (data.selected && field.select) field.select()
      else putCaret(field)
    }
    if (isOver || (field && held === field) || (isTyping && !data.forced)) arrive()
    if (field && held === field && !isReached) {
      isReached = true
      until = Math.min(until, performance.now() + WATCH_MS)
    }
    if (!isOver && isNewest && performance.now() < until) return requestAnimationFrame(watch)
    arrive()
    window.removeEventListener("pointerdown", stop, true)
    window.removeEventListener("keydown", stop, true)
  }
  watch()
}
""",
)


def focus_on(key: str, word: str, *, is_forced: bool = True, is_selected: bool = False, name: str = "") -> None:
    """Move the cursor into the widget with this key, once for each new word; draw it behind that widget.

    Not forced, the cursor moves only where the act left it in no field at all. Selected, what is typed next takes the
    place of what stands there.
    """
    field = re.sub(r"[^a-zA-Z0-9_-]", "-", key.strip())
    _MOUNT(
        key=f"focus.{name or key}", data={"field": field, "word": word, "forced": is_forced, "selected": is_selected}
    )
