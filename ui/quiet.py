"""What the shell adds to Streamlit's own look: notices beside the acts, room on narrow screens, and no single letter
that reruns the page.
"""

from __future__ import annotations

import streamlit as st

_MOUNT = st.components.v2.component(
    "callwright.quiet",
    html="",
    css="""
.stToastContainer.stToastContainer { inset: auto auto 1rem 1rem; }
.stButton [kind="primary"] kbd { color: inherit; opacity: 1; }
/* Under the pointer a quiet button takes the colour of the theme, which in the dark is no colour to read by. */
.stApp button[kind^="tertiary"]:is(:hover, :active, [aria-expanded="true"]):not(:disabled) {
  color: light-dark(#3446c0, #a5b0ff);
  kbd { color: inherit; opacity: 1; }
}
/* A row that may not wrap scrolls; its bar would take ten pixels of every row that is a hair too tall. */
.stHorizontalBlock.stHorizontalBlock { scrollbar-width: none; }
.stBottom [data-testid="stBottomBlockContainer"] { padding-block: 0.75rem; }
/* What people type and call things begins at the side its own language begins at. */
:is(.stTextInput input, .stTextArea textarea, h1, h2, h3) { unicode-bidi: plaintext; }
/* A field reached by Tab is scrolled clear of the bar below and of the pages above. */
.stMain { scroll-padding-block: 4.5rem 1rem; }
.stMain:has([data-testid="stBottom"]) { scroll-padding-block-end: 5rem; }
/* What draws nothing takes no gap either. */
:is(
  [class*="st-key-focus-"], [class*="st-key-presses-"], [class*="st-key-popovers-"], [class*="st-key-shown-"],
  [class*="st-key-pulse-"],
  .st-key-write-turn_keys, .st-key-write-argument_menu, .st-key-enter-moves, .st-key-desk-style, .st-key-shell-quiet
) {
  position: absolute;
}
.react-aria-ComboBox > :focus-within { box-shadow: 0 0 0 1px #4a55c8; }
[data-testid="stBaseButton-elementToolbar"]:focus-visible { outline: 2px solid currentColor; outline-offset: -2px; }
.stMain:focus-visible, .stApp a:focus-visible { outline: 2px solid currentColor; outline-offset: -2px; }
@media (max-width: 1400px) {
  .stMainBlockContainer.stMainBlockContainer { padding-inline: 1.75rem; }
  .stBottom [data-testid="stBottomBlockContainer"] { padding-inline: 1.75rem; }
}
/* All places stand inside a narrow window: the last one was cut by its edge. */
@media (max-width: 1040px) { [data-testid="stTopNavLink"] { padding-inline: 0.25rem; gap: 0.375rem; } }
/* The way to a template says its key in its tooltip: beside New there is no room for it. */
.st-key-write-begin .st-key-write-template kbd { display: none; }
/* Where a row would have no room for them a button says its key in its tooltip; these rows have room. */
@media (max-width: 1100px) { .stMain .stButton kbd { display: none; } }
@media (min-width: 1000px) and (max-width: 1100px) {
  .stMain :is(
    .stBottom:has(.st-key-examples-change), .st-key-write-add, .st-key-write-make, .st-key-decision-acts,
    [class*="-keys"].stElementContainer
  ) .stButton kbd {
    display: inline; font-size: 0.75em; margin-inline-start: 0;
  }
  /* Five decisions and their keys fit beside each other without the icons. */
  .st-key-decision-acts:has(.st-key-review-accept) button :has(> [data-testid="stIconMaterial"]) { display: none; }
}
""",
    js="""
const TAKEN = new Set(["r", "c"])
const NARROW_PX = 800
/** Streamlit first takes the new theme itself. */
const SETTLES_MS = 300
const isField = (one) => one.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(one.tagName)

function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || !TAKEN.has(event.key.toLowerCase())) return
  if (!event.composedPath().some((one) => one instanceof Element && isField(one))) event.stopPropagation()
}

/** A button that has no room for its key says it where the pointer rests. */
function tellKey(event) {
  const button = event.target.closest?.(".stButton button")
  const hint = button?.querySelector("kbd")
  if (hint) button.title = hint.offsetParent ? "" : hint.textContent
}

/** Streamlit folds the rail by itself at 768 px, where the desk beside it has long become too narrow. */
function foldRail() {
  if (window.callwrightHasFolded || window.innerWidth > NARROW_PX) return
  const button = document.querySelector("[data-testid=stSidebarCollapseButton] button[aria-expanded=true]")
  if (!button) return
  window.callwrightHasFolded = true
  button.click()
}

/**
 * Logo and charts are drawn in the colours of the theme: where the machine changes it, they are drawn anew. That would
 * close an open question with what is typed in it, so it waits until the question is answered.
 */
function followTheme(setTriggerValue) {
  window.callwrightTellTheme = (dark) => setTriggerValue("theme", dark ? "dark" : "light")
  if (window.callwrightFollowsTheme) return
  window.callwrightFollowsTheme = true
  const dark = window.matchMedia("(prefers-color-scheme: dark)")
  let waiting
  const tellLater = () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      if (document.querySelector("[role=dialog]")) tellLater()
      else window.callwrightTellTheme(dark.matches)
    }, SETTLES_MS)
  }
  dark.addEventListener("change", tellLater)
}

export default function ({ setTriggerValue }) {
  foldRail()
  followTheme(setTriggerValue)
  if (window.callwrightIsQuiet) return
  window.callwrightIsQuiet = true
  window.addEventListener("keydown", onKey, true)
  for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, tellKey)
}
""",
    isolate_styles=False,
)


def keep_quiet(page: str) -> None:
    """Draw it last on a page; it takes no room there."""
    _MOUNT(key="shell.quiet", data={"page": page}, on_theme_change=lambda: None)
