"""Where an example opens: conversation and inspector at one turn, the first with a finding, else the first call."""

from __future__ import annotations

import re

import streamlit as st

from curation.model.finding import Severity
from curation.model.places import call_of, turn_of
from curation.services.writing import ExampleView
from ui.write_goals import SELECTED

_MOUNT = st.components.v2.component(
    "callwright.opening",
    html="",
    js="""
const WATCH_MS = 1500
const TAKEN = ["keydown", "pointerdown", "wheel"]

/** Until the fields above it are drawn, the turn slides on; whoever presses or scrolls meanwhile is left alone. */
function show(name) {
  const until = performance.now() + WATCH_MS
  let isTaken = false
  const take = () => (isTaken = true)
  for (const kind of TAKEN) window.addEventListener(kind, take, { capture: true, once: true })
  const watch = () => {
    const row = document.querySelector(`.${CSS.escape(name)}`)
    const list = row?.closest(".st-key-write-conversation")
    if (isTaken || performance.now() > until) return
    if (list && list.scrollHeight > list.clientHeight) {
      const [mine, all] = [row.getBoundingClientRect(), list.getBoundingClientRect()]
      if (mine.bottom > all.bottom || mine.top < all.top) list.scrollTop += mine.top - all.top
    }
    requestAnimationFrame(watch)
  }
  watch()
}

export default function ({ data }) {
  if (globalThis.callwrightOpened === data.word) return
  globalThis.callwrightOpened = data.word
  if (data.row) show(data.row)
}
""",
)


def open_at_turn(view: ExampleView, ids: tuple[str, ...]) -> None:
    """Choose what the inspector shows of an example, or of a revision, that was not open in this tab before."""
    slot = SELECTED.of(view.id)
    if slot.get().partition("/")[0] in ids:
        return
    turn, index = _first_place(view)
    if turn is not None:
        slot.set(ids[turn] if index is None else f"{ids[turn]}/{index}")


def _first_place(view: ExampleView) -> tuple[int | None, int | None]:
    messages = view.example.messages
    found = [one.finding.at for one in view.judged if one.severity is not Severity.INFO]
    places = [(turn, at) for at in found if (turn := turn_of(at)) is not None and turn < len(messages)]
    for turn, at in sorted(places):
        decision = next((one for one in range(turn, -1, -1) if messages[one].role == "assistant"), None)
        if decision is not None:
            calls = messages[decision].calls or ()
            index = call_of(at) if decision == turn else None
            return decision, min(index or 0, len(calls) - 1) if calls else None
    calling = next((at for at, one in enumerate(messages) if one.calls), None)
    return calling, None if calling is None else 0


def show_opened(example_id: str, selected: str, row_key: str) -> None:
    """Bring the turn that the inspector shows into sight, once for each time an example opens."""
    row = "st-key-" + re.sub(r"[^a-zA-Z0-9_-]", "-", row_key) if selected else ""
    _MOUNT(key="focus.opening", data={"word": example_id, "row": row})
