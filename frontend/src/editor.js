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
/** A request that outlives its page may carry 64 KiB at most, counted in bytes. */
const KEEPALIVE_BYTES = 60000
/** How many texts a field remembers having handed over before the page confirms one. */
const MAX_MARKS = 8
/** Names this tab in the drafts it sends, so that two tabs never overwrite each other's. */
const TAB = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** What each field held when it was last on screen; a rerun may drop and remount the element at any time. */
const memory = new Map()
const fields = new WeakMap()
const alive = new Set()
/** Fields left by pressing a pointer: their text is handed over at its release, so that nothing moves under a click. */
const leaving = new Set()
let isPointerDown = false

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

export default function mount(component) {
  const root = component.parentElement
  let field = fields.get(root)
  if (!field || field.uid !== component.data.uid) {
    field?.leave()
    field = new Field(root, component.data)
    fields.set(root, field)
  }
  field.update(component)
  return () => field.leave()
}

class Field {
  constructor(root, data) {
    this.uid = data.uid
    this.box = root.querySelector(".field") ?? root.appendChild(element("div", "field"))
    this.box.replaceChildren()
    const kept = memory.get(this.uid)
    this.build(data)
    this.given = kept ? kept.given : data.value
    this.marks = kept ? kept.marks : [markOf(data.value)]
    this.committed = kept ? kept.committed : this.show(data.value)
    this.drafted = kept ? kept.drafted : this.committed
    if (kept) this.show(kept.text)
    if (kept?.focused) this.restoreCursor(kept)
  }

  /** On the page, at first or again: a rerun may put away a field and bring it back. */
  arrive() {
    if (alive.has(this)) return
    alive.add(this)
    this.watchWidth()
  }

  /** Off the page: nothing of this field runs on, but its last text is sent. */
  leave() {
    if (!alive.has(this)) return
    this.flush()
    alive.delete(this)
    clearTimeout(this.checkTimer)
    this.checking?.abort()
    this.observer.disconnect()
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
    this.arrive()
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
    const confirmed = this.marks.lastIndexOf(markOf(value))
    if (confirmed >= 0) this.marks = this.marks.slice(confirmed)
    if (this.isDirty()) return
    this.marks = [markOf(value)]
    this.committed = this.setText(value)
    this.drafted = this.committed
  }

  /** Put a text into the field; returns it as the field has it, which knows one kind of line end only. */
  show(text) {
    this.input.value = text
    return this.text()
  }

  setText(text) {
    const { selectionStart, selectionEnd } = this.input
    const before = this.input.value
    const shown = this.show(text)
    if (before !== this.input.value && this.hasFocus()) this.input.setSelectionRange(selectionStart, selectionEnd)
    return shown
  }

  /** What was typed, in whole letters: half of a pair has no place in JSON. */
  text() {
    return this.input.value.toWellFormed?.() ?? this.input.value
  }

  isDirty() {
    return this.text() !== this.committed
  }

  hasFocus() {
    return this.input.getRootNode().activeElement === this.input
  }

  typed() {
    this.remember()
    this.grow()
    this.status.textContent = ""
    this.isPaused = false
    clearTimeout(this.draftTimer)
    this.draftTimer = setTimeout(() => this.paused(), DRAFT_DELAY_MS)
    clearTimeout(this.checkTimer)
    if (this.input.value.length > BIG_TEXT) this.checkTimer = setTimeout(() => this.check(), BIG_TEXT_DELAY_MS)
    else this.check()
  }

  /** A pause in typing: the page is told when the verdict on this field changed, else the text is saved as a draft. */
  paused() {
    this.isPaused = true
    if (this.isVerdictNews()) this.commit()
    else this.saveDraft()
  }

  isVerdictNews() {
    return this.verdict !== undefined && this.verdict !== this.pageVerdict
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

  /** Hand the text to the page: it becomes a revision there. Should the page fail, the text is on the server too. */
  commit() {
    if (!this.isDirty() || this.data.disabled) return
    const text = this.text()
    const typing = this.typing()
    this.committed = text
    this.verdict = undefined
    clearTimeout(this.draftTimer)
    const nonce = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`
    this.setStateValue("doc", { text, nonce, base_rev: this.data.base_rev, at: this.data.at, typing })
    if (this.data.is_drafted_at_hand_over && text !== this.drafted) this.send(text, typing, {})
    this.marks = [...this.marks, markOf(text)].slice(-MAX_MARKS)
    this.remember()
  }

  typing() {
    return { tab: TAB, began: this.marks }
  }

  /** Save at once what the timer has not saved yet; used on blur, on hiding the tab and on unmounting. */
  flush() {
    clearTimeout(this.draftTimer)
    if (this.text() !== this.drafted && this.isDirty()) this.saveDraft(true)
  }

  saveDraft(isLeaving = false) {
    if (this.data?.draft_url && this.text() !== this.drafted) this.send(this.text(), this.typing(), { isLeaving })
  }

  /** One request at a time: a draft never overtakes a newer one. While one is under way only the newest waits. */
  async send(text, typing, options) {
    const draft = { text, typing, options, url: this.data.draft_url, token: this.data.token }
    if (this.sending) {
      this.waiting = draft
      if (options.isLeaving) this.post(draft)
      return
    }
    this.sending = true
    await this.post(draft)
    this.sending = false
    const next = this.waiting
    this.waiting = undefined
    if (next && next.text !== this.drafted) this.send(next.text, next.typing, next.options)
  }

  async post({ text, typing, options, url, token }) {
    const answer = await post(url, { token, text, typing }, options)
    if (answer.isRefused) return this.commit()
    if (answer.refusal) return this.say(answer.refusal, "refused")
    if (!answer.body) return this.retry(text, typing)
    this.drafted = text
    this.say(this.isDirty() && this.text() === text ? "draft saved" : "")
    this.remember()
  }

  /** Try again until the text is on the server, or newer text is on its way from the field that took this one's place. */
  retry(text, typing) {
    this.say("not saved yet, trying again", "waiting")
    clearTimeout(this.draftTimer)
    this.draftTimer = setTimeout(() => {
      if (!alive.has(this) && memory.get(this.uid)?.text !== text) return
      if (this.isDirty()) this.saveDraft()
      else if (this.given === text) this.say("")
      else this.send(text, typing, {})
    }, RETRY_DELAY_MS)
  }

  say(sentence, look = "") {
    this.status.textContent = sentence
    this.status.className = `status ${look}`.trim()
  }

  async check() {
    if (!this.data?.check_url) return
    this.checking?.abort()
    this.checking = new AbortController()
    const text = this.text()
    this.findings.classList.add("stale")
    const answer = await post(this.data.check_url, { token: this.data.token, text }, { signal: this.checking.signal })
    if (!answer.body || text !== this.text()) return
    this.verdict = hasErrors(answer.body.findings)
    this.paint(answer.body.findings)
    if (this.isPaused && this.isVerdictNews() && alive.has(this)) this.commit()
  }

  paint(findings) {
    this.findings.classList.remove("stale")
    this.findings.replaceChildren(
      ...findings.map(({ severity, message }) => {
        const line = element("li", severity)
        const word = element("b")
        word.textContent = `${severity} `
        line.append(word, ...named(message))
        return line
      }),
    )
  }

  remember() {
    memory.set(this.uid, {
      text: this.text(),
      given: this.given,
      marks: this.marks,
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

/** A sentence with the names it holds in backticks in bold, as the page writes them. */
function named(sentence) {
  const parts = sentence.split("`")
  if (parts.length % 2 === 0) return [document.createTextNode(sentence)]
  return parts.map((part, at) => {
    if (at % 2 === 0) return document.createTextNode(part)
    const name = element("b")
    name.textContent = part
    return name
  })
}

function hasErrors(findings) {
  return findings.some(({ severity }) => severity === "error")
}

function element(tag, classes = "") {
  const made = document.createElement(tag)
  made.className = classes
  return made
}

/**
 * `body` is set only for a real answer of ours: an unknown path answers 200 with the app's own page. `refusal` is the
 * server's sentence about a text it will never take; trouble on the way is neither, and worth another try.
 */
async function post(url, asked, { isLeaving = false, signal } = {}) {
  const body = JSON.stringify(asked)
  const keepalive = isLeaving && new TextEncoder().encode(body).length <= KEEPALIVE_BYTES
  try {
    const headers = { "content-type": "application/json" }
    const response = await fetch(new URL(url, location.origin), { method: "POST", headers, body, keepalive, signal })
    const isOurs = response.headers.get("content-type")?.includes("application/json")
    if (!isOurs || response.status >= 500) return {}
    const answer = await response.json()
    if (response.ok) return { body: answer }
    return response.status === 403 ? { isRefused: true } : { refusal: answer.error ?? "This text could not be saved." }
  } catch {
    return {}
  }
}

/** A short mark of a text: its CRC-32 and its length in bytes, as the server makes it. */
function markOf(text) {
  const bytes = new TextEncoder().encode(text)
  let crc = -1
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255]
  return ((crc ^ -1) >>> 0).toString(16).padStart(8, "0") + bytes.length.toString(16)
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
