/** Asks every now and then whether something has moved; only then does the page draw it anew. */

const PATIENCE = 4
const LONGEST_MS = 60_000
const SOON_MS = 150

async function readStamp(data) {
  const asked = await fetch(new URL(data.path, location.origin), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: data.kind, id: data.id }),
  })
  if (!asked.headers.get("content-type")?.includes("json")) throw new Error("not our route")
  return (await asked.json()).stamp
}

function isDrawing() {
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState
  return state !== undefined && state !== "notRunning"
}

export default function ({ parentElement, data, setTriggerValue }) {
  clearTimeout(parentElement.pulse)
  const turn = (parentElement.pulseTurn = (parentElement.pulseTurn ?? 0) + 1)
  if (!data.every_ms) return
  // The answer is a new stamp in `data`, which begins a new turn.
  const isMine = () => parentElement.isConnected && parentElement.pulseTurn === turn
  let lost = 0
  const look = async () => {
    if (!isMine()) return
    let wait = data.every_ms
    try {
      // What a hidden tab shows is drawn when somebody looks at it.
      const stamp = document.hidden ? data.stamp : await readStamp(data)
      if (stamp && stamp !== data.stamp) {
        // Of two parts that move at once, the second is lost while the first is drawn: it waits.
        while (isDrawing() && isMine()) await new Promise((go) => setTimeout(go, SOON_MS))
        if (isMine()) setTriggerValue("moved", stamp)
        // Still this turn at the next look: what was to be drawn anew was not, and is asked for less and less.
        lost += 1
        wait = Math.max(wait, Math.min(wait * PATIENCE ** lost, LONGEST_MS))
      } else {
        lost = 0
      }
    } catch {
      wait *= PATIENCE
    }
    if (isMine()) parentElement.pulse = setTimeout(look, wait)
  }
  parentElement.pulse = setTimeout(look, data.every_ms)
  return () => {
    clearTimeout(parentElement.pulse)
    parentElement.pulseTurn += 1
  }
}
