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


def report_keys(name: str, gates: tuple[float, float], rounds: Sequence[Sequence[float]]) -> bool:
    """Print median and p95 of the quietest of some rounds of sorted milliseconds; whether both gates hold."""
    medians = [statistics.median(spans) for spans in rounds]
    p95s = [spans[int(len(spans) * 0.95)] for spans in rounds]
    holds = [
        report(f"{name}, median", gates[0], min(medians), medians, " ms"),
        report(f"{name}, p95", gates[1], min(p95s), p95s, " ms"),
    ]
    return all(holds)
