"""Work that follows the examples a little behind them: in short transactions, and in a thread that outlives trouble."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import Connection

from curation.services.workspace import Workspace

LOCK_S = 0.015
"""After so long no further slice is begun under one hold of the write lock; writing it all to the disk comes on top."""
BREATH_S = 0.002
FOLLOW_S = 1.0
"""What is saved meanwhile is worked on together."""
JOIN_S = 30.0
IsStopped = Callable[[], bool]
Thing = TypeVar("Thing")
log = logging.getLogger(__name__)


class StoppedError(Exception):
    """A pass was told to stop; what it had not ticked off goes on waiting."""


class Pace:
    """Lets others on between short holds of the write lock."""

    def __init__(self, ws: Workspace, is_stopped: IsStopped = lambda: False) -> None:
        self._ws = ws
        self._is_stopped = is_stopped

    def breathe(self) -> None:
        """Let others on, and stop when told to."""
        if self._is_stopped():
            raise StoppedError
        sleep(BREATH_S)

    def in_slices(self, things: Sequence[Thing], size: int, do: Callable[[Connection, Sequence[Thing]], None]) -> None:
        """Do something to many things, in transactions that hold the lock for a short time each."""
        at = 0
        while at < len(things):
            self.breathe()
            with self._ws.unit() as unit:
                until = monotonic() + LOCK_S
                while at < len(things):
                    do(unit.connection, things[at : at + size])
                    at += size
                    if monotonic() >= until:
                        break
                unit.commit()


@contextmanager
def repeated(name: str, act: Callable[[IsStopped], object], *, poll_s: float = FOLLOW_S) -> Iterator[None]:
    """Do something again and again, in a thread, while a block runs."""
    stop = threading.Event()
    thread = threading.Thread(target=_repeat, args=(act, stop, poll_s), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(JOIN_S)


def _repeat(act: Callable[[IsStopped], object], stop: threading.Event, poll_s: float) -> None:
    while not stop.wait(poll_s):
        try:
            act(stop.is_set)
        except StoppedError:
            return
        except Exception:
            # The thread outlives a locked or full database; the next round may succeed.
            log.exception("%s: this round failed", threading.current_thread().name)
