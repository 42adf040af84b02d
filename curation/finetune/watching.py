"""What a run folder says of its worker, as the keeper wants to hear it."""

from __future__ import annotations

import time
from pathlib import Path

from curation.finetune.contract import JobEvent, Outcome, Status
from curation.finetune.run_folder import Progress, RunFolder
from curation.model.states import JobState

GRACE_S = 60.0
"""How long a worker may take to stop by itself, at least."""
SLOWEST_STEPS = 3.0
QUIET_LIMIT_S = 300.0
"""Silence longer than this (or three slow steps) is worth a word."""


def tell(
    state: JobState, progress: Progress, *, phase: str = "", events: tuple[JobEvent, ...] = (), error: str = ""
) -> Status:
    """A status with the progress of the folder."""
    eta = progress.eta_s if state is JobState.RUNNING else None
    return Status(state, phase, progress.step, progress.steps, eta, events, error)


def describe_phase(progress: Progress) -> str:
    quiet = time.time() - progress.beat_at if progress.beat_at else 0.0
    if quiet > max(QUIET_LIMIT_S, SLOWEST_STEPS * progress.slowest_s):
        return f"{progress.phase} (no sign of life for {quiet / 60:.0f} minutes)"
    return progress.phase


def patience_s(progress: Progress) -> float:
    """How long a worker that was asked to stop may take over its step."""
    return max(GRACE_S, SLOWEST_STEPS * progress.slowest_s)


def waited_s(folder: RunFolder) -> float:
    """How long ago it was asked to stop."""
    return time.time() - folder.asked_to_stop_at()


def describe_deafness(progress: Progress) -> str:
    """Of a worker that was ended because it did not stop by itself."""
    return (
        f"It did not listen to the stop for {patience_s(progress):.0f} seconds, so it was ended {say_where(progress)}; "
        "what it learnt since its last checkpoint is gone. Retry it: it goes on from there."
    )


def read_outcome(folder: RunFolder, launch_id: str) -> Outcome:
    """What the worker left behind, as far as it is there."""
    ended = folder.read_exit(launch_id)
    if ended is None or ended.location is None:
        return Outcome(None, dict(ended.summary) if ended else {})
    location = Path(ended.location)
    return Outcome(location if location.exists() else None, dict(ended.summary))


def say_where(progress: Progress) -> str:
    return f"at step {progress.step} of {progress.steps}" if progress.steps else "before its first step"


def last_words(folder: RunFolder) -> str:
    """The last line of the log that says anything, without its full stop."""
    return last_line("\n".join(folder.log_tail(5)))


def last_line(text: str) -> str:
    """The last line that says anything, without its full stop."""
    return next((line.strip().rstrip(".") for line in reversed(text.splitlines()) if line.strip()), "")
