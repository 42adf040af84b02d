"""What a change of tools breaks, measured once for each state of the workspace and shown as often as needed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import msgspec
import streamlit as st

from curation.services import impact
from curation.services.impact import Impact, Step
from ui.session import workspace

MOST_KEPT = 8
_kept: OrderedDict[tuple[str, ...], Impact] = OrderedDict()
_guard = threading.Lock()


def measure(project_id: str, steps: Sequence[Step] | None = None) -> Impact:
    """The impact, from memory where nothing was done since; a bar shows how far it is otherwise."""
    ws = workspace()
    chosen = msgspec.json.encode(steps).decode()
    key = (str(ws.home), project_id, impact.stamp(ws), chosen)
    with _guard:
        found = _kept.get(key)
    if found is None:
        found = _measure(project_id, steps)
        with _guard:
            _kept[key] = found
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return found


def _measure(project_id: str, steps: Sequence[Step] | None) -> Impact:
    place = st.empty()

    def tell(done: int, of: int) -> None:
        place.progress(done / max(of, 1), f"Checking {done:,} of {of:,} examples")  # safe: numbers

    try:
        return impact.measure(workspace(), project_id, steps=steps, progress=tell)
    finally:
        place.empty()
