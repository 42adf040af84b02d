/** JSON in CodeMirror. Its state (text, selection, undo) belongs to the view, which outlives every remount. */
import { completionKeymap } from "@codemirror/autocomplete"
import { deleteCharBackward, history, historyKeymap, isolateHistory, standardKeymap } from "@codemirror/commands"
import { json } from "@codemirror/lang-json"
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language"
import { forEachDiagnostic, nextDiagnostic, setDiagnostics } from "@codemirror/lint"
import { Annotation, Compartment, EditorState, Transaction } from "@codemirror/state"
import { EditorView, highlightSpecialChars, keymap, placeholder } from "@codemirror/view"
import { Bulb } from "./bulb.js"
import { completions, takeSuggestion } from "./completion.js"
import { element, isKey, named } from "./dom.js"
import { look } from "./look.js"
import { shownInCode } from "./unseen.js"

const BULB_DROP = 1
const byPage = Annotation.define()

export class CodeSurface {
  constructor(id, labelId, events) {
    this.mode = "json"
    this.labelId = labelId
    this.events = events
    this.findings = []
    this.described = new Compartment()
    this.bulb = new Bulb(events.fix, () => this.focus())
    this.node = element("div", "code")
    this.view = new EditorView({ state: EditorState.create({ extensions: this.extensions(id) }), parent: this.node })
    this.node.append(this.bulb.button, this.bulb.menu)
    this.view.scrollDOM.addEventListener("scroll", () => this.placeBulb(), { passive: true })
    // The page's own one-letter keys look at the element they see, which from outside is no text field.
    this.node.addEventListener("keydown", (event) => event.key.length === 1 && isPlain(event) && event.stopPropagation())
    this.view.contentDOM.addEventListener("caret", () => this.aimAtHole())
  }

  extensions(id) {
    const { events } = this
    return [
      EditorView.domEventHandlers({ keydown: (event) => this.pressed(event) }),
      keymap.of([
        { key: "Tab", run: takeSuggestion },
        ...completionKeymap,
        { key: "F8", run: nextDiagnostic },
        ...standardKeymap,
        ...historyKeymap,
      ]),
      history(),
      json(),
      indentUnit.of("  "),
      indentOnInput(),
      bracketMatching(),
      highlightSpecialChars(shownInCode),
      EditorView.lineWrapping,
      completions(events.schema),
      look,
      EditorView.contentAttributes.of({ id, "aria-labelledby": this.labelId, autocapitalize: "off" }),
      this.described.of([]),
      EditorView.updateListener.of((update) => this.updated(update)),
    ]
  }

  updated(update) {
    const isOurs = update.transactions.some((one) => one.annotation(byPage))
    if (update.docChanged) this.isVisited = !isOurs
    if (update.transactions.some((one) => one.isUserEvent("select"))) this.isVisited = true
    if (update.docChanged && !isOurs) this.events.typed()
    if (update.docChanged || update.selectionSet || update.geometryChanged) this.placeBulb()
    if (update.selectionSet && !update.docChanged) this.events.moved()
  }

  pressed(event) {
    this.events.pressed(event)
    const { keys } = this
    if (isKey(event, keys?.format)) return this.events.format(), true
    if (isKey(event, keys?.fix)) return this.bulb.open()
    return false
  }

  arrive() {
    this.view.setRoot(this.node.getRootNode())
    this.view.requestMeasure()
  }

  describe({ placeholder: hint, isDisabled, describedBy, keys, isWrong }) {
    this.keys = keys
    const wanted = JSON.stringify([hint, isDisabled, describedBy, isWrong])
    if (wanted === this.wanted) return
    this.wanted = wanted
    const attributes = { tabindex: "0", "aria-describedby": describedBy, "aria-invalid": String(Boolean(isWrong)) }
    const parts = [EditorView.contentAttributes.of(attributes), EditorState.readOnly.of(isDisabled)]
    if (hint) parts.push(placeholder(hint))
    this.view.dispatch({ effects: this.described.reconfigure(parts), annotations: byPage.of(true) })
  }

  text() {
    const text = this.view.state.doc.toString()
    return text.toWellFormed?.() ?? text
  }

  length() {
    return this.view.state.doc.length
  }

  show(text) {
    const changes = { from: 0, to: this.view.state.doc.length, insert: text }
    this.view.dispatch({ changes, annotations: [byPage.of(true), Transaction.addToHistory.of(false)] })
  }

  /** Only what differs is changed, so that the cursor stays and undo leads back. */
  replace(text, annotations = [byPage.of(true)]) {
    const changes = difference(this.view.state.doc.toString(), text.replace(/\r\n?/g, "\n"))
    if (changes) this.view.dispatch({ changes, annotations: [...annotations, isolateHistory.of("full")] })
  }

  /** Put in what Python wrote, as an act of the person. */
  write(text) {
    this.replace(text, [Transaction.userEvent.of("input.replace")])
  }

  /** Text of a key that was pressed while the field was between two places. */
  type(text) {
    this.view.dispatch(this.view.state.replaceSelection(text), { userEvent: "input.type" })
  }

  erase() {
    deleteCharBackward(this.view)
  }

  hasFocus() {
    return this.node.getRootNode().activeElement === this.view.contentDOM
  }

  /** Into the text, or to a line and column of it, both from 1. */
  focus(caret) {
    if (caret) {
      const { doc } = this.view.state
      const line = doc.line(Math.min(caret[0], doc.lines))
      const anchor = line.from + [...line.text].slice(0, caret[1] - 1).join("").length
      this.view.dispatch({ selection: { anchor }, scrollIntoView: true, userEvent: "select" })
    }
    this.view.focus()
  }

  keep() {
    this.kept = this.view.scrollDOM.scrollTop
  }

  restore() {
    this.view.focus()
    this.view.scrollDOM.scrollTop = this.kept ?? 0
  }

  /** Underline the findings; they move with the text until the next ones come. */
  mark(findings) {
    this.findings = findings
    const end = this.view.state.doc.length
    const diagnostics = findings.map((finding) => ({
      from: Math.min(finding.start ?? 0, end),
      to: Math.min(finding.end ?? 0, end),
      severity: finding.severity,
      message: finding.message,
      finding,
      renderMessage: () => {
        const sentence = element("span")
        sentence.append(...named(finding.message))
        return sentence
      },
    }))
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics))
    this.placeBulb()
  }

  /** The findings the cursor stands in, as places in the list. */
  here() {
    const { head } = this.view.state.selection.main
    const found = new Set()
    forEachDiagnostic(this.view.state, ({ finding }, from, to) => {
      if (from <= head && head <= to) found.add(this.findings.indexOf(finding))
    })
    return found
  }

  /** Beside the cursor's line where that has a fix, else beside the first that has one. */
  placeBulb() {
    this.view.requestMeasure({
      key: this,
      read: (view) => {
        const { line, offered } = this.offer()
        if (!offered.length) return { offered, top: 0 }
        const block = view.lineBlockAt(line.from)
        return { offered, top: block.top + view.documentPadding.top - view.scrollDOM.scrollTop + BULB_DROP }
      },
      write: ({ offered, top }) => this.bulb.offer(offered, top),
    })
  }

  offer() {
    const { doc, selection, readOnly } = this.view.state
    const fixable = []
    if (!readOnly) {
      forEachDiagnostic(this.view.state, ({ finding }, from) => finding.fix && fixable.push({ finding, from }))
    }
    const atCursor = doc.lineAt(selection.main.head).number
    const here = fixable.filter(({ from }) => doc.lineAt(from).number === atCursor)
    const [first] = here.length ? here : fixable
    const line = doc.lineAt(first?.from ?? 0)
    const offered = fixable.filter(({ from }) => doc.lineAt(from).number === line.number).map(({ finding }) => finding)
    return { line, offered }
  }

  /** A prefilled object is begun at its first open value, any other text at its end; a known place is kept. */
  aimAtHole() {
    if (this.isVisited) return
    const { doc } = this.view.state
    // What is typed takes the place of an object that says nothing: people write or paste the whole.
    if (doc.toString() === "{}") return this.view.dispatch({ selection: { anchor: 0, head: doc.length } })
    const hole = /: (""|null)(?=\s*[,}])/.exec(doc.toString())
    const head = hole ? hole.index + hole[0].length : doc.length
    const [anchor, end] = hole?.[1] === "null" ? [head - 4, head] : hole ? [head - 1, head - 1] : [head, head]
    this.view.dispatch({ selection: { anchor, head: end }, scrollIntoView: true })
  }

  grow() {
    this.view.requestMeasure()
  }

  leave() {
    this.bulb.close(false)
  }
}

function isPlain(event) {
  return !event.altKey && !event.ctrlKey && !event.metaKey
}

/** The one stretch in which two texts differ. */
function difference(before, after) {
  if (before === after) return undefined
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let tail = 0
  while (tail < shorter - start && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  return { from: start, to: before.length - tail, insert: after.slice(start, after.length - tail) }
}
