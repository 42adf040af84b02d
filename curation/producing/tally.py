"""`tally.json`: how an order goes, for whoever watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from curation.files import PRIVATE_MODE, put_whole
from curation.producing.record import Made

TALLY = "tally.json"
EVERY_S = 1.0
Ended = Literal["", "done", "sample", "stopped", "budget"]
"""Why nothing more is drafted: all is drafted, the sample is full, somebody stopped it, the budget is spent."""


class Tally(msgspec.Struct):
    """Numbers of one order so far."""

    asked: int
    drafted: int = 0
    passed: int = 0
    repaired: int = 0
    """Of those that passed, the ones that were repaired first."""
    dropped: dict[str, dict[str, int]] = {}
    """Gate → reason → how many."""
    figures: dict[str, float] = {}
    """What gates can tell of those that passed: shares of new openings, tools, values, shapes."""
    short: dict[str, int] = {}
    """Why a part of the order could not be drafted, in a sentence → how many are missing."""
    ended: Ended = ""
    note: str = ""

    def count(self, made: Made) -> None:
        """Take in one more."""
        self.drafted += 1
        if made.refused is None:
            self.passed += 1
            self.repaired += made.repaired is not None
            return
        reasons = self.dropped.setdefault(made.refused.gate, {})
        reasons[made.refused.reason] = reasons.get(made.refused.reason, 0) + 1


class TallyFile:
    """Writes the tally, every second at most."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._written_at = float("-inf")

    def is_due(self) -> bool:
        return self._clock() - self._written_at >= EVERY_S

    def write(self, tally: Tally, figures: Mapping[str, float]) -> None:
        """Write it now."""
        tally.figures = dict(figures)
        put_whole(self._path, msgspec.json.encode(tally), PRIVATE_MODE)
        self._written_at = self._clock()


def read_tally(path: Path) -> Tally | None:
    """The tally of a run folder; None where there is none yet."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Tally)
    except (OSError, msgspec.DecodeError):
        return None
