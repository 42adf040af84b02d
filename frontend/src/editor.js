/**
 * The live editor of Callwright: JSON in CodeMirror, running text and lines in the browser's own fields.
 *
 * It posts drafts to the server while a person types, shows findings at the place and under the field, and hands its
 * text to the page only on blur, Ctrl+S or any modifier key, because a page rerun per keystroke corrupts typing.
 */
import { Field, alive, leaving, pointer } from "./field.js"

/** More than a page ever shows; what was never handed over stays however many there are. */
const MAX_KEPT = 200

/** Every field that was on screen, by its key: a rerun may drop and remount the element at any time. */
const known = new Map()
/** Element of the page → the field that stands in it. */
const places = new WeakMap()

export default function mount(component) {
  const root = component.parentElement.querySelector(".field")
  const before = places.get(root)
  const field = fieldOf(component.data)
  if (before && before !== field) before.leave(root)
  const isNew = !alive.has(field)
  places.set(root, field)
  field.arrive(root, component)
  field.update(component, isNew)
  return () => field.leave(root)
}

function fieldOf(data) {
  const field = known.get(data.uid) ?? new Field(data)
  known.delete(data.uid)
  known.set(data.uid, field)
  for (const [uid, old] of known) {
    if (known.size <= MAX_KEPT) break
    if (!alive.has(old) && !old.isDirty()) known.delete(uid)
  }
  return field
}

function flushAll() {
  for (const field of alive) field.flush(true)
}

/** A link leads to another page: a hand-over would race with it, and the text is already on its way as a draft. */
function released(event) {
  pointer.isDown = false
  const isLink = event.composedPath().some((node) => node.tagName === "A" && node.href)
  if (!isLink) for (const field of leaving) field.commit()
  leaving.clear()
}

window.addEventListener("pointerdown", () => (pointer.isDown = true), true)
window.addEventListener("pointerup", released, true)
window.addEventListener("pointercancel", released, true)
window.addEventListener("pagehide", flushAll)
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flushAll())
