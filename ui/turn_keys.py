"""Keys for the turn that holds the cursor: moved, copied, split and removed without a mouse.

The server does not know where the cursor is, so the browser says which turn it stands in together with the act.
"""

from __future__ import annotations

import streamlit as st

from ui import keys, state
from ui.keys import Key
from ui.scene import Scene
from ui.write_goals import SELECTED

ACTS: dict[str, Key] = {
    "move_up": keys.MOVE_UP,
    "move_down": keys.MOVE_DOWN,
    "duplicate_turn": keys.DUPLICATE_TURN,
    "split": keys.SPLIT_TURN,
    "remove": keys.REMOVE_TURN,
}
_NAMES = {"Up": "ArrowUp", "Down": "ArrowDown"}
_MOUNT = st.components.v2.component(
    "callwright.turn_keys",
    html="",
    js="""
const SETTLE_MS = 150

function turnHere(data) {
  for (let one = document.activeElement; one; one = one.parentElement) {
    const name = [...one.classList].find((word) => word.startsWith(data.row))
    if (name) return name.slice(data.row.length)
  }
  return data.selected
}

function chordOf(event) {
  return [event.altKey && "Alt", event.shiftKey && "Shift", event.key].filter(Boolean).join("+")
}

export default function ({ data, setTriggerValue }) {
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || document.querySelector("[role=dialog]")) return
    const verb = data.acts[chordOf(event)]
    if (!verb) return
    event.preventDefault()
    event.stopPropagation()
    if (event.repeat) return
    setTriggerValue("act", { verb, turn: turnHere(data) })
    globalThis.callwrightPresses?.typing.wait()
  }
  // The inspector follows the cursor to another decision, once it rests there.
  let timer
  const follow = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      const turn = turnHere(data)
      if (turn !== data.selected && data.decisions.includes(turn)) setTriggerValue("shown", turn)
    }, SETTLE_MS)
  }
  window.addEventListener("keydown", press, true)
  window.addEventListener("focusin", follow, true)
  return () => {
    clearTimeout(timer)
    window.removeEventListener("keydown", press, true)
    window.removeEventListener("focusin", follow, true)
  }
}
""",
)


def listen_to_turns(scene: Scene) -> None:
    """Hear the keys of turns while the conversation is on the page."""
    key = f"{scene.page}.turn_keys"
    row = f"st-key-{scene.page}-turn-{scene.example_id}-"
    acts = {chord_of(one): verb for verb, one in ACTS.items()}
    decisions = decisions_of(scene)
    data = {"acts": acts, "row": row, "selected": _chosen_turn(scene), "decisions": decisions}
    _MOUNT(
        key=key,
        data=data,
        on_act_change=lambda: _heard(key, scene.page),
        on_shown_change=lambda: show_turn(key, scene.example_id, decisions),
    )


def decisions_of(scene: Scene) -> list[str]:
    """The turns the inspector can show: those of the assistant."""
    pairs = zip(scene.ids, scene.example.messages, strict=True)
    return [name for name, message in pairs if message.role == "assistant"]


def show_turn(key: str, example_id: str, decisions: list[str]) -> None:
    """The cursor has come to rest in a decision: the inspector shows that one, and its first call."""
    held = st.session_state.get(key)
    turn = dict(held).get("shown") if held is not None else None
    if turn in decisions:
        SELECTED.of(example_id).set(str(turn))


def chord_of(key: Key) -> str:
    """A shortcut as the browser names its last key."""
    *marks, last = key.shortcut.split("+")
    return "+".join([*marks, _NAMES.get(last, last)])


def _chosen_turn(scene: Scene) -> str:
    turn = scene.selected.partition("/")[0]
    return turn if turn in scene.ids else (scene.ids[-1] if scene.ids else "")


def _heard(key: str, page: str) -> None:
    """Only an act of ours on a turn that is named; what a browser sends beside that is nothing."""
    held = st.session_state.get(key)
    said = dict(held.get("act") or {}) if held is not None else {}
    verb, turn = str(said.get("verb")), str(said.get("turn"))
    if verb in ACTS:
        state.ask(verb, turn, page=page)
