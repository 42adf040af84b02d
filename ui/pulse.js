/** Asks every now and then whether something has moved; only then does the page draw it anew. */

const PATIENCE = 4

async function readStamp(data) {
  const asked = await fetch(new URL(data.path, location.origin), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: data.kind, id: data.id }),
  })
  if (!asked.headers.get("content-type")?.includes("json")) throw new Error("not our route")
  return (await asked.json()).stamp
}

export default function ({ parentElement, data, setTriggerValue }) {
  clearTimeout(parentElement.pulse)
  if (!data.every_ms) return
  const look = async () => {
    if (!parentElement.isConnected) return
    let wait = data.every_ms
    try {
      // What a hidden tab shows is drawn when somebody looks at it.
      const stamp = document.hidden ? data.stamp : await readStamp(data)
      if (stamp && stamp !== data.stamp) {
        setTriggerValue("moved", stamp)
        // The answer is a new stamp in `data`, which begins anew; without one it asks again, at leisure.
        wait *= PATIENCE
      }
    } catch {
      wait *= PATIENCE
    }
    parentElement.pulse = setTimeout(look, wait)
  }
  parentElement.pulse = setTimeout(look, data.every_ms)
  return () => clearTimeout(parentElement.pulse)
}
