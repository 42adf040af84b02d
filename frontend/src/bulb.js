/** The lightbulb: what a rule can mend by itself, one act away, by mouse and by keyboard. */
import { element } from "./dom.js"

const BULB =
  '<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" focusable="false"><path fill="currentColor" d="M9 21h6v-1H9v1Zm3-19a7 7 0 0 0-4 12.7V17c0 .6.4 1 1 1h6c.6 0 1-.4 1-1v-2.3A7 7 0 0 0 12 2Zm2.9 11.1-.9.6V16h-4v-2.3l-.9-.6A5 5 0 1 1 17 9a5 5 0 0 1-2.1 4.1Z"/></svg>'
const MENU_GAP = 4
let made = 0

export class Bulb {
  /** `take(finding)` makes a fix; `back()` gives the cursor to the text again. */
  constructor(take, back) {
    this.take = take
    this.back = back
    this.fixable = []
    this.button = element("button", "bulb")
    this.button.type = "button"
    this.button.innerHTML = BULB
    this.button.hidden = true
    this.menu = element("div", "fixes")
    this.menu.id = `callwright-fixes-${++made}`
    this.menu.setAttribute("role", "menu")
    this.menu.setAttribute("aria-label", "Quick fixes")
    this.menu.popover = "manual"
    this.button.setAttribute("aria-haspopup", "menu")
    this.button.setAttribute("aria-controls", this.menu.id)
    this.button.addEventListener("click", () => (this.isOpen ? this.close(true) : this.open()))
    this.menu.addEventListener("keydown", (event) => this.pressed(event))
    this.menu.addEventListener("focusout", (event) => this.menu.contains(event.relatedTarget) || this.close(false))
    this.setOpen(false)
  }

  /** Offer these findings' fixes beside a line; without any the bulb is gone. */
  offer(fixable, top) {
    if (!fixable.length && this.isOpen) this.close(true)
    this.fixable = fixable
    this.button.hidden = !fixable.length
    const count = fixable.length === 1 ? "One quick fix" : `${fixable.length} quick fixes`
    this.button.setAttribute("aria-label", count)
    this.button.title = `${count} (Ctrl+.)`
    this.button.style.top = `${Math.max(0, top)}px`
  }

  open() {
    if (!this.fixable.length) return false
    this.menu.replaceChildren(...this.fixable.map((finding) => this.item(finding)))
    this.menu.showPopover()
    this.stand()
    this.setOpen(true)
    this.menu.firstElementChild.focus()
    return true
  }

  /** Under the bulb, or over it where the window ends. */
  stand() {
    const bulb = this.button.getBoundingClientRect()
    const { width, height } = this.menu.getBoundingClientRect()
    const isLow = bulb.bottom + MENU_GAP + height > innerHeight
    this.menu.style.left = `${Math.max(MENU_GAP, bulb.right - width)}px`
    this.menu.style.top = `${isLow ? bulb.top - MENU_GAP - height : bulb.bottom + MENU_GAP}px`
  }

  close(isReturning) {
    if (!this.isOpen) return
    this.setOpen(false)
    this.menu.hidePopover()
    if (isReturning) this.back()
  }

  setOpen(isOpen) {
    this.isOpen = isOpen
    this.button.setAttribute("aria-expanded", String(isOpen))
  }

  item(finding) {
    const item = element("button", "fix")
    item.type = "button"
    item.tabIndex = -1
    item.setAttribute("role", "menuitem")
    item.textContent = finding.fix
    item.addEventListener("click", () => {
      this.close(true)
      this.take(finding)
    })
    return item
  }

  pressed(event) {
    const items = [...this.menu.children]
    const at = items.indexOf(event.target)
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
    if (next !== undefined) items[(next + items.length) % items.length].focus()
    else if (event.key === "Escape" || event.key === "Tab") this.close(true)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
}
