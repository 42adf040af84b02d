/**
 * What is typed after a press waits for the field the press leads to, and never lands in the one before it.
 *
 * A press, or the answer to a question, may move the cursor once the page is drawn. Keys pressed until then stand in
 * the queue of presses (`presses.js`, whose module this is part of) and are typed where the cursor is afterwards; where
 * no field is, a sentence says what was not typed.
 */

/** How long a press may take to be answered, and how long a message may take that an answer to a question sends. */
const ANSWER_MS = 15000
const SEND_MS = 150
/** How long an open question may take to have the cursor. */
const QUESTION_MS = 3000
const TYPED_INTO = "input:not([type=hidden]), textarea, [contenteditable=true]"
const EDITING = { Backspace: "delete", Delete: "forwardDelete" }
const STEPS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]

class HeldTyping {
  /** The press or answer whose outcome is still to come. */
  cause = undefined
  refused = ""
  /** Whether held text went into a field that has not been asked for it since. */
  hasEntered = false
  sent = 0

  constructor(presses) {
    this.presses = presses
    window.addEventListener("keydown", (event) => this.key(event), true)
    window.addEventListener("paste", (event) => this.paste(event), true)
    window.addEventListener("pointerdown", () => this.drop(), true)
    window.addEventListener("click", (event) => event.isTrusted && this.answered(), true)
    countMessages(() => this.sent++)
  }

  /** A press was given to its button; `nonce` is what the desk will say when it has dealt with it. */
  wait(nonce) {
    const page = nonce && this.presses.view()?.page
    this.cause = { at: performance.now(), nonce, page, hasRun: false }
    this.presses.serveSoon()
  }

  /** Enter or a click in an open question may be its answer: it is one when the page sends it. */
  answered() {
    if (!question()) return
    const { sent } = this
    this.wait()
    const { cause } = this
    setTimeout(() => this.cause === cause && this.sent === sent && (this.cause = undefined), SEND_MS)
  }

  began() {
    if (this.cause) this.cause.hasRun = true
  }

  isOver() {
    const { cause } = this
    if (!cause) return true
    const view = this.presses.view()
    const isBound = cause.nonce && view?.page === cause.page
    return (isBound ? view.answered === cause.nonce : cause.hasRun) && !this.presses.isBusy() && !globalThis.callwrightAiming
  }

  /** Called between presses: an outcome that is there needs no waiting for any more. */
  look() {
    if (!this.cause) return
    if (this.isOver() && !this.hasTyped()) this.cause = undefined
    else if (performance.now() - this.cause.at > ANSWER_MS) this.drop()
  }

  hasTyped() {
    return this.presses.queue.some((one) => one.typed)
  }

  key(event) {
    if (!event.isTrusted || event.isComposing) return
    if (event.key === "Tab" || event.key === "Escape") return this.drop()
    const isChord = event.ctrlKey || event.metaKey || event.altKey
    if (isChord && !event.getModifierState("AltGraph")) return
    const isTaken = event.key.length === 1 || event.key === "Enter" || event.key in EDITING
    if (!isTaken && !(STEPS.includes(event.key) && this.hasTyped())) return
    if (!this.cause && !this.presses.queue.length) return event.key === "Enter" ? this.answered() : undefined
    const { key, code, keyCode, shiftKey } = event
    this.take(event, { init: { key, code, keyCode, shiftKey }, text: key.length === 1 ? key : "" })
  }

  paste(event) {
    const text = event.clipboardData?.getData("text/plain")
    if (event.isTrusted && text && (this.cause || this.presses.queue.length)) this.take(event, { text })
  }

  take(event, typed) {
    event.preventDefault()
    event.stopImmediatePropagation()
    this.presses.queue.push({ typed, at: performance.now() })
    this.presses.serveSoon()
  }

  /** Whether a key was typed, or refused; false while its field is still to come. */
  give({ typed, at }) {
    if (!this.isOver()) return false
    const held = holder()
    const isStray = question() && !isAsked(held)
    if (isStray && performance.now() - at < QUESTION_MS) return false
    this.cause = undefined
    if (isStray || !enter(held, typed)) this.refused += typed.text
    else if (typed.init?.key === "Enter") this.answered()
    this.hasEntered ||= !isStray
    if (!this.hasTypedAfter()) this.tell()
    return true
  }

  /** A press after text that was held: its field hands it over first, as it does at a chord typed into it. */
  handOver() {
    const { hasEntered } = this
    this.hasEntered = false
    if (hasEntered) holder()?.dispatchEvent(keydown({ key: "Alt", code: "AltLeft", altKey: true }))
    return hasEntered
  }

  hasTypedAfter() {
    return this.presses.queue.slice(1).some((one) => one.typed)
  }

  /** The person went elsewhere, or nothing came: what still waits is typed nowhere. */
  drop(sentence = "") {
    this.cause = undefined
    const { queue } = this.presses
    this.refused += queue.map((one) => one.typed?.text ?? "").join("")
    queue.splice(0, queue.length, ...queue.filter((one) => !one.typed))
    this.tell(sentence)
  }

  tell(sentence = "") {
    const lost = this.refused.trim()
    this.refused = ""
    const said = lost ? `Not typed, as no field was there for it yet: ${lost}` : ""
    if (sentence || said) tell([sentence, said].filter(Boolean).join(" "))
  }
}

/** The deepest element that has the cursor. */
function holder() {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  return one
}

function question() {
  return document.querySelector("[role=dialog]")
}

/** Whether an element belongs to the open question, as far as it lies in elements of their own. */
function isAsked(one) {
  for (let node = one; node; node = node.getRootNode().host) if (node.closest("[role=dialog]")) return true
  return false
}

/** One key or a pasted text, put where the cursor is; whether something took it. */
function enter(held, { init, text }) {
  const isField = held?.matches?.(TYPED_INTO) && !held.disabled && !held.readOnly
  if (!isField && !(question() && isAsked(held))) return false
  if (init && !held.dispatchEvent(keydown(init))) return true
  if (!isField) return init?.key === "Enter" && held.matches("button") && (held.click(), true)
  if (text) return document.execCommand("insertText", false, text)
  if (init.key in EDITING) document.execCommand(EDITING[init.key])
  else if (init.key === "Enter" && held.matches("textarea")) document.execCommand("insertText", false, "\n")
  return true
}

function keydown(init) {
  return new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true, composed: true })
}

/** A page asks its server for something by sending a message. */
function countMessages(count) {
  const { send } = WebSocket.prototype
  WebSocket.prototype.send = function (...message) {
    count()
    return send.apply(this, message)
  }
}
