"""What a change of tools does, measured once for each state of the workspace and shown as often as needed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar, cast

import msgspec
import streamlit as st

from curation.services import cataloguing, contrasting, impact
from curation.services.cataloguing import Used
from curation.services.contrasting import LookAlike
from curation.services.impact import Impact, Step
from ui.session import workspace

MOST_KEPT = 32
MOST_SECONDS = 60.0
"""How long what is only a hint is shown while people go on working."""
Measured = TypeVar("Measured")


def measure(project_id: str, steps: Sequence[Step] | None = None) -> Impact:
    """The impact; a bar shows how far it is while it is measured."""
    chosen = msgspec.json.encode(steps).decode()
    return once(("impact", project_id, chosen), lambda: _measure(project_id, steps))


def count_behind(project_id: str) -> int:
    """How many examples offer a definition that the tools no longer have; at most a minute old."""
    return once(("behind", project_id), lambda: impact.count_behind(workspace(), project_id), is_exact=False)


def count_uses(project_id: str) -> Mapping[str, Used]:
    """How many examples offer and call each tool; at most a minute old."""
    return once(("uses", project_id), lambda: cataloguing.count_uses(workspace(), project_id), is_exact=False)


def list_look_alikes(project_id: str, tool: str) -> tuple[LookAlike, ...]:
    """The tools that are easily taken for this one."""
    return once(("alike", project_id, tool), lambda: contrasting.list_look_alikes(workspace(), project_id, tool))


class _Kept(NamedTuple):
    """A measurement, with what had been done when it was made."""

    stamp: str
    tools_seq: int
    at: float
    made: object


_kept: OrderedDict[tuple[str, ...], _Kept] = OrderedDict()
_making: dict[tuple[str, ...], threading.Lock] = {}
_guard = threading.Lock()


def once(what: tuple[str, ...], make: Callable[[], Measured], *, is_exact: bool = True) -> Measured:
    """From memory where nothing was done since; whoever asks for the same meanwhile waits for one measurement.

    What is not exact also holds a minute while people work on examples, and never over a change of tools.
    """
    key = (str(workspace().home), *what)
    with _guard:
        making = _making.setdefault(key, threading.Lock())
    with making:
        with _guard:
            known = _kept.get(key)
        stamp = impact.stamp(workspace())
        if known is not None and (known.stamp == stamp or (not is_exact and _still_holds(known))):
            made = known.made
        else:
            seq = impact.last_change_of_tools(workspace(), known.tools_seq if known else 0)
            made = make()
            known = _Kept(stamp, seq, time.monotonic(), made)
    _keep(key, known)
    return cast(Measured, made)


def _still_holds(known: _Kept) -> bool:
    if time.monotonic() - known.at > MOST_SECONDS:
        return False
    return impact.last_change_of_tools(workspace(), known.tools_seq) == known.tools_seq


def _keep(key: tuple[str, ...], known: _Kept) -> None:
    with _guard:
        _kept[key] = known
        _kept.move_to_end(key)
        while len(_kept) > MOST_KEPT:
            _making.pop(_kept.popitem(last=False)[0], None)


def _measure(project_id: str, steps: Sequence[Step] | None) -> Impact:
    place = st.empty()

    def tell(done: int, of: int) -> None:
        place.progress(done / max(of, 1), f"Checking {done:,} of {of:,} examples")  # safe: numbers

    try:
        return impact.measure(workspace(), project_id, steps=steps, progress=tell)
    finally:
        place.empty()
