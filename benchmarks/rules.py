"""What checking a row costs: alone, and in bulk as a ratio of CPU time to `orjson.loads` of the same lines.

Run with `python benchmarks/rules.py`. Rounds are interleaved, so that a busy neighbour hits both sides alike.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable

import orjson
from shared.figures import report, report_median, spend
from shared.rows import make_row

from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check

ROWS = 400
ROUNDS = 15
LONG = 56


def measure_ratio(
    name: str, gate: float, act: Callable[[Reading], object], readings: list[list[Reading]], lines: list[list[bytes]]
) -> bool:
    """Each round checks rows that no cache has seen, as bulk work does."""
    ratios = []
    for fresh, raw in zip(readings, lines, strict=True):
        base = min(spend(lambda raw=raw: [orjson.loads(line) for line in raw]) for _ in range(3))  # type: ignore[misc]
        ratios.append(spend(lambda fresh=fresh: [act(reading) for reading in fresh]) / base)  # type: ignore[misc]
    return report_median(name, gate, ratios)


def make_long_row(seed: int) -> bytes:
    """About 80 KB: some thirty conversations of the same tool in one."""
    rows = [orjson.loads(make_row(seed * 30_000 + n * 30)) for n in range(LONG)]
    messages = [message for row in rows for message in row["messages"] if message["role"] != "system"]
    for place, message in enumerate(messages):
        for call in message.get("tool_calls") or ():
            call["id"] = f"call_{place}"
        if message["role"] == "tool":
            message["tool_call_id"] = f"call_{place - 1}"
    return orjson.dumps({"messages": messages, "tools": rows[0]["tools"]})


def measure_single(name: str, gate_ms: float, readings: list[Reading]) -> bool:
    times = []
    for reading in readings:
        start = time.process_time_ns()
        check(reading)
        times.append((time.process_time_ns() - start) / 1e6)
    times.sort()
    p99 = times[int(len(times) * 0.99)]
    return report(name, gate_ms, p99, times, " ms")


def read(lines: list[bytes]) -> list[Reading]:
    """The rows, read ahead for the clock's sake: the collector is told to leave them out, as work that streams has none
    of them at hand."""
    readings = [reading for line in lines if isinstance(reading := read_row(line), Reading)]
    gc.freeze()
    return readings


def main() -> int:
    lines = [[make_row(round_ * ROWS + n + 1_000_000) for n in range(ROWS)] for round_ in range(ROUNDS)]
    sizes = [len(line) for line in lines[0]]
    print(f"{ROUNDS} rounds of {ROWS} rows, {statistics.mean(sizes):.0f} bytes on average, 10 % with one fault")
    for reading in read([make_row(n) for n in range(100)]):
        check(reading)
    holds = [
        measure_single("all rules, one row, p99", 1.0, read(lines[0])),
        measure_single("all rules, 80 KB row, p99", 10.0, read([make_long_row(n) for n in range(100)])),
        measure_ratio(
            "error rules, bulk", 6.0, lambda r: check(r, errors_only=True), [read(part) for part in lines], lines
        ),
    ]
    other = [[make_row(round_ * ROWS + n + 5_000_000) for n in range(ROWS)] for round_ in range(ROUNDS)]
    holds.append(measure_ratio("all rules, bulk", 25.0, check, [read(part) for part in other], other))
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
