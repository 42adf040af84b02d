"""What a change of tools does, measured once for each state of the workspace and shown as often as needed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TypeVar, cast

import msgspec
import streamlit as st

from curation.services import contrasting, impact
from curation.services.contrasting import LookAlike
from curation.services.impact import Impact, Step
from ui.session import workspace

MOST_KEPT = 32
Measured = TypeVar("Measured")
_kept: OrderedDict[tuple[str, ...], object] = OrderedDict()
_guard = threading.Lock()


def measure(project_id: str, steps: Sequence[Step] | None = None) -> Impact:
    """The impact; a bar shows how far it is while it is measured."""
    chosen = msgspec.json.encode(steps).decode()
    return once(("impact", project_id, chosen), lambda: _measure(project_id, steps))


def count_behind(project_id: str) -> int:
    """How many examples offer a definition that the tools no longer have."""
    return once(("behind", project_id), lambda: impact.count_behind(workspace(), project_id))


def list_look_alikes(project_id: str, tool: str) -> tuple[LookAlike, ...]:
    """The tools that are easily taken for this one."""
    return once(("alike", project_id, tool), lambda: contrasting.list_look_alikes(workspace(), project_id, tool))


def once(what: tuple[str, ...], make: Callable[[], Measured]) -> Measured:
    """From memory where nothing was done since; drafts change none of what is measured here."""
    ws = workspace()
    key = (str(ws.home), impact.stamp(ws), *what)
    with _guard:
        if key in _kept:
            _kept.move_to_end(key)
            return cast(Measured, _kept[key])
    made = make()
    with _guard:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made


def _measure(project_id: str, steps: Sequence[Step] | None) -> Impact:
    place = st.empty()

    def tell(done: int, of: int) -> None:
        place.progress(done / max(of, 1), f"Checking {done:,} of {of:,} examples")  # safe: numbers

    try:
        return impact.measure(workspace(), project_id, steps=steps, progress=tell)
    finally:
        place.empty()
