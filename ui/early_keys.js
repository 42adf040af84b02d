// Keys pressed before anything of the app is there to hear them: kept in order, and served once it is (`presses.js`).
addEventListener("keydown", (event) => {
  const isChord = event.altKey && !event.ctrlKey && !event.metaKey && /^(Key[A-Z]|Enter)$/.test(event.code)
  if (!isChord || window.callwrightPresses || performance.now() > 20000) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (!event.repeat) (window.callwrightEarlyKeys ??= []).push(event)
}, true)
