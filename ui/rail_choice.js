/**
 * Rows a person chooses one of: a radio group whose rows are changed in place, so that a list of fifty costs a browser
 * next to nothing when one of them leaves. Words of other people are only ever written as text.
 */

/** How long a choice stands against a page that does not know of it yet. */
const PATIENCE_MS = 10000
/** What is a long name, in letters, and how many of its end stay where it is cut. */
const LONG_NAME = 20
const NAME_END = 9
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }
const SVG = "http://www.w3.org/2000/svg"
const ICONS = {
  error: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Zm1 15h-2v-2h2v2Zm0-4h-2V7h2v6Z",
  warning: "M1 21h22L12 2 1 21Zm12-3h-2v-2h2v2Zm0-4h-2v-4h2v4Z",
}
const lists = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector(".rows")
  if (!lists.has(root)) lists.set(root, new Rows(root))
  lists.get(root).show(data, (choice) => setStateValue("choice", choice))
}

class Rows {
  /** Id of a row → its element. */
  rows = new Map()
  chosen = null
  /** The choice this tab has made and the page has not answered yet. */
  pending = undefined

  constructor(root) {
    this.root = root
    root.setAttribute("role", "radiogroup")
    root.addEventListener("click", (event) => this.pick(event.target.closest(".row")))
    root.addEventListener("keydown", (event) => this.key(event))
  }

  show(data, tell) {
    this.tell = tell
    this.root.setAttribute("aria-label", data.heading)
    const hadFocus = this.root.contains(this.root.getRootNode().activeElement)
    this.arrange(data.rows)
    if (this.isAnswered(data)) this.pending = undefined
    this.mark(this.pending ? this.chosen : data.chosen)
    if (hadFocus) this.entry()?.focus({ preventScroll: true })
  }

  isAnswered({ handled }) {
    if (!this.pending) return true
    const isLate = performance.now() - this.pending.at > PATIENCE_MS
    return isLate || handled === this.pending.nonce || !this.rows.has(this.chosen)
  }

  /** Rows that stay are kept and only changed where they say something else. */
  arrange(rows) {
    const ids = new Set(rows.map((row) => row.id))
    for (const [id, element] of this.rows) {
      if (ids.has(id)) continue
      element.remove()
      this.rows.delete(id)
    }
    let next = this.root.firstElementChild
    for (const row of rows) {
      const element = this.rows.get(row.id) ?? this.make(row.id)
      say(element, row)
      if (element === next) next = next.nextElementSibling
      else this.root.insertBefore(element, next)
    }
  }

  make(id) {
    const element = document.createElement("div")
    element.className = "row"
    element.dataset.id = id
    element.setAttribute("role", "radio")
    element.setAttribute("aria-checked", "false")
    element.tabIndex = -1
    this.rows.set(id, element)
    return element
  }

  mark(id) {
    const isMoved = id !== this.marked
    this.chosen = this.marked = id
    for (const [one, element] of this.rows) {
      const checked = String(one === id)
      if (element.getAttribute("aria-checked") !== checked) element.setAttribute("aria-checked", checked)
      if (element.tabIndex !== -1) element.tabIndex = -1
    }
    const entry = this.entry()
    if (entry) entry.tabIndex = 0
    if (isMoved && this.rows.has(id)) uncover(this.rows.get(id))
  }

  /** The row that Tab reaches. */
  entry() {
    return this.rows.get(this.chosen) ?? this.root.firstElementChild
  }

  pick(element) {
    if (!element) return
    const id = element.dataset.id
    const isNew = id !== this.chosen
    if (isNew) this.pending = { nonce: `${performance.timeOrigin}.${performance.now()}`, at: performance.now() }
    this.mark(id)
    element.focus({ preventScroll: true })
    if (!isNew) return
    // Until the page shows what was picked, a press on it is about something nobody has seen.
    globalThis.callwrightPresses?.ask?.()
    this.tell({ id, nonce: this.pending.nonce })
  }

  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    const all = [...this.root.children]
    const at = all.indexOf(event.target.closest(".row"))
    const step = STEPS[event.key]
    const places = { Home: 0, End: all.length - 1, " ": at, Enter: at }
    const to = step ? (at + step + all.length) % all.length : places[event.key]
    if (at < 0 || to === undefined) return
    event.preventDefault()
    event.stopPropagation()
    this.pick(all[to])
  }
}

/** Write a row's words where they differ from those it shows. */
function say(element, row) {
  const said = JSON.stringify(row)
  if (element.said === said) return
  element.said = said
  const badges = row.badges ?? []
  const words = [row.title, row.facts, row.about, ...badges.map((one) => one.said ?? one.text)].filter(Boolean)
  element.setAttribute("aria-label", [words.join(" "), row.note].filter(Boolean).join(", "))
  element.title = [row.title, row.about].filter(Boolean).join(" ")
  const head = part("head")
  // Names that begin alike are told apart by their ends: one has two lines where there is room, else it is cut inside.
  const isName = [...row.title].length > LONG_NAME && !/\s/.test(row.title)
  const isTall = isName && !row.facts
  head.append(isTall ? folding(row.title) : isName ? parted(row.title) : part("title", row.title))
  if (row.facts) head.append(part("facts", row.facts))
  if (row.about) head.append(part("about", row.about))
  const foot = isTall ? part("head foot") : head
  foot.append(...badges.map(badge))
  element.replaceChildren(part("dot"), head)
  if (isTall) element.append(foot)
  if (row.note) (isTall ? foot : element).append(part("note", row.note))
  element.classList.toggle("strong", Boolean(row.strong))
  element.style.setProperty("--depth", row.depth ?? 0)
}

function part(name, text) {
  const element = document.createElement("span")
  element.className = name
  if (text === undefined) return element
  element.dir = "auto"
  element.textContent = text
  return element
}

/** A long name on two lines, which breaks between its words where it can. */
function folding(text) {
  const element = part("title folding", text)
  const words = text.split(/(?<=[_.\-/])/)
  element.replaceChildren(...words.flatMap((word) => [word, document.createElement("wbr")]))
  return element
}

/** A long name, cut in its middle where it has no room. */
function parted(text) {
  const letters = [...text]
  const element = part("title parted", text)
  const [start, end] = [part("start"), part("end")]
  start.textContent = letters.slice(0, -NAME_END).join("")
  end.textContent = letters.slice(-NAME_END).join("")
  element.replaceChildren(start, end)
  return element
}

function badge({ text, colour, icon }) {
  const element = part(`badge ${colour}`)
  if (icon) element.append(picture(ICONS[icon]))
  element.append(text)
  return element
}

function picture(path) {
  const drawing = document.createElementNS(SVG, "svg")
  drawing.setAttribute("viewBox", "0 0 24 24")
  drawing.setAttribute("aria-hidden", "true")
  drawing.append(document.createElementNS(SVG, "path"))
  drawing.firstChild.setAttribute("d", path)
  return drawing
}

/** Scroll the list around a row just so far that the row is in sight; the page itself stays where it is. */
function uncover(element) {
  const box = scroller(element)
  if (!box) return
  const [row, view] = [element.getBoundingClientRect(), box.getBoundingClientRect()]
  if (row.top < view.top) box.scrollTop -= view.top - row.top
  else if (row.bottom > view.bottom) box.scrollTop += row.bottom - view.bottom
}

function scroller(element) {
  for (let one = element; one; one = one.parentNode ?? one.host) {
    if (!(one instanceof Element) || one.matches(".stMain, .stApp")) continue
    if (one.scrollHeight > one.clientHeight && /auto|scroll/.test(getComputedStyle(one).overflowY)) return one
  }
}
