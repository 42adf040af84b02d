"""Bulk work: many rows one after the other, with a garbage collector that looks less often.

Every row read makes hundreds of objects that are soon gone. With the usual threshold the collector runs several times
in each row and walks what all caches hold again and again.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLD = 20_000
"""New objects between two looks of the collector; a few megabytes of rows."""

_lock = threading.Lock()
_usual = gc.get_threshold()
_n_running = 0


@contextmanager
def relaxed_collector() -> Iterator[None]:
    """Let the collector look less often meanwhile; the last of several at once puts things back as they were."""
    _begin()
    try:
        yield
    finally:
        _end()


def _begin() -> None:
    global _n_running, _usual
    with _lock:
        if _n_running == 0:
            _usual = gc.get_threshold()
            # Zero means that somebody has switched the collector off.
            if 0 < _usual[0] < THRESHOLD:
                gc.set_threshold(THRESHOLD, *_usual[1:])
        _n_running += 1


def _end() -> None:
    global _n_running
    with _lock:
        _n_running -= 1
        if _n_running == 0:
            gc.set_threshold(*_usual)
