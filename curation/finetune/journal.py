"""The worker's side of a run folder: tells how far it is, and hears when it should stop."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

from curation.finetune.contract import JobEvent
from curation.finetune.run_folder import Progress, RunFolder

RECENT = 20
QUIET_S = 0.25
"""How often `state.json` is rewritten at most."""


class Journal:
    """Writes events and progress of one launch."""

    def __init__(
        self, folder: RunFolder, launch_id: str, clock: Callable[[], float] = time.time, *, last_seq: int = 0
    ) -> None:
        self._folder = folder
        self._earlier = last_seq
        """What earlier launches have told counts, also where their folder is gone: numbers are never given again."""
        self._launch_id = launch_id
        self._clock = clock
        self._seq = self._find_last()
        self._progress = Progress("starting")
        self._durations: deque[float] = deque(maxlen=RECENT)
        """Between two signs of life."""
        self._shares: deque[float] = deque(maxlen=RECENT)
        """Of one step each."""
        self._written_at = 0.0
        self._stepped_at: float | None = None
        self.is_interrupted = False
        """Set by SIGTERM: stop at the next step."""

    @property
    def should_stop(self) -> bool:
        return self.is_interrupted or self.is_cancelled

    @property
    def is_cancelled(self) -> bool:
        return self._folder.is_asked_to_stop(self._launch_id)

    def say(
        self, text: str, *, level: str = "info", step: int | None = None, metrics: dict[str, float] | None = None
    ) -> None:
        """Append one event."""
        self._seq += 1
        at = datetime.fromtimestamp(self._clock(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._folder.append_event(JobEvent(self._seq, at, level, text, step, metrics or {}))

    def enter(self, phase: str, *, steps: int | None = None) -> None:
        """Begin a phase; step durations start afresh so that a look at validation rows is not taken for a slow step."""
        now = self._progress
        self._progress = Progress(phase, now.step, now.steps if steps is None else steps, now.eta_s)
        self._stepped_at = time.monotonic()
        self._write()

    def reach(self, step: int, steps: int) -> None:
        """Note finished steps and, by the median of recent ones, when the last will be done."""
        instant = time.monotonic()
        if self._stepped_at is not None:
            self._durations.append(instant - self._stepped_at)
            # Rows are answered many at a time: each then took its share.
            self._shares.append((instant - self._stepped_at) / max(1, step - self._progress.step))
        self._stepped_at = instant
        left = statistics.median(self._shares) * (steps - step) if self._shares else None
        slowest = max(self._durations, default=0.0)
        self._progress = Progress(self._progress.phase, step, steps, left, slowest_s=slowest)
        if instant - self._written_at >= QUIET_S or step == steps:
            self._write()

    def _find_last(self) -> int:
        return max(self._folder.mend_events(), self._earlier)

    def catch_up(self) -> None:
        """Go on behind what another process has written into this folder meanwhile."""
        self._seq = self._find_last()
        self._progress = self._folder.read_progress()

    def _write(self) -> None:
        self._written_at = time.monotonic()
        now = self._progress
        self._folder.write_progress(Progress(now.phase, now.step, now.steps, now.eta_s, self._clock(), now.slowest_s))


class SilentJournal(Journal):
    """The journal of a process that takes part and does not lead: it writes nothing and is stopped by the others."""

    @property
    def is_cancelled(self) -> bool:
        return False

    @property
    def should_stop(self) -> bool:
        return False

    def say(
        self, text: str, *, level: str = "info", step: int | None = None, metrics: dict[str, float] | None = None
    ) -> None:
        """Nothing: the first process says it."""

    def _find_last(self) -> int:
        """None: the file is the first's, who may be writing into it."""
        return 0

    def _write(self) -> None:
        """Nothing: how far they are is told by the first."""
