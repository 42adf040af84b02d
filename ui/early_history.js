// One step back for one step forward. Streamlit writes a page into the history without its address, and then once more
// with it; a link from Home even writes what the next page shows under Home first. Only the last of these is a place.
;(() => {
  const FOLLOWS_MS = 1500
  const { pushState, replaceState } = history
  let writtenAt = -Infinity
  const isHalf = (to) => {
    const isSamePage = to.pathname === location.pathname
    const isBare = !new URLSearchParams(location.search).has("project")
    const isAhead = to.search === location.search && performance.now() - writtenAt < FOLLOWS_MS
    return isSamePage ? isBare : isAhead && !isBare
  }
  history.pushState = function (state, title, url) {
    const to = new URL(url ?? location.href, location.href)
    const isSamePage = to.pathname === location.pathname
    const isHalfWritten = isHalf(to)
    ;(isHalfWritten ? replaceState : pushState).call(history, state, title, url)
    // What completes a half is the place itself: a next page that shows the same is a step of its own.
    writtenAt = isSamePage && !isHalfWritten ? performance.now() : -Infinity
  }
})()
