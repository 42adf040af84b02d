/**
 * What a held key does once its field has the cursor: what the browser does by itself with one pressed there.
 *
 * What has an answer of its own to a key, as the editor or a list of choices, gets the key first. This is part of the
 * module of `presses.js`.
 */

/** What takes text; nothing that is ticked, dragged or only read. */
const TYPED_INTO = ":is(input, textarea, [contenteditable=true]):read-write"
const ERASED = { Backspace: "backward", Delete: "forward" }
const MOVES = {
  ArrowLeft: ["left", "character", "word"],
  ArrowRight: ["right", "character", "word"],
  ArrowUp: ["backward", "line", "paragraph"],
  ArrowDown: ["forward", "line", "paragraph"],
  Home: ["backward", "lineboundary", "documentboundary"],
  End: ["forward", "lineboundary", "documentboundary"],
}
/** Letters that do something to a text together with Ctrl; the last one saves it. */
const COMMANDS = { a: "selectAll", z: "undo", y: "redo", s: "" }

/** Whether a key writes; one that only moves or commands writes where it goes on with text. */
function isWriting({ key }, goesOn, isCommand) {
  if (key in ERASED) return goesOn || !isCommand
  if (isCommand) return goesOn && (key in MOVES || key.toLowerCase() in COMMANDS)
  return key.length === 1 || key === "Enter" || (goesOn && (key in MOVES || key === "Tab"))
}

/** Whether the cursor is on something that a key works without being text: a button, a box to tick. */
function isWorkedBy({ key } = { key: "" }, held) {
  return (key.length > 1 || key === " ") && held !== document.body && !isField(held)
}

function isField(held) {
  return Boolean(held?.matches?.(TYPED_INTO))
}

/** One key or a pasted text, put where the cursor is; whether something took it. */
function enter(held, { init, text }) {
  if (init && !held.dispatchEvent(keydown(init))) return true
  if (init?.key === "Tab") return goOn(held, init.shiftKey)
  if (!isField(held)) return press(held, init)
  if (text) return document.execCommand("insertText", false, text)
  if (init.key === "Enter" && held.matches("textarea")) document.execCommand("insertText", false, "\n")
  if (init.key in ERASED) erase(init)
  if (init.key in MOVES) move(init)
  if (init.ctrlKey || init.metaKey) command(init)
  return true
}

function press(held, init) {
  const pressed = { Enter: "button", " ": "button, [type=checkbox], [type=radio]" }[init?.key]
  return Boolean(pressed) && held.matches(pressed) && (held.click(), true)
}

function keydown(init) {
  return new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true, composed: true })
}

function erase({ key, ctrlKey, metaKey }) {
  const selection = document.getSelection()
  if ((ctrlKey || metaKey) && !selection.toString()) selection.modify("extend", ERASED[key], "word")
  document.execCommand(key === "Delete" ? "forwardDelete" : "delete")
}

function move({ key, shiftKey, ctrlKey, metaKey }) {
  const [way, step, leap] = MOVES[key]
  document.getSelection().modify(shiftKey ? "extend" : "move", way, ctrlKey || metaKey ? leap : step)
}

function command({ key, shiftKey }) {
  const name = COMMANDS[key.toLowerCase()]
  if (name) document.execCommand(name === "undo" && shiftKey ? "redo" : name)
}

/** On to the next field or button, or back to the one before: what Tab does. */
function goOn(held, isBack) {
  const all = [...reachable(question() ?? document)]
  const at = all.indexOf(held)
  const rest = isBack ? all.slice(0, at).reverse() : all.slice(at + 1)
  const next = rest.find((one) => (one.focus(), holder() === one))
  if (next?.matches("input")) next.select()
  return true
}

/** Everything Tab stops at, in its order; one of a group of radio buttons is enough. */
function* reachable(root) {
  for (const one of root.querySelectorAll("*")) {
    const isOther = one.type === "radio" && !one.checked
    if (one.tabIndex >= 0 && !one.disabled && !isOther) yield one
    if (one.shadowRoot) yield* reachable(one.shadowRoot)
  }
}
