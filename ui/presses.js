/**
 * No press of a key or a button is lost while a page is drawn anew, and none lands on what came after the thing seen.
 *
 * A press made while the page runs waits until it stands still; then it goes to the button it was made for, or a
 * sentence says that it was not done. What a person saw travels with the press, so that the server can check it too.
 */

/**
 * How long a page must stand still, how long a desk may take to be on screen after its run, how long a run may take to
 * begin, and how long a press may wait for its button.
 */
const SETTLE_MS = 40
const DRAW_MS = 500
const START_MS = 3000
const WAIT_MS = 15000
const APPEAR_MS = 1500
const EARLY_MS = 5000
const TELL_MS = 6000
const POLL_MS = 16
const HIDDEN_MS = 1000
/** A list that is still behind after so long is asked for again, so often. */
const AGAIN_MS = 3000
const MOST_ASKED = 3
/** How long it takes until a chosen tab that has the page drawn anew has said so. */
const TURN_MS = 600
const MAX_PAST = 20
/** A run that begins so soon after another goes on with it. */
const CHAIN_MS = 100
/** A finger may stay on a button for so long, and slip by so many pixels, and it still is one press. */
const SLIP_PX = 8
/** Keys as the hints on buttons write them. */
const HINTS = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Enter: "Enter", Delete: "Delete" }
const MISSED = "Not done: the page had changed before the press reached it. Look, then press again."

export default function ({ data, setStateValue }) {
  const presses = (globalThis.callwrightPresses ??= begin())
  if (!data.page) {
    presses.redraw = (word) => setStateValue("follow", word)
    return
  }
  presses.drew()
  const view = { ...data, tell: (seen, nonce) => setStateValue("seen", { seen, nonce }) }
  presses.views.set(data.page, view)
  if (data.follow) presses.follow(data.follow)
  return () => presses.views.get(data.page) === view && presses.views.delete(data.page)
}

function begin() {
  const presses = new Presses()
  for (const { event, isSeen } of globalThis.callwrightEarlyKeys ?? []) {
    presses.hold({ chord: chordOf(event), name: "", isEarly: !isSeen })
  }
  // After every field had its turn to hand over its text, and before Streamlit's own listener on the document.
  document.documentElement.addEventListener("keydown", (event) => presses.key(event))
  // A list of choices and a tab keep Enter to themselves, also with Alt; closed or open already, they have no use for it.
  window.addEventListener("keydown", (event) => keepsEnter(event) && presses.key(event), true)
  window.addEventListener("pointerdown", (event) => presses.down(event), true)
  window.addEventListener("pointerup", (event) => presses.up(event), true)
  window.addEventListener("click", (event) => presses.click(event), true)
  for (const kind of ["input", "change", "keydown", "pointerdown", "click"]) {
    window.addEventListener(kind, (event) => presses.touch(event), true)
  }
  new MutationObserver(() => presses.watch()).observe(document.querySelector("[data-testid=stApp]"), {
    attributeFilter: ["data-test-script-state"],
  })
  return presses
}

class Presses {
  views = new Map()
  queue = []
  /** The latest presses and what became of them, for whoever looks for one that was lost. */
  past = []
  askedAt = -Infinity
  stillSince = performance.now()
  isDrawn = true
  /** Until when the desk of a run that is over may still come. */
  drawBy = Infinity
  /** When somebody last did what may have the page drawn anew, other than by a press. */
  touchedAt = -Infinity
  pressed = undefined
  /** When a tab was chosen, and whether the page has asked for what it holds. */
  turned = { at: -Infinity, isSent: false }
  isServing = false
  /** Whether the run that brought the page is over and another has begun. */
  hasRunAgain = false
  typing = new HeldTyping(this)

  /** What the desk on screen shows, undefined where no desk is. */
  view() {
    return [...this.views.values()].at(-1)
  }

  /** What is there to be read: a desk's conversation comes before its end, which says what the desk as a whole shows. */
  shown() {
    const view = this.view()
    return globalThis.callwrightShown?.get(view?.page)?.seen ?? view?.seen
  }

  watch() {
    const now = performance.now()
    const still = now - this.stillSince
    this.stillSince = now
    if (scriptState() !== "running") {
      if (this.drawBy === Infinity) this.drawBy = now + DRAW_MS
      if (!this.views.size) this.turned.at = -Infinity
      return
    }
    this.hasRunAgain = true
    // A run that nobody asked for, of a part that looks by itself, draws no desk: to wait for one would be for ever.
    const isAsked = now - this.askedAt < START_MS || now - this.touchedAt < START_MS || this.typing.cause
    this.typing.began()
    if (isAsked) this.isDrawn = this.views.size === 0
    if (isAsked || still < CHAIN_MS) this.drawBy = Infinity
    this.askedAt = -Infinity
  }

  touch(event) {
    if (!event.isTrusted || chordOf(event) || buttonOf(event)) return
    this.touchedAt = performance.now()
    if (isTabOpening(event)) this.turned = { at: this.touchedAt, isSent: false }
  }

  /** A message went to the server: a tab chosen just now has another part of the page drawn. */
  wasSent() {
    if (this.isTurning()) this.turned.isSent = true
  }

  /** Whether the part that a chosen tab holds is still to come: a press is for that one. */
  isTurning() {
    const { at, isSent } = this.turned
    return performance.now() - at < (isSent ? START_MS : TURN_MS)
  }

  /** The desk is on screen as the newest run drew it; the end of that run is told earlier, and sometimes too late to see. */
  drew() {
    this.askedAt = -Infinity
    this.touchedAt = -Infinity
    this.turned.at = -Infinity
    this.isDrawn = true
  }

  /** Have the whole page drawn once what is there now has been seen: both at once would be seen late. */
  follow(word) {
    if (this.followed === word) return
    this.followed = word
    this.askToFollow(word, 0)
  }

  askToFollow(word, times) {
    this.ask()
    let isSaid = false
    const go = () => {
      if (!isSaid) this.redraw?.(times ? `${word} ${times}` : word)
      isSaid = true
    }
    requestAnimationFrame(() => setTimeout(go))
    // A tab out of sight draws nothing.
    setTimeout(go, HIDDEN_MS)
    // Said to a part that was just being drawn anew, it is lost: the desk then still says that the list is behind.
    setTimeout(() => this.isBehind(word) && times < MOST_ASKED && this.askToFollow(word, times + 1), AGAIN_MS)
  }

  isBehind(word) {
    return this.followed === word && [...this.views.values()].some((view) => view.follow === word)
  }

  /** Something else than a press has asked for another page. */
  ask() {
    this.askedAt = performance.now()
  }

  isBusy() {
    const now = performance.now()
    const still = now - this.stillSince
    if (scriptState() !== "notRunning" || now - this.askedAt < START_MS || this.isTurning()) return true
    return still < SETTLE_MS || (!this.isDrawn && now < this.drawBy)
  }

  /** A page that has just come may stand still a moment before its buttons are on screen. */
  isFresh() {
    return !this.hasRunAgain && this.stoodFor() < APPEAR_MS
  }

  stoodFor() {
    return performance.now() - this.stillSince
  }

  /** Nothing runs and nothing waits: what is pressed now goes to what is seen now. */
  isStill() {
    return !this.queue.length && !this.typing.cause && !this.isBusy() && !document.querySelector("[data-testid=stSkeleton]")
  }

  key(event) {
    const chord = chordOf(event)
    const button = chord && answering(chord)
    // A key of no button in sight may be the key of one that is still to come; others have listeners of their own.
    const mayCome = !event.shiftKey && !HINTS[event.key] && (this.isBusy() || this.isFresh())
    if (!chord) return
    if (!button && !mayCome) return this.remember({ chord, at: performance.now() }, "no button")
    event.preventDefault()
    event.stopPropagation()
    const name = button && !this.isTurning() ? nameOf(button) : ""
    if (!event.repeat) this.hold({ chord, name, isEarly: !button && !this.view() })
  }

  down(event) {
    const button = event.button === 0 ? buttonOf(event) : undefined
    const { clientX: x, clientY: y } = event
    this.pressed = button && { name: nameOf(button), button, x, y, seen: this.shown() }
  }

  /** A button that was drawn anew under the finger gets no click from the browser. */
  up(event) {
    const pressed = this.pressed
    if (!pressed) return
    const isHere = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) <= SLIP_PX
    setTimeout(() => {
      if (this.pressed !== pressed) return
      this.pressed = undefined
      const isGone = !pressed.button.isConnected || buttonOf(event) !== pressed.button
      if (isHere && isGone && pressed.name) this.hold(pressed)
    })
  }

  click(event) {
    if (!event.isTrusted) return
    const button = buttonOf(event)
    if (!button || !nameOf(button) || button.disabled) return
    const isMine = this.pressed?.button === button
    const seen = isMine ? this.pressed.seen : this.shown()
    if (isMine) this.pressed = undefined
    event.preventDefault()
    event.stopImmediatePropagation()
    this.hold({ name: nameOf(button), seen })
  }

  hold(press) {
    const view = this.view()
    this.queue.push({ seen: this.shown(), isFree: view?.free.includes(press.name), at: performance.now(), ...press })
    this.serveSoon()
  }

  /** In a task of its own: what a field hands over at the same moment travels by itself and never takes a press along. */
  serveSoon(delay_ms = 0) {
    if (this.isServing) return
    this.isServing = true
    setTimeout(() => this.serve(), delay_ms)
  }

  serve() {
    this.isServing = false
    const first = this.queue[0]
    const outcome = first && (first.typed ? this.typing.give(first) : this.give(first))
    if (outcome && this.queue[0] === first) this.remember(this.queue.shift(), outcome)
    this.typing.look()
    if (this.queue.length || this.typing.cause) this.serveSoon(this.typing.isFlowing() ? 0 : POLL_MS)
  }

  remember(press, outcome) {
    if (press.typed) return
    this.past.push({ chord: press.chord, name: press.name, at: press.at, until: performance.now(), outcome })
    if (this.past.length > MAX_PAST) this.past.shift()
  }

  /** What became of the press, nothing yet while it waits. */
  give(press) {
    const age = performance.now() - press.at
    if (this.isBusy()) return age > WAIT_MS ? this.miss() : ""
    const view = this.view()
    const button = press.name ? named(press.name) : answering(press.chord)
    // Counted from when the page stands: what it brings may be on screen only after its run, however long that took.
    const waited = Math.min(age, this.stoodFor())
    if (!button && waited < (press.isEarly ? EARLY_MS : APPEAR_MS) && age < WAIT_MS) return ""
    if (!button) return press.name ? this.miss() : "no button"
    // The end of a desk, which says what may be done unseen, is on screen last.
    if (press.isEarly && !view && waited < DRAW_MS) return ""
    // A key pressed before anything was there was about nothing seen: it moves, begins and opens, but decides nothing.
    const isFree = press.isEarly ? view?.free.includes(nameOf(button)) : press.isFree
    const isAbout = press.isEarly ? view !== undefined : press.seen !== undefined
    const isBound = !isFree && isAbout && button.closest(".stMain, .stBottom")
    if (isBound && press.seen !== view?.seen) return this.isComing(press) && age < WAIT_MS ? "" : this.miss()
    if (button.disabled) return "disabled"
    if (this.typing.handOver()) return ""
    this.askedAt = performance.now()
    // Only from the desk: what is told from another fragment would take the press along into the wrong one.
    const nonce = isBound && view ? String(performance.now()) : undefined
    if (nonce) view.tell(press.seen, nonce)
    clickOn(button)
    this.typing.wait(nonce)
    return "given"
  }

  /** What the press is about is there to be read; the desk's end is still to come. */
  isComing(press) {
    return press.seen !== undefined && press.seen === this.shown()
  }

  miss() {
    this.typing.drop(MISSED)
    return "missed"
  }
}

function keepsEnter(event) {
  const at = event.composedPath()[0]
  const isClosedChoice = at.matches?.("[role=combobox]") && at.ariaExpanded !== "true"
  return event.key === "Enter" && event.altKey && (isClosedChoice || at.matches?.("[role=tab]"))
}

/** Whether an event may open another tab. */
function isTabOpening(event) {
  const tab = event.composedPath().find((one) => one instanceof Element && one.matches("[role=tab]"))
  return tab && (event.type === "keydown" || tab.ariaSelected !== "true")
}

function scriptState() {
  return document.querySelector("[data-testid=stApp]")?.dataset.testScriptState
}

function buttonOf(event) {
  return event.composedPath().find((one) => one instanceof Element && one.matches(".stButton button"))
}

/** Not by `click()`: that lets go of a button which a Space that is down has hold of, and its press would be lost. */
function clickOn(button) {
  button.dispatchEvent(new PointerEvent("click", { view: window, bubbles: true, cancelable: true, composed: true }))
}

function nameOf(button) {
  const box = button.closest(".stElementContainer")
  return [...(box?.classList ?? [])].find((one) => one.startsWith("st-key-")) ?? ""
}

function named(name) {
  return document.querySelector(`.${CSS.escape(name)} .stButton button`)
}

/** The keys of an event as a hint says them, undefined where it is no chord with Alt. */
function chordOf(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey) return
  const key = HINTS[event.key] ?? String.fromCharCode(event.keyCode).match(/[A-Z]/)?.[0]
  return key && `Alt + ${event.shiftKey ? "Shift + " : ""}${key}`
}

/** The button that names a chord; one in an open question before those behind it. */
function answering(chord) {
  const hints = [...document.querySelectorAll(".stButton button kbd")]
  const buttons = hints
    .filter((hint) => hint.textContent.replace("⌥", "Alt").replace("⇧", "Shift") === chord)
    .map((hint) => hint.closest("button"))
  return buttons.find((button) => button.closest("[role=dialog]")) ?? buttons[0]
}

function tell(sentence) {
  document.querySelector("#callwright-missed")?.remove()
  const note = document.createElement("div")
  note.id = "callwright-missed"
  note.setAttribute("role", "status")
  const { color, backgroundColor, fontFamily } = getComputedStyle(document.querySelector(".stApp"))
  note.style.cssText = `position:fixed;inset:auto auto 1rem 1rem;z-index:999999;max-width:24rem;padding:.75rem 1rem;
    font:14px/1.4 ${fontFamily};color:${color};background:${backgroundColor};border:1px solid currentColor;border-radius:.5rem`
  document.querySelector(".stApp").append(note)
  requestAnimationFrame(() => (note.textContent = sentence))
  setTimeout(() => note.remove(), TELL_MS)
}
