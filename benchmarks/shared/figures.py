"""Measuring and reporting: CPU time, the median over rounds with its spread, and whether the gate holds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

MB = 1 << 20


def spend(act: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    start = time.process_time()
    act()
    return time.process_time() - start


def report(name: str, gate: float, value: float, spread: Sequence[float], unit: str = "x") -> bool:
    """Print one figure with the span of what it was taken from; whether its gate holds."""
    verdict = "holds" if value <= gate else "BROKEN"
    span = f"[{min(spread):.3f}..{max(spread):.3f}]"
    print(f"{name:34} gate {gate:6.1f}{unit:3}  value {value:8.3f}{unit:3}  {span:20} {verdict}", flush=True)
    return value <= gate


def report_median(name: str, gate: float, values: Sequence[float], unit: str = "x") -> bool:
    return report(name, gate, statistics.median(values), values, unit)
