/**
 * The live editor of Callwright: one text field that never loses what was typed.
 *
 * It posts drafts to the server while a person types, shows findings under the field, and hands its text to the page only
 * on blur, Ctrl+S or any modifier key, because a page rerun per keystroke corrupts typing.
 */

const DRAFT_DELAY_MS = 500
const RETRY_DELAY_MS = 2000
const BIG_TEXT = 20000
const BIG_TEXT_DELAY_MS = 100

/** What each field held when it was last on screen; a rerun may drop and remount the element at any time. */
const memory = new Map()
const fields = new WeakMap()
const alive = new Set()
/** Fields left by pressing a pointer: their text is handed over at its release, so that nothing moves under a click. */
const leaving = new Set()
let isPointerDown = false

export default function mount(component) {
  const root = component.parentElement
  let field = fields.get(root)
  if (!field || field.uid !== component.data.uid) {
    field?.leave()
    field = new Field(root, component.data)
    fields.set(root, field)
  }
  field.update(component)
  return () => field.flush()
}

class Field {
  constructor(root, data) {
    this.uid = data.uid
    this.box = root.querySelector(".field") ?? root.appendChild(element("div", "field"))
    this.box.replaceChildren()
    const kept = memory.get(this.uid)
    this.given = kept ? kept.given : data.value
    this.committed = kept ? kept.committed : data.value
    this.drafted = kept ? kept.drafted : data.value
    this.build(data)
    this.input.value = kept ? kept.text : data.value
    if (kept?.focused) this.restoreCursor(kept)
    alive.add(this)
    this.watchWidth()
  }

  /** A field is often built before it has its width; its height follows the width it gets. */
  watchWidth() {
    let width = 0
    this.observer = new ResizeObserver(([entry]) => {
      if (entry.contentRect.width === width) return
      width = entry.contentRect.width
      this.grow()
    })
    this.observer.observe(this.box)
  }

  build(data) {
    const id = `callwright-${Math.random().toString(36).slice(2)}`
    this.label = element("label", data.label_visible ? "label" : "label hidden")
    this.label.htmlFor = id
    this.input = element(data.mode === "line" ? "input" : "textarea", `input ${data.mode}`)
    this.input.id = id
    this.input.spellcheck = data.mode === "text"
    this.input.autocomplete = "off"
    this.input.setAttribute("aria-describedby", `${id}-findings`)
    if (data.mode !== "line") this.input.rows = 1
    this.status = element("div", "status")
    this.findings = element("ul", "findings")
    this.findings.id = `${id}-findings`
    this.findings.setAttribute("aria-live", "polite")
    this.box.append(this.label, this.input, this.findings, this.status)
    this.listen()
  }

  listen() {
    this.input.addEventListener("input", () => this.typed())
    this.input.addEventListener("blur", () => this.left())
    this.input.addEventListener("keydown", (event) => this.pressed(event))
  }

  update(component) {
    const { data, setStateValue } = component
    const isFirst = this.data === undefined
    this.data = data
    this.setStateValue = setStateValue
    this.label.textContent = data.label
    this.input.setAttribute("aria-label", data.label)
    this.input.placeholder = data.placeholder ?? ""
    this.input.disabled = Boolean(data.disabled)
    this.takeValue(data.value)
    if (!this.isDirty()) this.paint(data.findings ?? [])
    this.pageVerdict = hasErrors(data.findings ?? [])
    this.remember()
    this.grow()
    if (isFirst && this.isDirty()) this.typed()
    if (data.focus && data.focus !== this.focusSeen) this.input.focus()
    this.focusSeen = data.focus
  }

  /** The page's text replaces ours only when the person has typed nothing since the last hand-over. */
  takeValue(value) {
    if (value === this.given) return
    this.given = value
    if (this.isDirty()) return
    this.committed = value
    this.drafted = value
    if (this.input.value !== value) this.setText(value)
  }

  setText(text) {
    const { selectionStart, selectionEnd } = this.input
    this.input.value = text
    if (this.hasFocus()) this.input.setSelectionRange(selectionStart, selectionEnd)
  }

  isDirty() {
    return this.input.value !== this.committed
  }

  hasFocus() {
    return this.input.getRootNode().activeElement === this.input
  }

  typed() {
    this.remember()
    this.grow()
    this.status.textContent = ""
    clearTimeout(this.draftTimer)
    this.draftTimer = setTimeout(() => this.paused(), DRAFT_DELAY_MS)
    clearTimeout(this.checkTimer)
    if (this.input.value.length > BIG_TEXT) this.checkTimer = setTimeout(() => this.check(), BIG_TEXT_DELAY_MS)
    else this.check()
  }

  /** A pause in typing: the page is told when the verdict on this field changed, else the text is saved as a draft. */
  paused() {
    if (this.verdict !== undefined && this.verdict !== this.pageVerdict) this.commit()
    else this.saveDraft()
  }

  left() {
    this.remember()
    this.flush()
    if (isPointerDown) leaving.add(this)
    else this.commit()
  }

  pressed(event) {
    const isSave = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s"
    if (isSave) event.preventDefault()
    if (isSave || event.altKey || event.ctrlKey || event.metaKey) this.commit()
    if (event.key === "Enter" && this.data.mode === "line") this.commit()
  }

  /** Hand the text to the page: it becomes a revision there. */
  commit() {
    if (!this.isDirty() || this.data.disabled) return
    this.committed = this.input.value
    this.verdict = undefined
    clearTimeout(this.draftTimer)
    this.remember()
    const nonce = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
    this.setStateValue("doc", { text: this.input.value, nonce, base_rev: this.data.base_rev })
  }

  /** Save at once what the timer has not saved yet; used on blur, on hiding the tab and on unmounting. */
  flush() {
    clearTimeout(this.draftTimer)
    if (this.input.value !== this.drafted && this.isDirty()) this.saveDraft(true)
  }

  leave() {
    this.flush()
    this.observer.disconnect()
    alive.delete(this)
  }

  async saveDraft(isLeaving = false) {
    const text = this.input.value
    if (!this.data?.draft_url || text === this.drafted) return
    const answer = await post(this.data.draft_url, this.data.token, text, { keepalive: isLeaving && text.length < 60000 })
    if (answer.isRefused) return this.commit()
    if (!answer.body) return this.retry()
    this.drafted = text
    this.status.textContent = this.input.value === text ? "draft saved" : ""
    this.status.classList.remove("waiting")
    this.remember()
  }

  retry() {
    this.status.textContent = "not saved yet, trying again"
    this.status.classList.add("waiting")
    clearTimeout(this.draftTimer)
    this.draftTimer = setTimeout(() => this.saveDraft(), RETRY_DELAY_MS)
  }

  async check() {
    if (!this.data?.check_url) return
    this.checking?.abort()
    this.checking = new AbortController()
    const text = this.input.value
    this.findings.classList.add("stale")
    const answer = await post(this.data.check_url, this.data.token, text, { signal: this.checking.signal })
    if (!answer.body || text !== this.input.value) return
    this.verdict = hasErrors(answer.body.findings)
    this.paint(answer.body.findings)
  }

  paint(findings) {
    this.findings.classList.remove("stale")
    this.findings.replaceChildren(
      ...findings.map(({ severity, message }) => {
        const line = element("li", severity)
        const word = element("b")
        word.textContent = `${severity} `
        line.append(word, document.createTextNode(message))
        return line
      }),
    )
  }

  remember() {
    memory.set(this.uid, {
      text: this.input.value,
      given: this.given,
      committed: this.committed,
      drafted: this.drafted,
      focused: this.hasFocus(),
      start: this.input.selectionStart,
      end: this.input.selectionEnd,
    })
  }

  restoreCursor({ start, end }) {
    queueMicrotask(() => {
      this.input.focus()
      this.input.setSelectionRange(start, end)
    })
  }

  grow() {
    if (this.data?.mode === "line") return
    this.input.style.height = "auto"
    const limit = this.data?.max_height ?? 420
    const height = this.input.scrollHeight + 2
    this.input.style.height = `${Math.min(height, limit)}px`
    this.input.style.overflowY = height > limit ? "auto" : "hidden"
  }
}

function hasErrors(findings) {
  return findings.some(({ severity }) => severity === "error")
}

function element(tag, classes = "") {
  const made = document.createElement(tag)
  made.className = classes
  return made
}

/** `body` is set only for a real answer of ours: an unknown path answers 200 with the app's own page. */
async function post(url, token, text, options) {
  try {
    const response = await fetch(new URL(url, location.origin), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, text }),
      ...options,
    })
    const isOurs = response.headers.get("content-type")?.includes("application/json")
    return { body: response.ok && isOurs ? await response.json() : null, isRefused: isOurs && response.status === 403 }
  } catch {
    return { body: null, isRefused: false }
  }
}

function flushAll() {
  for (const field of alive) field.flush()
}

/** A link leads to another page: a hand-over would race with it, and the text is already on its way as a draft. */
function released(event) {
  isPointerDown = false
  const isLink = event.composedPath().some((node) => node.tagName === "A" && node.href)
  if (!isLink) for (const field of leaving) field.commit()
  leaving.clear()
}

window.addEventListener("pointerdown", () => (isPointerDown = true), true)
window.addEventListener("pointerup", released, true)
window.addEventListener("pointercancel", released, true)
window.addEventListener("pagehide", flushAll)
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flushAll())
