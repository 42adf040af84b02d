/**
 * Tab stops only where something can be done.
 *
 * Streamlit also stops at frames, at code that fits, at the arrows beside tabs that the arrow keys move, and once in
 * each column of a grid. A region that scrolls and holds no other stop remains one: nothing else would scroll it by key.
 */

const FRAMES = "main.stMain, [role=tabpanel], .stCode, .holds-focus"
const NEVER = "[data-testid^=stTabsScroll], .dvn-scroller"
const ROWS = ".stHorizontalBlock"
const GRID = "[data-testid=data-grid-canvas]"
const STOPS = ":is(a[href], button, input, textarea, [tabindex]):not([tabindex='-1'], :disabled)"
/** A frame that is a hair too small for what it holds scrolls nothing into sight. */
const HAIR_PX = 4

function scrolls(one) {
  const { overflowX, overflowY } = getComputedStyle(one)
  const isWide = overflowX !== "visible" && one.scrollWidth > one.clientWidth + HAIR_PX
  return isWide || (overflowY !== "visible" && one.scrollHeight > one.clientHeight + HAIR_PX)
}

function isStop(frame) {
  if (frame.querySelector(STOPS)) return false
  return scrolls(frame) || [...frame.querySelectorAll("*")].some(scrolls)
}

/** A row that scrolls sideways would also scroll by the hair that it is too low, and be a stop for that alone. */
function steady(row) {
  if (row.scrollHeight > row.clientHeight && getComputedStyle(row).overflowY === "auto") row.style.overflowY = "hidden"
}

/** At the last moment: the page may have drawn new ones since. */
function tidy(event) {
  if (event.key !== "Tab") return
  for (const one of document.querySelectorAll(NEVER)) one.tabIndex = -1
  for (const one of document.querySelectorAll(ROWS)) steady(one)
  // The inner ones first: an outer frame is a stop only where none is left inside.
  for (const one of [...document.querySelectorAll(FRAMES)].reverse()) one.tabIndex = isStop(one) ? 0 : -1
  const grid = event.target.closest?.(GRID)
  if (!grid) return
  // The browser goes on from the grid by itself; within it, the arrow keys move. Its cells stand behind its own stop.
  event.stopPropagation()
  if (event.shiftKey && event.target !== grid) grid.focus()
}

export default function () {
  if (globalThis.callwrightTabStops) return
  globalThis.callwrightTabStops = true
  window.addEventListener("keydown", tidy, true)
}
