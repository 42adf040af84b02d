/**
 * Popovers and menus by key: opened, a popover takes the cursor; closed, it gives it back.
 *
 * Streamlit leaves the cursor on the button of a popover, with its fields behind everything else the page stops at.
 */

const BODY = "[data-testid=stPopoverBody]"
const OPENER = "[data-testid=stPopoverButton]"
/** The first thing to do; a question mark beside a label only explains. */
const STOPS = ":is(input, textarea, button:not([aria-label^='Help for'])):enabled:not([tabindex='-1'])"
/** A press on one of these is all the popover was opened for. */
const CLOSING = "[class*=st-key-closing-]"
const PATIENCE_MS = 8000

/** Where the cursor was when a key opened the open popover. */
let origin

const isIn = (kinds, one = document.activeElement) => Boolean(one?.closest?.(kinds))

/** Do it as soon as it can be done. */
function soon(isDone) {
  const until = performance.now() + PATIENCE_MS
  const look = () => isDone() || (performance.now() < until && requestAnimationFrame(look))
  look()
}

/** Some fields are drawn a moment after the rest: the cursor goes on to a first one that comes late. */
function enter() {
  let taken
  soon(() => {
    const first = document.querySelector(`${BODY} ${STOPS}`)
    const isFree = taken ? document.activeElement === taken : !isIn(BODY)
    if (first && first !== taken && isFree) (taken = first).focus()
    return (isIn(BODY) && !isFree) || (taken && !document.querySelector(BODY))
  })
}

/** The button takes the cursor by itself a moment after its popover is closed; it goes on from there. */
function goBack(opener) {
  const back = origin?.isConnected && origin !== document.body ? origin : opener
  const isLost = () => isIn("body") && (document.activeElement === document.body || isIn(OPENER))
  soon(() => {
    if (document.querySelector(BODY)) return false
    if (isLost()) back?.focus()
    return !isLost()
  })
}

function openByKey(event) {
  const { keys } = globalThis.callwrightPopovers
  const name = event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey && keys.get(event.code)
  const opener = name && document.querySelector(`.${CSS.escape(name)} ${OPENER}`)
  if (!opener || document.querySelector(`[role=dialog]:not(${BODY})`)) return false
  if (event.repeat) return true
  if (!isIn(BODY)) origin = document.activeElement
  if (opener.ariaExpanded === "true") enter()
  else opener.click()
  return true
}

/** An open menu may keep the focus itself, and its marked line would not hear the key. */
function takeMarked(event) {
  const held = document.activeElement
  const marked = event.key === "Enter" && held?.role === "menu" && held.querySelector("[data-focused=true]")
  if (marked) marked.click()
  return Boolean(marked)
}

function press(event) {
  if (openByKey(event) || takeMarked(event)) {
    event.preventDefault()
    event.stopPropagation()
  } else if (event.key === "Escape" && isIn(BODY) && document.activeElement.ariaExpanded !== "true") {
    goBack(document.querySelector(`${OPENER}[aria-expanded=true]`))
  }
}

/** Enter in a line of text is the button below it, which takes the text the line has handed over by now. */
function submit(event) {
  const field = event.composedPath()[0]
  const isPlain = event.key === "Enter" && !event.isComposing && !(event.altKey || event.ctrlKey || event.metaKey)
  if (!isPlain || !field.matches?.("input[type=text]:not([role=combobox])") || !isIn(BODY, field)) return
  const buttons = [...field.closest(BODY).querySelectorAll(".stButton button:enabled")]
  const next = buttons.find((one) => field.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
  const box = next?.closest(".stElementContainer")
  const name = [...(box?.classList ?? [])].find((one) => one.startsWith("st-key-"))
  if (name) globalThis.callwrightPresses?.hold({ name })
}

function click(event) {
  const opener = event.target.closest?.(OPENER)
  if (opener) {
    if (event.isTrusted) origin = undefined
    setTimeout(() => opener.ariaExpanded === "true" && enter())
  } else if (isIn(BODY, event.target) && isIn(CLOSING, event.target)) {
    const mine = document.querySelector(`${OPENER}[aria-expanded=true]`)
    // Its own press travels first.
    setTimeout(() => (mine?.click(), goBack(mine)))
  }
}

function begin() {
  window.addEventListener("keydown", press, true)
  window.addEventListener("keydown", submit)
  document.addEventListener("click", click, true)
  return { keys: new Map() }
}

export default function ({ data }) {
  const { keys } = (globalThis.callwrightPopovers ??= begin())
  if (!data.code) return
  keys.set(data.code, data.name)
  return () => keys.get(data.code) === data.name && keys.delete(data.code)
}
