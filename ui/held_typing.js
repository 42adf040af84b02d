/**
 * What is typed after a press waits for the field the press leads to, and never lands in the one before it.
 *
 * A press, or the answer to a question, may move the cursor once the page is drawn. Keys pressed until then stand in
 * the queue of presses (`presses.js`, whose module this is part of) and are typed where the cursor is afterwards
 * (`held_keys.js`); where no field is, a sentence says what was not typed. A key for the button or the box that has the
 * cursor is not held, nor is what an input method composes: that goes on where it was begun.
 */

/** How long a press may take to be answered, and how long a message may take that an answer to a question sends. */
const ANSWER_MS = 15000
const SEND_MS = 600
/** How long the field, or an open question, may be without the cursor: a page that draws may take it off for a moment. */
const FIELD_MS = 1500
/** How long a run may take that nobody saw begin. */
const UNSEEN_MS = 1000

class HeldTyping {
  /** The press or answer whose outcome is still to come. */
  cause = undefined
  refused = ""
  /** Since when nothing on the page has the cursor that could take a key. */
  missedAt = undefined
  /** Whether held text went into a field that has not been asked for it since. */
  hasEntered = false
  /** Whether held keys went on from that field: what has the cursor then is worked by the keys that follow. */
  hasGoneOn = false
  sent = 0
  received = 0

  constructor(presses) {
    this.presses = presses
    window.addEventListener("keydown", (event) => this.key(event), true)
    window.addEventListener("paste", (event) => this.paste(event), true)
    window.addEventListener("pointerdown", () => this.drop(), true)
    window.addEventListener("compositionstart", () => this.drop(), true)
    window.addEventListener("click", (event) => event.isTrusted && this.answered(), true)
    countMessages(this)
  }

  /** A press was given to its button; `nonce` is what the desk will say when it has dealt with it. */
  wait(nonce) {
    const page = nonce && this.presses.view()?.page
    this.cause = { at: performance.now(), nonce, page, hasRun: false, received: this.received }
    this.presses.serveSoon()
  }

  /** Enter or a click in an open question may be its answer: it is one when the page sends it. */
  answered() {
    if (question()) this.waitIfSent()
  }

  /** What was just done may have the page drawn anew: it has if a message goes to the server now. */
  waitIfSent() {
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
    const isAnswered = isBound ? view.answered === cause.nonce : cause.hasRun || this.hasRunUnseen()
    return isAnswered && !this.presses.isBusy() && !globalThis.callwrightAiming
  }

  /** What a refused press would have led to never comes. */
  isRefused() {
    const view = this.presses.view()
    return Boolean(this.cause?.nonce && view?.refused && view.answered === this.cause.nonce)
  }

  /** A short run may begin and end between two looks at the page; its messages came all the same. */
  hasRunUnseen() {
    return this.received > this.cause.received && performance.now() - this.cause.at > UNSEEN_MS
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
    const goesOn = this.hasTyped()
    if (event.key === "Escape" || (event.key === "Tab" && !goesOn)) return this.drop()
    const { key, code, keyCode, shiftKey, ctrlKey, altKey, metaKey } = event
    const isLetter = event.getModifierState("AltGraph")
    const isCommand = !isLetter && (ctrlKey || metaKey)
    if ((altKey && !isLetter) || !isWriting(event, goesOn, isCommand)) return
    if (!this.cause && !this.presses.queue.length) return key === "Enter" ? this.answered() : undefined
    if (!goesOn && isWorkedBy(event, holder())) return
    const init = { key, code, keyCode, shiftKey, ctrlKey: isCommand && ctrlKey, metaKey: isCommand && metaKey }
    this.take(event, { init, text: key.length === 1 && !isCommand ? key : "" })
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
  give({ typed }) {
    if (!this.isOver()) return false
    if (this.isRefused()) return this.drop(), true
    const held = holder()
    const isPlaced = question() ? isAsked(held) : isField(held) || (this.hasGoneOn && isWorkedBy(typed.init, held))
    this.missedAt = isPlaced ? undefined : (this.missedAt ?? performance.now())
    if (performance.now() - this.missedAt < FIELD_MS) return false
    if (!isPlaced && enterQuestion()) return false
    this.cause = undefined
    if (isPlaced && typed.init?.key === "Enter") this.answered()
    if (isPlaced && typed.init?.key === "Tab") this.goesOn()
    else this.hasEntered ||= isPlaced
    if (!isPlaced || !enter(held, typed)) this.refused += typed.text
    if (!this.hasTypedAfter()) this.tell()
    return true
  }

  /** A held Tab: the field it leaves sends its text, and may be drawn anew for it. */
  goesOn() {
    if (this.hasEntered) this.waitIfSent()
    this.hasEntered = false
    this.hasGoneOn = true
  }

  /** A press after text that was held: its field hands it over first, as it does at a chord typed into it. */
  handOver() {
    const { hasEntered } = this
    this.hasEntered = this.hasGoneOn = false
    if (hasEntered) holder()?.dispatchEvent(keydown({ key: "Unidentified", altKey: true }))
    return hasEntered
  }

  /** Whether the next in the queue needs no pause: what was typed into this very field. */
  isFlowing() {
    return !this.cause && Boolean(this.presses.queue[0]?.typed)
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
    this.missedAt = undefined
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

/** An open question that lost the cursor gets it back: what is typed while it stands is for it. Whether it could. */
function enterQuestion() {
  const field = question()?.querySelector(`${TYPED_INTO}, .st-key-choice-menu button`)
  field?.focus()
  return Boolean(field) && document.activeElement === field
}

/** A page asks its server for something by sending a message, and is answered by others. */
function countMessages(counts) {
  const { send } = WebSocket.prototype
  const known = new WeakSet()
  WebSocket.prototype.send = function (...message) {
    if (!known.has(this)) this.addEventListener("message", () => counts.received++)
    known.add(this)
    counts.sent++
    counts.presses.wasSent()
    return send.apply(this, message)
  }
}
