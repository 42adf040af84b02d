/** Characters that nobody sees and no script needs: controls, soft hyphens, zero-width and direction marks, tags. */
const UNSEEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu
const MAX_NAMED = 4

export function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`
}

/** What a text holds of them, in a sentence; "" where it holds none. */
export function tellUnseen(text) {
  const codes = [...new Set(text.match(UNSEEN) ?? [])].map(codeOf)
  const more = codes.length > MAX_NAMED ? " and others" : ""
  return codes.length ? `holds ${codes.slice(0, MAX_NAMED).join(", ")}${more}, which nobody sees` : ""
}

/** How CodeMirror shows one. */
export const shownInCode = {
  specialChars: UNSEEN,
  render: (code, description) => {
    const mark = document.createElement("span")
    mark.className = "cm-unseen"
    mark.textContent = codeOf(String.fromCodePoint(code))
    mark.title = description
    mark.setAttribute("aria-label", description)
    return mark
  },
}
