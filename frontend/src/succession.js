/**
 * Somebody else's save draws a conversation with new names for its turns: the field that stood in a place goes, another
 * comes there. The cursor stays in the place; who types on sees on which text.
 *
 * Not after a shortcut of the page: the field went because the person wanted something else, and the page says where
 * the cursor belongs then.
 */
import { isCommanding } from "./dom.js"

const SOON_MS = 2000
/** How long the page may take to do what a shortcut asks for. */
const ANSWER_MS = 10000
let left
let askedAt = -Infinity

/** This field went with the cursor in it, and with no text that the page does not have. */
export function leavesCursor({ of, at }) {
  const now = performance.now()
  if (now - askedAt > ANSWER_MS) left = { of, at, since: now }
}

/** Whether the cursor was in the place of this field until just now; said once. */
export function takesCursor({ of, at }) {
  const isHeir = left?.of === of && left.at === at && performance.now() - left.since < SOON_MS
  if (isHeir) left = undefined
  return isHeir
}

/** The page's own shortcuts are made with Alt; saving, copying and the like belong to the field. */
function pressed(event) {
  if (event.key === "Alt" || event.key === "Shift") return
  askedAt = isCommanding(event) && event.altKey ? performance.now() : -Infinity
}

window.addEventListener("keydown", pressed, true)
window.addEventListener("pointerdown", () => (askedAt = -Infinity), true)
