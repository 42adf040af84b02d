/** Requests to the routes of the page, and the marks by which a text is told from another. */

/** A request that outlives its page may carry 64 KiB at most, counted in bytes. */
const KEEPALIVE_BYTES = 60000

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/**
 * `body` is set only for a real answer of ours: an unknown path answers 200 with the app's own page. `refusal` is the
 * server's sentence about a text it will never take; trouble on the way is neither, and worth another try.
 */
export async function post(url, asked, { isLeaving = false, signal } = {}) {
  const body = JSON.stringify(asked)
  const keepalive = isLeaving && new TextEncoder().encode(body).length <= KEEPALIVE_BYTES
  try {
    const headers = { "content-type": "application/json" }
    const response = await fetch(new URL(url, location.origin), { method: "POST", headers, body, keepalive, signal })
    const isOurs = response.headers.get("content-type")?.includes("application/json")
    if (!isOurs || response.status >= 500) return {}
    const answer = await response.json()
    if (response.ok) return { body: answer }
    return response.status === 403 ? { isRefused: true } : { refusal: answer.error ?? "This text could not be saved." }
  } catch {
    return {}
  }
}

/** A short mark of a text: its CRC-32 and its length in bytes, as the server makes it. */
export function markOf(text) {
  const bytes = new TextEncoder().encode(text)
  let crc = -1
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255]
  return ((crc ^ -1) >>> 0).toString(16).padStart(8, "0") + bytes.length.toString(16)
}
