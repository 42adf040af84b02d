/** Running text and single lines: the browser's own field, which grows with what it holds. */
import { element } from "./dom.js"
import { tellUnseen } from "./unseen.js"

const MAX_HEIGHT = 420

export class PlainSurface {
  constructor(mode, id, events) {
    this.mode = mode
    this.input = element(mode === "line" ? "input" : "textarea", `input ${mode}`)
    this.input.id = id
    this.input.spellcheck = mode === "text"
    this.input.autocomplete = "off"
    if (mode !== "line") this.input.rows = 1
    this.input.addEventListener("input", events.typed)
    this.input.addEventListener("keydown", events.pressed)
    this.unseen = element("div", "status waiting")
    this.node = element("div")
    this.node.append(this.input, this.unseen)
  }

  /** On the page, at first or at another place of it. */
  arrive() {}

  describe({ label, placeholder, isDisabled, describedBy }) {
    this.input.setAttribute("aria-label", label)
    this.input.setAttribute("aria-describedby", describedBy)
    this.input.placeholder = placeholder
    this.input.disabled = isDisabled
  }

  /** What was typed, in whole letters: half of a pair has no place in JSON. */
  text() {
    return this.input.value.toWellFormed?.() ?? this.input.value
  }

  length() {
    return this.input.value.length
  }

  /** Put a text into the field as its first. */
  show(text) {
    this.input.value = text
  }

  /** Put another text in the place of what is shown; the cursor stays, and one at the end stays at the end. */
  replace(text) {
    const { selectionStart, selectionEnd } = this.input
    const before = this.input.value
    this.input.value = text
    if (before === this.input.value || !this.hasFocus()) return
    const end = this.input.value.length
    if (selectionStart === before.length) this.input.setSelectionRange(end, end)
    else this.input.setSelectionRange(selectionStart, selectionEnd)
  }

  /** Text of a key that was pressed while the field was between two places. */
  type(text) {
    this.put(text, this.input.selectionStart)
  }

  erase() {
    const { selectionStart, selectionEnd } = this.input
    this.put("", selectionStart === selectionEnd ? Math.max(0, selectionStart - 1) : selectionStart)
  }

  put(text, from) {
    this.input.setRangeText(text, from, this.input.selectionEnd, "end")
    this.keep()
    this.input.dispatchEvent(new Event("input"))
  }

  hasFocus() {
    return this.input.getRootNode().activeElement === this.input
  }

  focus() {
    this.input.focus()
  }

  keep() {
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = this.input
    this.kept = { selectionStart, selectionEnd, selectionDirection, scrollTop }
  }

  restore() {
    const { selectionStart, selectionEnd, selectionDirection, scrollTop } = this.kept ?? {}
    this.input.focus()
    if (typeof selectionStart === "number") {
      this.input.setSelectionRange(selectionStart, selectionEnd, selectionDirection)
      this.input.scrollTop = scrollTop
    }
  }

  mark() {}

  grow() {
    this.unseen.textContent = tellUnseen(this.input.value)
    if (this.mode === "line") return
    this.input.style.height = "auto"
    const height = this.input.scrollHeight + 2
    this.input.style.height = `${Math.min(height, MAX_HEIGHT)}px`
    this.input.style.overflowY = height > MAX_HEIGHT ? "auto" : "hidden"
  }

  leave() {}
}
