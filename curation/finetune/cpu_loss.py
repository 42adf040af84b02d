"""Scores only the trained positions on a CPU, as TRL itself does on a GPU.

TRL drops masked tokens before the output layer only where Triton runs, because fixed shapes spare some other devices
a recompilation. A CPU recompiles nothing, and prompts are most of a row: skipping them halves a step and changes no
loss. The switch is one module-level function; it is exchanged for the versions it was checked with and no others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CHECKED_VERSIONS = ("1.16.",)
SWITCH = "_use_triton"


def score_labelled_only() -> bool:
    """Apply the patch where it is known to be right; True when it is in place."""
    import trl
    from trl.trainer import utils

    if not str(trl.__version__).startswith(CHECKED_VERSIONS) or not hasattr(utils, SWITCH):
        return False
    original = getattr(utils, SWITCH)
    if not getattr(original, "counts_cpu", False):
        setattr(utils, SWITCH, _also_cpu(original))
    return True


def _also_cpu(original: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def use_compact(device: Any) -> bool:
        return device.type == "cpu" or original(device)

    use_compact.counts_cpu = True  # type: ignore[attr-defined]
    return use_compact
