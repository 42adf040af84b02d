/** What a JSON Schema says may stand at a place. It only reads what is there: `$ref`, `allOf` and the branches. */

const MAX_DEPTH = 12
const JOINED = ["allOf", "anyOf", "oneOf"]
const BRANCHES = ["then", "else"]

/** The schemas that speak about the place a path leads to. */
export function schemasAt(root, path) {
  return path.reduce((schemas, step) => schemas.flatMap((one) => below(one, step)).flatMap((one) => opened(root, one)), [
    ...opened(root, root),
  ])
}

/** The properties an object may have there: name → {schema, isRequired}. */
export function propertiesOf(schemas, root) {
  const found = new Map()
  for (const schema of schemas) {
    for (const [name, inner] of Object.entries(asObject(schema.properties))) {
      if (!found.has(name)) found.set(name, { schema: merged(opened(root, inner)), isRequired: false })
    }
  }
  for (const name of schemas.flatMap((schema) => asList(schema.required))) {
    if (found.has(name)) found.get(name).isRequired = true
  }
  return found
}

/** The values that are named for a place, each once, as JSON. */
export function valuesOf(schemas) {
  const values = schemas.flatMap((schema) => [
    ...asList(schema.enum),
    ...("const" in schema ? [schema.const] : []),
    ...(types(schema).includes("boolean") && !schema.enum ? [true, false] : []),
    ...(types(schema).includes("null") && !schema.enum ? [null] : []),
    ...("default" in schema ? [schema.default] : []),
    ...asList(schema.examples),
  ])
  return [...new Set(values.map((value) => JSON.stringify(value)))]
}

export function types(schema) {
  return Array.isArray(schema.type) ? schema.type : schema.type ? [schema.type] : []
}

/** A schema with what it refers to and what is joined to it. */
function opened(root, schema, depth = 0) {
  if (!isObject(schema) || depth > MAX_DEPTH) return []
  const further = [
    ...(typeof schema.$ref === "string" ? [target(root, schema.$ref)] : []),
    ...JOINED.flatMap((keyword) => asList(schema[keyword])),
    ...BRANCHES.map((keyword) => schema[keyword]),
  ]
  return [schema, ...further.flatMap((one) => opened(root, one, depth + 1))]
}

function below(schema, step) {
  if (typeof step === "number") {
    const listed = asList(schema.prefixItems ?? schema.items)[step]
    return [listed ?? (Array.isArray(schema.items) ? schema.additionalItems : schema.items)]
  }
  const properties = asObject(schema.properties)
  if (Object.hasOwn(properties, step)) return [properties[step]]
  const matching = Object.entries(asObject(schema.patternProperties)).filter(([pattern]) => fits(pattern, step))
  return matching.length ? matching.map(([, inner]) => inner) : [schema.additionalProperties]
}

function target(root, reference) {
  if (!reference.startsWith("#")) return undefined
  const steps = decodeURIComponent(reference.slice(1)).split("/").slice(1)
  return steps.reduce((at, step) => at?.[step.replaceAll("~1", "/").replaceAll("~0", "~")], root)
}

function fits(pattern, name) {
  try {
    return new RegExp(pattern, "u").test(name)
  } catch {
    return false
  }
}

function merged(schemas) {
  return Object.assign({}, ...[...schemas].reverse())
}

function asObject(value) {
  return isObject(value) ? value : {}
}

function asList(value) {
  return Array.isArray(value) ? value : []
}

function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value)
}
