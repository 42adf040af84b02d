"""How fast a host may be asked, and how long it is left alone after a failure."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import msgspec

MINUTE_S = 60.0
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0


class Rate(msgspec.Struct, frozen=True):
    """The most a host takes in a minute; None: it has named no limit."""

    requests: int | None = None
    tokens: int | None = None


class Pace:
    """Spreads requests evenly over the minute, and keeps all of them back when the host asks for a rest."""

    def __init__(self, rate: Rate | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate or Rate()
        self._clock = clock
        self._lock = threading.Lock()
        self._next_request = self._next_token = self._resting = 0.0

    def wait(self, tokens: int, pause: Callable[[float], object]) -> None:
        """Pause until there is a place for a request of so many tokens; a rest asked for meanwhile is kept too."""
        is_resting = True
        while is_resting:
            now, at = self._place(tokens)
            if (seconds := at - now) > 0:
                pause(seconds)
            with self._lock:
                is_resting = self._resting > at

    def claim(self, tokens: int) -> float:
        """Take the next free place for a request of so many tokens; in how many seconds that is."""
        now, at = self._place(tokens)
        return at - now

    def _place(self, tokens: int) -> tuple[float, float]:
        """The time now, and when the place is that was taken."""
        with self._lock:
            now = self._clock()
            at = max(now, self._next_request, self._next_token, self._resting)
            self._next_request = at + _spacing(1, self._rate.requests)
            self._next_token = at + _spacing(tokens, self._rate.tokens)
            return now, at

    def correct(self, tokens: int) -> None:
        """So many tokens more (or fewer, below zero) were used than a place was taken for."""
        with self._lock:
            self._next_token += _spacing(tokens, self._rate.tokens)

    def rest(self, seconds: float) -> None:
        """Nobody asks for so long."""
        with self._lock:
            self._resting = max(self._resting, self._clock() + seconds)


def _spacing(amount: int, per_minute: int | None) -> float:
    return amount * MINUTE_S / per_minute if per_minute else 0.0


def back_off(failures: int, seed: object) -> float:
    """How long a question waits after so many failures: twice as long each time, scattered by the seed."""
    longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (failures - 1))
    return longest * random.Random(f"{seed} {failures}").uniform(0.5, 1.0)
