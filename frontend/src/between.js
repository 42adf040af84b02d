/**
 * Typing goes on while a field is between two places: a rerun may take the element with the cursor off the page and put
 * it back a moment later, and the keys pressed meanwhile would reach the page, whose own keys they would press.
 *
 * Only for one who was typing: after a shortcut or a click the field went because the person wanted something else.
 */
import { isCommanding } from "./dom.js"

/** How long after the last key a field that is off the page still takes keys. */
const PAUSE_MS = 2000
let typist

/** A plain key was pressed in this field. */
export function isTypedIn(field) {
  typist = { field, at: performance.now() }
}

export function wasTypedIn(field) {
  return typist?.field === field && performance.now() - typist.at < PAUSE_MS
}

function pressed(event) {
  if (isCommanding(event) || event.key === "Tab" || event.key === "Escape") return (typist = undefined)
  if (!typist || event.isComposing || !wasTypedIn(typist.field)) return
  const held = document.activeElement
  const { isConnected } = typist.field.box
  if (held && held !== document.body && held !== document.documentElement) return isConnected || (typist = undefined)
  // Back on the page, and the page has kept the cursor.
  if (isConnected) typist.field.surface.restore()
  if (!write(typist.field.surface, event.key)) return
  typist.at = performance.now()
  event.preventDefault()
  event.stopImmediatePropagation()
}

function write(surface, key) {
  if (key.length === 1) surface.type(key)
  else if (key === "Enter" && surface.mode !== "line") surface.type("\n")
  else if (key === "Backspace") surface.erase()
  else return false
  return true
}

window.addEventListener("keydown", pressed, true)
window.addEventListener("pointerdown", () => (typist = undefined), true)
