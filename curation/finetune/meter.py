"""How fast a run learns and what it holds in memory, counted by the worker itself from where it began.

The trainer's own counters go on where a checkpoint left them while its clock begins anew, so a resumed run would look
several times faster than it is. Tokens are counted as the collator gets them, padding left out.
"""

from __future__ import annotations

import resource
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import psutil

Row = dict[str, list[int]]
Collate = Callable[[list[Row]], Any]

RECENT = 20
"""Steps the speed is taken over: one slow step is no new speed."""
MEBIBYTE = 2**20


class Meter:
    """Counts tokens and seconds of the steps of one worker; those of others beside it are told to it."""

    def __init__(self, batches_a_step: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._batches_a_step = batches_a_step
        self._clock = clock
        self._batches: deque[int] = deque()
        self._steps: deque[tuple[int, float]] = deque(maxlen=RECENT)
        self._since = clock()

    def counting(self, collate: Collate) -> Collate:
        """The same collator, its tokens counted. Batches are fetched ahead of their step, so they wait in line."""

        def collate_and_count(rows: list[Row]) -> Any:
            self._batches.append(sum(map(count_tokens, rows)))
            return collate(rows)

        return collate_and_count

    def start(self) -> None:
        """What happened until now belongs to no step."""
        self._since = self._clock()

    def step(self) -> int:
        """One step is done; how many tokens this worker read in it."""
        n = min(self._batches_a_step, len(self._batches))
        tokens = sum(self._batches.popleft() for _ in range(n))
        now = self._clock()
        self._steps.append((tokens, now - self._since))
        self._since = now
        return tokens

    def count_all(self, tokens: int) -> None:
        """What all of them read in the last step."""
        self._steps[-1] = tokens, self._steps[-1][1]

    def read(self) -> dict[str, float]:
        """Seconds of the last step, and tokens a second over the recent ones; {} before the first."""
        seconds = sum(took for _, took in self._steps)
        if not seconds:
            return {}
        tokens = sum(tokens for tokens, _ in self._steps)
        speed = {"tokens_per_s": tokens / seconds} if tokens else {}
        return {"step_s": self._steps[-1][1], **speed}


def count_tokens(row: Row) -> int:
    """Tokens a model reads of a row: of a pair its prompt twice, once with each answer."""
    if "input_ids" in row:
        return len(row["input_ids"])
    return 2 * len(row["prompt_ids"]) + len(row["chosen_ids"]) + len(row["rejected_ids"])


def peak_memory_mb(device: str) -> float:
    """The most memory this worker has held so far: of the GPU where it computes on one."""
    if device == "cuda":
        import torch

        return float(torch.cuda.max_memory_reserved()) / MEBIBYTE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Counted in kilobytes, on a Mac in bytes.
    return peak / MEBIBYTE if sys.platform == "darwin" else peak / 1024


def memory_limit_mb(device: str) -> float:
    """What this worker may hold as things stand: what it has and what nobody else has taken."""
    if device == "cuda":
        import torch

        free, _ = torch.cuda.mem_get_info()
        return float(free + torch.cuda.memory_reserved()) / MEBIBYTE
    return float(psutil.virtual_memory().available + psutil.Process().memory_info().rss) / MEBIBYTE
