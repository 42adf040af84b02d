// Keys pressed before anything of the app is there to hear them: kept in order, and served once it is (`presses.js`).
addEventListener("keydown", (event) => {
  const isChord = event.altKey && !event.ctrlKey && !event.metaKey && /^(Key[A-Z]|Enter)$/.test(event.code)
  if (!isChord || window.callwrightPresses || performance.now() > 20000) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (event.repeat) return
  // Where its button is on screen already, the key is about what is seen.
  const name = `Alt + ${event.shiftKey ? "Shift + " : ""}${event.code.replace("Key", "")}`
  const hints = [...document.querySelectorAll(".stButton button kbd")].map((hint) => hint.textContent)
  const isSeen = hints.some((hint) => hint.replace("⌥", "Alt").replace("⇧", "Shift") === name)
  ;(window.callwrightEarlyKeys ??= []).push({ event, isSeen })
}, true)
