"""Lets a part of a page be drawn anew when what it shows has moved, and not before.

A timer of Streamlit's draws its fragment at every tick, whether anything happened or not, and all of them wait for each
other. Here the browser asks a route for one word, the stamp of what is on screen; another word draws the fragment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import streamlit as st

from curation.services import evaluation_views, health, job_board, playground_live, run_watching, synthesis_views
from curation.services.workspace import Workspace
from ui.api import base_path
from ui.pulse_route import PATH, Kind
from ui.session import workspace

EVERY_MS = 1_500
"""How often a page asks while something is open."""
STAMPS: Mapping[Kind, Callable[[Workspace, str], str]] = {
    "run": run_watching.stamp_run,
    "runs": run_watching.stamp_runs,
    "board": job_board.stamp_board,
    "look": evaluation_views.stamp_look,
    "imports": job_board.stamp_imports,
    "change": job_board.stamp_change,
    "order": synthesis_views.stamp_order,
    "orders": synthesis_views.stamp_orders,
    "chat": playground_live.stamp_chat,
    "health": health.stamp_counting,
}
_MOUNT = st.components.v2.component(
    "callwright.pulse", html="", js=Path(__file__).with_name("pulse.js").read_text(encoding="utf-8")
)


def read_stamp(kind: Kind, watched_id: str) -> str:
    """Another word whenever it has moved."""
    return STAMPS[kind](workspace(), watched_id)


def draw_pulse(kind: Kind, watched_id: str, *, is_open: bool, every_ms: int = EVERY_MS, stamp: str = "") -> None:
    """First in a fragment: draw it again when this has moved; nothing is asked where nothing is open.

    What is drawn after this is at least as new as the stamp, so that no move is missed; or it is what the stamp given
    was made of.
    """
    data = {
        "path": f"{base_path()}{PATH}",
        "kind": kind,
        "id": watched_id,
        "stamp": stamp or read_stamp(kind, watched_id),
        "every_ms": every_ms if is_open else 0,
    }
    _MOUNT(key=f"pulse.{kind}", data=data, on_moved_change=lambda: None)
