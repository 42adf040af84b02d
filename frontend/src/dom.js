/** Elements, and the sentences they show. */

export function element(tag, classes = "") {
  const made = document.createElement(tag)
  made.className = classes
  return made
}

/** A sentence with the names it holds in backticks in bold, as the page writes them. */
export function named(sentence) {
  const parts = sentence.split("`")
  if (parts.length % 2 === 0) return [document.createTextNode(sentence)]
  return parts.map((part, at) => {
    if (at % 2 === 0) return document.createTextNode(part)
    const name = element("b")
    name.textContent = part
    return name
  })
}

/** Whether a key press is the one a shortcut of the page's table names, by the physical key, as the page itself does. */
export function isKey(event, shortcut) {
  if (!shortcut) return false
  const parts = shortcut.split("+")
  const key = parts.pop()
  const isMod = event.ctrlKey || event.metaKey
  if (event.altKey !== parts.includes("Alt") || isMod !== parts.includes("Ctrl") || event.shiftKey) return false
  return event.code === `Key${key}` || event.key.toLowerCase() === key.toLowerCase()
}

/** A modifier that begins a shortcut; AltGr only writes letters. */
export function isCommanding(event) {
  return (event.altKey || event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph")
}

/** A text with the one kind of line end that fields know. */
export function plainLines(text) {
  return text.replace(/\r\n?/g, "\n")
}
