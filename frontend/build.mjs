// Builds the editor's module into the folder the app serves, under a name that carries its hash, with a manifest that
// says which sources it was made of and a notice of what it bundles. Run: npm ci && npm run build
import { build } from "esbuild"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const target = process.argv[2] ?? join(here, "..", "ui", "editor")
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex")

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/editor.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
  write: false,
})
const [{ contents }] = outputFiles
const sha256 = digest(contents)
const file = `editor-${sha256.slice(0, 10)}.js`

mkdirSync(target, { recursive: true })
for (const old of readdirSync(target)) if (/^editor-.*\.js$/.test(old)) rmSync(join(target, old))
writeFileSync(join(target, file), contents)
writeFileSync(join(target, "manifest.json"), JSON.stringify({ file, sha256, sources: hashSources() }, null, 2) + "\n")
writeFileSync(join(target, "NOTICE.txt"), notice())

/** What the module is made of: name → hash, so that a check without Node sees a source that was changed and not built. */
function hashSources() {
  const names = ["build.mjs", "package.json", "package-lock.json", ...readdirSync(join(here, "src")).map((name) => `src/${name}`)]
  return Object.fromEntries(names.sort().map((name) => [name, digest(readFileSync(join(here, name)))]))
}

/** Every bundled package with its version, and each licence text once. */
function notice() {
  const packages = new Set()
  for (const input of Object.keys(metafile.inputs)) {
    const inside = input.split("node_modules/").at(-1)
    if (inside !== input) packages.add(inside.split("/").slice(0, inside.startsWith("@") ? 2 : 1).join("/"))
  }
  const users = new Map()
  for (const name of [...packages].sort()) {
    const folder = join(here, "node_modules", name)
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json")))
    const path = ["LICENSE", "LICENSE.md", "LICENCE"].map((one) => join(folder, one)).find(existsSync)
    if (!path) throw new Error(`${name} brings no licence text`)
    const text = readFileSync(path, "utf8").trim()
    users.set(text, [...(users.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...users].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`)
  return `The live editor bundles these packages.\n\n${parts.join("\n" + "-".repeat(72) + "\n\n")}`
}
