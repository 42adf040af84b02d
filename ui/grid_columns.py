"""The columns of a grid that fit into the room it has: none of them is out of sight."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.state import Slot

WIDE_PX = 990
"""The room at 1440 pixels, which is taken until the browser says otherwise."""
SELECT_PX, BAR_PX = 33, 16
"""What the boxes to select by and a bar to scroll by take."""
LEFT_PX, LEFT_BESIDE_NEEDED_PX = 180, 110
"""What is left for the column that takes the rest; less beside those that nobody can do without."""
_WIDTH: Slot[int] = Slot("grid.width", WIDE_PX)
_KEY = "focus.grid_width"
_MOUNT = st.components.v2.component(
    "callwright.grid_width",
    html="",
    js="""
const STEP_PX = 10
const STILL_MS = 150
const PATIENCE_MS = 5000

export default function ({ data, parentElement, setStateValue }) {
  let waiting
  const tell = (width) => {
    const stepped = Math.floor(width / STEP_PX) * STEP_PX
    if (stepped > 0 && stepped !== data.width) setStateValue("width", stepped)
  }
  const observer = new ResizeObserver(([{ contentRect }]) => {
    clearTimeout(waiting)
    waiting = setTimeout(() => tell(contentRect.width), STILL_MS)
  })
  const until = performance.now() + PATIENCE_MS
  let isOver = false
  const look = () => {
    const grid = document.querySelector(`.st-key-${data.grid}`)
    if (grid) observer.observe(grid)
    else if (!isOver && performance.now() < until) requestAnimationFrame(look)
  }
  look()
  return () => {
    isOver = true
    clearTimeout(waiting)
    observer.disconnect()
  }
}
""",
)


def choose_columns(
    widths: Mapping[str, int], rest: str, room: int, needed: tuple[str, ...], wanted: tuple[str, ...]
) -> dict[str, int]:
    """Which columns are drawn, and how wide: those first in order that fit, beside the one that takes the rest."""
    left = room - SELECT_PX - BAR_PX
    kept = {rest}
    for name in (*needed, *wanted):
        if left - widths[name] < (LEFT_BESIDE_NEEDED_PX if name in needed else LEFT_PX):
            break
        left -= widths[name]
        kept.add(name)
    return {name: left if name == rest else px for name, px in widths.items() if name in kept}


def room() -> int:
    """How wide the grid is, as far as the browser has said."""
    return _WIDTH.get()


def watch_room(grid: str) -> None:
    """Have the page drawn again when the grid with this key gets more room or less; draw it behind the grid."""
    data = {"grid": "".join(one if one.isalnum() else "-" for one in grid), "width": room()}
    _MOUNT(key=_KEY, data=data, on_width_change=_keep)


def _keep() -> None:
    """Callback: what the browser measured."""
    held = st.session_state.get(_KEY)
    width = held.get("width") if held is not None else None
    if isinstance(width, int | float) and width > 0:
        _WIDTH.set(int(width))
