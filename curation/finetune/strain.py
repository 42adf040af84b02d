"""Disk and memory of a run: asked for before it starts, watched while it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from curation.errors import JobError
from curation.finetune.folders import free_bytes
from curation.finetune.knobs import TrainParameters
from curation.finetune.weights import count_weights

MEBIBYTE = 2**20
LEAST_MEMORY = 200 * MEBIBYTE
"""Below this the kernel begins to kill, and it does not choose kindly."""
BETWEEN_LOOKS_S = 2.0
SPARE = 100 * MEBIBYTE
"""Tokenizer, cards and logs."""
KEPT = 4
"""Two checkpoints, the best model so far and the one that comes out."""
CONTROL_GROUP = Path("/sys/fs/cgroup")


class Need(msgspec.Struct, frozen=True):
    """What a run is going to take, from the size of its base and its method."""

    memory_bytes: int
    disk_bytes: int
    checkpoint_bytes: int


def estimate_need(base: Path, parameters: TrainParameters, *, held_short: bool) -> Need:
    """A lower bound: weights, and what the optimiser keeps of those that change; activations come on top."""
    n_weights = count_weights(base)
    if parameters.method == "full":
        state = 8 * n_weights
        # Weights, gradients and the optimiser's two numbers; the reference of pairs once more.
        memory = 8 * n_weights + state + (4 * n_weights if parameters.learn_from == "pairs" else 0)
        return Need(memory, 2 * 4 * n_weights + 2 * (4 * n_weights + state) + SPARE, 4 * n_weights + state)
    adapter = 4 * _adapter_weights(n_weights, parameters.rank)
    held = {"qlora": n_weights * 5 // 8}.get(parameters.method, (2 if held_short else 4) * n_weights)
    return Need(held + 4 * adapter, KEPT * 3 * adapter + SPARE, 3 * adapter)


def _adapter_weights(n_weights: int, rank: int) -> int:
    """About how many an adapter on all linear layers has: its share falls as models grow wider."""
    return int(rank * 60 * math.sqrt(max(n_weights, 1)) / 8)


def require_memory(need: Need, available: int | None = None) -> None:
    """Refuse early what cannot fit."""
    free = available_memory() if available is None else available
    if need.memory_bytes > free:
        wanted, there = need.memory_bytes // MEBIBYTE, free // MEBIBYTE
        raise JobError(
            f"The run needs at least {wanted:,} MB of memory and {there:,} MB are free.",
            hint="Choose a smaller base or an adapter, or end what else is running.",
        )


def available_memory(control_group: Path = CONTROL_GROUP) -> int:
    """What this process may still take: of the machine, and of the container it is in."""
    free = psutil.virtual_memory().available
    try:
        limit = int((control_group / "memory.max").read_text())
        used = int((control_group / "memory.current").read_text())
    except (OSError, ValueError):
        return free
    return min(free, max(0, limit - used))


class Strain:
    """Looks now and then, and says in words when a run should end while it can still be saved."""

    def __init__(
        self,
        folder: Path,
        checkpoint_bytes: int,
        *,
        memory: Callable[[], int] = available_memory,
        disk: Callable[[Path], int] = free_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._checkpoint_bytes = checkpoint_bytes
        self._memory, self._disk, self._clock = memory, disk, clock
        self._looked_at = clock()

    def tell(self) -> str:
        """One sentence when something runs short; empty: go on."""
        now = self._clock()
        if now - self._looked_at < BETWEEN_LOOKS_S:
            return ""
        self._looked_at = now
        if self._memory() < LEAST_MEMORY:
            return "The machine ran short of memory."
        # One more checkpoint must fit: the one that is written on stopping.
        if self._disk(self._folder) < 2 * self._checkpoint_bytes:
            return "The disk is nearly full."
        return ""
