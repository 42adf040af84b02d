/** The findings of a field: the list under it, and what a screen reader hears of them. */
import { element, named } from "./dom.js"

/** A person who types is not talked to: the sentence comes once they rest. */
const ANNOUNCE_DELAY_MS = 900

export function hasErrors(findings) {
  return findings.some(({ severity }) => severity === "error")
}

export class Findings {
  constructor(id) {
    this.list = element("ul", "findings")
    this.list.id = id
    this.voice = element("div", "hidden")
    this.voice.setAttribute("role", "status")
    this.voice.setAttribute("aria-live", "polite")
    this.shown = []
  }

  paint(findings) {
    this.list.classList.remove("stale")
    if (JSON.stringify(findings) === JSON.stringify(this.shown)) return
    this.shown = findings
    this.list.replaceChildren(...findings.map(line))
  }

  /** Until the answer comes, what is shown belongs to the text before. */
  age() {
    this.list.classList.add("stale")
  }

  /** Say how things stand, unless it was said before. */
  announce() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => {
      const sentence = summary(this.shown)
      if (sentence !== this.voice.textContent && (sentence || this.voice.textContent)) {
        this.voice.textContent = sentence || "Nothing is wrong here any more."
      }
    }, ANNOUNCE_DELAY_MS)
  }

  silence() {
    clearTimeout(this.timer)
  }

  /** Mark the findings the cursor stands in. */
  point(isHere) {
    this.shown.forEach((finding, at) => this.list.children[at]?.classList.toggle("here", isHere(at)))
  }
}

function line({ severity, message }) {
  const made = element("li", severity)
  const word = element("b")
  word.textContent = `${severity} `
  made.append(word, ...named(message))
  return made
}

function summary(findings) {
  if (!findings.length) return ""
  const count = findings.length === 1 ? "One finding" : `${findings.length} findings`
  return `${count}. ${findings[0].severity}: ${findings[0].message.replaceAll("`", "")}`
}
