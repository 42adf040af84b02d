// Puts the editor's source where the app serves it from, under a name that carries its hash, and writes the manifest.
// Run: npm run build
import { createHash } from "node:crypto"
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const target = join(here, "..", "ui", "editor")
const source = readFileSync(join(here, "src", "editor.js"))
const sha256 = createHash("sha256").update(source).digest("hex")
const file = `editor-${sha256.slice(0, 10)}.js`

mkdirSync(target, { recursive: true })
for (const old of readdirSync(target)) if (/^editor-.*\.js$/.test(old)) rmSync(join(target, old))
writeFileSync(join(target, file), source)
writeFileSync(join(target, "manifest.json"), JSON.stringify({ file, sha256 }, null, 2) + "\n")
