"""A short list to choose from by key: arrows move, Enter takes the marked one, its mark takes a line at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from ui.text import named, plain

_MOUNT = st.components.v2.component(
    "callwright.choice_menu",
    html="",
    js="""
const LINES = ".st-key-choice-menu .stButton button"
const MARKS = "123456789abcdefghijklmnopqrstuvwxyz"
const PATIENCE_MS = 2500
const STEPS = { ArrowDown: 1, ArrowUp: -1 }

function act(event) {
  const lines = [...document.querySelectorAll(LINES)]
  if (!lines.length || event.altKey || event.ctrlKey || event.metaKey) return
  if (document.activeElement?.matches("input, textarea")) return
  const at = lines.indexOf(document.activeElement)
  if (event.key in STEPS) lines[Math.max(0, Math.min(lines.length - 1, at + STEPS[event.key]))].focus()
  else if (lines[MARKS.indexOf(event.key)] && !event.repeat) {
    // What is pressed next is about what comes next.
    globalThis.callwrightPresses?.typing.answered()
    lines[MARKS.indexOf(event.key)].click()
  } else return
  event.preventDefault()
  event.stopPropagation()
}

/** The first line takes the cursor once the question stands; a question moves it about for a moment itself. */
function begin() {
  const until = performance.now() + PATIENCE_MS
  let isTaken = false
  const take = () => (isTaken = true)
  for (const kind of ["keydown", "pointerdown"]) window.addEventListener(kind, take, { capture: true, once: true })
  const watch = () => {
    const lines = [...document.querySelectorAll(LINES)]
    if (isTaken || performance.now() > until) return
    if (lines.length && !lines.includes(document.activeElement)) lines[0].focus()
    requestAnimationFrame(watch)
  }
  watch()
}

export default function ({ data, parentElement }) {
  window.addEventListener("keydown", act, true)
  if (parentElement.word !== data.word) begin()
  parentElement.word = data.word
  return () => window.removeEventListener("keydown", act, true)
}
""",
)

_MARKS = "123456789abcdefghijklmnopqrstuvwxyz"
TITLE_PX = 340


@dataclass(frozen=True)
class Choice:
    """One line: what it is called, what it means, and what speaks against it."""

    name: str
    title: str
    note: str = ""
    warning: str = ""


def draw_choices(choices: Sequence[Choice], *, key: str, word: str) -> str:
    """The list, its first line filled and focused; the name of the line that was chosen, "" before."""
    chosen = ""
    with st.container(key="choice-menu", gap="xsmall"):
        for place, choice in enumerate(choices):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                mark = _MARKS[place] if place < len(_MARKS) else ""
                if st.button(
                    f"{mark}  {plain(choice.title, 60)}",
                    key=f"{key}.{choice.name}",
                    width=TITLE_PX,
                    type="primary" if not place else "secondary",
                ):
                    chosen = choice.name
                _say_about(choice)
    _MOUNT(key=f"{key}.keys", data={"word": word})
    return chosen


def _say_about(choice: Choice) -> None:
    """What the line means, and what speaks against it."""
    with st.container(gap=None, width="stretch"):
        if choice.note:
            st.caption(plain(choice.note, 110))
        if choice.warning:
            st.markdown(f":small[:orange[:material/warning: {named(choice.warning)}]]")
