"""What this machine gives a job: its device, its short floating-point numbers, and how many threads."""

from __future__ import annotations

import os

import msgspec

from curation.finetune.knobs import Precision
from curation.llm.devices import best_device, best_dtype


class Hardware(msgspec.Struct, frozen=True):
    """Where a job computes, and how."""

    device: str
    has_bf16: bool
    threads: int
    processes: int = 1
    """How many like this one learn together."""

    def describe(self) -> str:
        numbers = "bfloat16" if self.has_bf16 else "float32"
        plural = "thread" if self.threads == 1 else "threads"
        several = f"{self.processes} processes, each " if self.processes > 1 else ""
        return f"{several}{self.device.upper()}, {numbers}, {self.threads} {plural}"


def find_hardware(threads: int = 0, precision: Precision = "auto") -> Hardware:
    """Ask torch; `threads` 0 means all cores, less one where there are more than two."""
    import torch

    device = best_device()
    has_bf16 = best_dtype(device) is torch.bfloat16 if precision == "auto" else precision == "bf16"
    return Hardware(device, has_bf16, choose_threads(threads))


def choose_threads(wanted: int, cores: int | None = None) -> int:
    if wanted > 0:
        return wanted
    usable = cores or len(os.sched_getaffinity(0))
    return usable if usable <= 2 else usable - 1
