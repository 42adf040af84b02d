/**
 * Typing goes on while a field is between two places: a rerun may take the element with the cursor off the page and put
 * it back a moment later, and the keys pressed meanwhile would reach the page, whose own keys they would press.
 */
let keeper

/** From now on keys that reach no other field are written into this surface, until it is back or `until` has come. */
export function catchKeys(surface, until) {
  keeper = { surface, until }
}

export function releaseKeys(surface) {
  if (keeper?.surface === surface) keeper = undefined
}

function pressed(event) {
  if (!keeper) return
  const held = document.activeElement
  const isElsewhere = held && held !== document.body && held !== document.documentElement
  if (isElsewhere || performance.now() > keeper.until) return (keeper = undefined)
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return
  if (!write(keeper.surface, event.key)) return
  event.preventDefault()
  event.stopImmediatePropagation()
}

function write(surface, key) {
  if (key.length === 1) surface.type(key)
  else if (key === "Enter" && surface.mode !== "line") surface.type("\n")
  else if (key === "Backspace") surface.erase()
  else return false
  return true
}

window.addEventListener("keydown", pressed, true)
