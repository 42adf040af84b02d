/**
 * Characters that nobody sees and no script needs: controls, soft hyphens, fillers, zero-width and direction marks, tags
 * outside the flag of a land, and chosen variants of anything but an ideograph. `ui/text.py` holds the same list.
 */
const UNSEEN =
  /(?<!\u{1f3f4}(?=[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f})[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{0,6})[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u202a-\u202e\u2060-\u2064\u2066-\u2069\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]|(?<![\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}])[\u{e0100}-\u{e01ef}]/gu
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
