/** Keys and values the schema names, offered where they fit. Nothing is taken unless a person takes it. */
import { acceptCompletion, autocompletion, completionStatus, moveCompletionSelection, selectedCompletion, startCompletion } from "@codemirror/autocomplete"
import { contextAt } from "./context.js"
import { propertiesOf, schemasAt, types, valuesOf } from "./schema.js"

const WORD = /^"?[^"\\{}[\],:\n]*$/
const MAX_OPTIONS = 200

/** `schemaOf()` answers with the field's schema and the path from its root to the field, or nothing. */
export function completions(schemaOf) {
  return autocompletion({
    override: [(context) => complete(context, schemaOf)],
    // Enter writes a new line unless a suggestion was walked to: text typed at speed stays what it was.
    selectOnOpen: false,
    interactionDelay: 0,
    icons: false,
    closeOnBlur: true,
  })
}

/** Tab takes the first suggestion while some are shown, and leaves the field otherwise. */
export function takeSuggestion(view) {
  if (completionStatus(view.state) !== "active") return false
  if (!selectedCompletion(view.state)) moveCompletionSelection(true)(view)
  return acceptCompletion(view)
}

async function complete(context, schemaOf) {
  const text = context.state.doc.toString()
  const place = contextAt(text, context.pos)
  if (!place || (!place.hasWord && !context.explicit)) return null
  const known = await schemaOf()
  if (!known || context.aborted) return null
  const schemas = schemasAt(known.schema, [...known.path, ...place.path])
  const options = place.isKey ? keyOptions(schemas, known.schema, place, text) : valueOptions(schemas)
  if (!options.length) return null
  return { from: place.from, to: place.to, options: options.slice(0, MAX_OPTIONS), validFor: WORD }
}

function keyOptions(schemas, root, place, text) {
  const isRenamed = /^\s*:/.test(text.slice(place.to))
  return [...propertiesOf(schemas, root)]
    .filter(([name]) => !place.keys.includes(name))
    .map(([name, { schema, isRequired }]) => ({
      label: JSON.stringify(name),
      detail: [types(schema).join(" or "), isRequired ? "required" : ""].filter(Boolean).join(", "),
      info: typeof schema.description === "string" && schema.description ? schema.description : undefined,
      boost: isRequired ? 1 : 0,
      apply: (view, option, from, to) => writeKey(view, option.label, isRenamed ? undefined : schema, from, to),
    }))
}

function valueOptions(schemas) {
  return valuesOf(schemas).map((label, at) => ({
    label,
    boost: -at / MAX_OPTIONS,
    apply: (view, _option, from, to) => write(view, label, from, to, label.length),
  }))
}

/** A key with its colon and the brackets its value needs, the cursor between them. */
function writeKey(view, label, schema, from, to) {
  if (!schema) return write(view, label, from, to, label.length)
  const brackets = { string: '""', object: "{}", array: "[]" }[types(schema)[0]] ?? ""
  const values = valuesOf([schema])
  const value = values.length === 1 ? values[0] : values.length ? "" : brackets
  const text = `${label}: ${value}`
  write(view, text, from, to, value === brackets && value ? text.length - 1 : text.length)
  if (values.length > 1) startCompletion(view)
}

function write(view, text, from, to, cursor) {
  view.dispatch({
    changes: { from, to, insert: text },
    selection: { anchor: from + cursor },
    userEvent: "input.complete",
    scrollIntoView: true,
  })
}
