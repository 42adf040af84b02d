"""What can be done with an argument beside typing; a menu that Tab passes by and a key opens."""

from __future__ import annotations

import streamlit as st

from curation.services.argument_forms import Line
from ui import keys, state
from ui.scene import Scene
from ui.text import plain

MENU_PX = 30
_VERBS = {
    "Leave it out": "argument_out",
    "Set to null": "argument_null",
    "Set to an empty text": "argument_empty",
    "Set to an empty list": "argument_empty",
    "Set to an empty object": "argument_empty",
}
_EMPTY = {"string": "Set to an empty text", "array": "Set to an empty list", "object": "Set to an empty object"}
_MOUNT = st.components.v2.component(
    "callwright.argument_menu",
    html="",
    js="""
const LINES = "[class*=st-key-write-args-][class*=-argument], [class*=st-key-write-args-][class*=-section]"
const MENUS = "[class*=st-key-write-args-][class*=-menu] button"

/** The menu of the line the cursor stands in, else that of the object or list around it. */
function menuHere() {
  let line = document.activeElement?.closest(LINES)
  while (line) {
    const mine = [...line.querySelectorAll(MENUS)].find((one) => one.closest(LINES) === line)
    if (mine) return mine
    line = line.parentElement?.closest(LINES)
  }
}

export default function ({ data }) {
  const press = (event) => {
    // Set at the last moment: the page may have drawn new menus since, and Tab goes from field to field.
    if (event.key === "Tab") for (const one of document.querySelectorAll(MENUS)) one.tabIndex = -1
    const isMine = event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey && event.code === data.code
    if (!isMine || document.querySelector("[role=dialog]")) return
    event.preventDefault()
    event.stopPropagation()
    const menu = menuHere()
    if (event.repeat || !menu) return
    menu.focus()
    menu.click()
  }
  window.addEventListener("keydown", press, true)
  return () => window.removeEventListener("keydown", press, true)
}
""",
)


def line_key(key: str) -> str:
    """The key of the box around an argument's field and its menu."""
    return f"{key}.argument"


def listen_to_menus() -> None:
    """Hear the key of the menus while a call is on the page."""
    _MOUNT(key="write.argument_menu", data={"code": f"Key{keys.ARGUMENT_MENU.shortcut[-1]}"})


def acts_of(line: Line) -> list[str]:
    """What can be done with an argument beside typing: absent, null and empty are three different things."""
    acts = []
    if line.is_there and (line.presence != "set" or not line.is_required or line.shape in ("group", "list")):
        acts.append("Leave it out")
    if line.takes_null and line.presence != "null" and line.shape != "choice":
        acts.append("Set to null")
    can_be_empty = line.kind in _EMPTY and line.shape != "choice" and line.presence != "empty"
    if can_be_empty and not (line.is_required and not line.takes_null and line.presence == "set"):
        acts.append(_EMPTY[line.kind])
    return acts


def line_menu(scene: Scene, line: Line, key: str) -> None:
    """The menu of an argument; nothing where there is nothing to choose."""
    acts = acts_of(line)
    if not acts or not scene.is_editable:
        return
    menu = f"{key}.menu"
    st.menu_button(
        ":material/more_vert:",
        acts,
        key=menu,
        type="tertiary",
        help=f"Leave {plain(line.name, 40)} out, empty it or make it null",
        on_click=_menu_chosen,
        args=(menu, line.pointer, scene.page),
    )


def _menu_chosen(menu: str, pointer: str, page: str) -> None:
    state.ask(_VERBS[str(st.session_state[menu])], pointer, page=page)
