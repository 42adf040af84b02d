/** Where in an unfinished JSON text the cursor stands: the path to it, and whether a key or a value goes there. */

const TOKEN = /"(?:[^"\\\n]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+/gy
const SPACE = /\s*/gy
/** Nobody completes a key by hand in a text as large as this. */
const MAX_TEXT = 200000

/**
 * `from` is where the word under the cursor begins (`to` the end of what it replaces), `path` leads to the container
 * and, for a value, on to it; `keys` are those the object around has already.
 */
export function contextAt(text, position) {
  if (text.length > MAX_TEXT) return undefined
  const stack = [{ kind: "root", isAtKey: false }]
  let found
  for (const token of tokens(text)) {
    if (!found && token.end >= position) found = placeOf(stack, token, position, text)
    if (found && (found.frame.isOver || !stack.includes(found.frame))) break
    advance(stack, token)
  }
  found ??= placeOf(stack, undefined, position, text)
  if (!found || found.isNone) return undefined
  const { frame, from, to, path, isKey, own } = found
  const keys = [...(frame.keys ?? [])].filter((key) => key !== own)
  return { isKey, from, to, path, keys, hasWord: from < position }
}

function* tokens(text) {
  let at = 0
  while (at < text.length) {
    SPACE.lastIndex = at
    at += SPACE.exec(text)[0].length
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (!match) return
    yield { text: match[0], start: at, end: at + match[0].length }
    at += match[0].length
  }
}

function placeOf(stack, token, position, text) {
  const frame = stack.at(-1)
  const isWord = token && token.start < position && !"{}[],:".includes(token.text)
  if (token && token.start < position && !isWord) return undefined
  if (isWord && token.end === position && isClosed(token.text)) return { isNone: true, frame }
  const from = isWord ? token.start : position
  const to = isWord && text[position] === '"' ? position + 1 : position
  const isKey = frame.kind === "object" && frame.isAtKey
  const own = isKey && isWord ? unquoted(token.text) : undefined
  return { frame, from, to, path: pathOf(stack, isKey), isKey, own }
}

function advance(stack, { text }) {
  const frame = stack.at(-1)
  if (text === "{") stack.push({ kind: "object", isAtKey: true, keys: new Set() })
  else if (text === "[") stack.push({ kind: "array", isAtKey: false, index: 0 })
  else if (text === "}" || text === "]") {
    frame.isOver = true
    if (stack.length > 1) stack.pop()
  } else if (text === ",") {
    frame.isAtKey = frame.kind === "object"
    if (frame.kind === "array") frame.index++
  } else if (text === ":") frame.isAtKey = false
  else if (frame.isAtKey) {
    frame.key = unquoted(text)
    frame.keys.add(frame.key)
  }
}

function pathOf(stack, isKey) {
  const steps = stack.map((frame) => (frame.kind === "array" ? frame.index : frame.kind === "object" ? frame.key : ""))
  return steps.slice(1, isKey ? -1 : undefined)
}

function isClosed(word) {
  return word.length > 1 && word.startsWith('"') && word.endsWith('"')
}

function unquoted(word) {
  try {
    return JSON.parse(word)
  } catch {
    return word.replace(/^"|"$/g, "")
  }
}
