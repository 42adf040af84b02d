/**
 * Somebody else's save draws a conversation with new names for its turns: the field that stood in a place goes, another
 * comes there. The cursor stays in the place; who types on sees on which text.
 */
const SOON_MS = 2000
let left

/** This field went with the cursor in it, and with no text that the page does not have. */
export function leavesCursor({ of, at }) {
  left = { of, at, since: performance.now() }
}

/** Whether the cursor was in the place of this field until just now; said once. */
export function takesCursor({ of, at }) {
  const isHeir = left?.of === of && left.at === at && performance.now() - left.since < SOON_MS
  if (isHeir) left = undefined
  return isHeir
}
