"""What the pass over all rows costs beside `orjson.loads` of the same lines, and that its memory stays flat.

Run with `python benchmarks/dataset.py`. The rows have been checked one by one before, as in a whole check of a file.
`python benchmarks/dataset.py COUNT` only makes so many rows and passes over them, for whoever measures its process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import orjson
from shared.figures import MB, report, report_median, spend
from shared.rows import clean_rows, make_row

from curation.model.example import Example
from curation.model.reading import Reading
from curation.reading.rows import read_row
from curation.rules import check, check_dataset

ROWS = 1_000
ROUNDS = 7
COST_GATE = 15.0
FEW = 20_000
GATE_MB = 48.0


def measure_cost(rounds: int) -> bool:
    ratios = []
    for number in range(rounds):
        lines = [make_row(number * ROWS + n + 3_000_000) for n in range(ROWS)]
        readings = [reading for line in lines if isinstance(reading := read_row(line), Reading)]
        for reading in readings:
            check(reading)
        rows = [(str(n), reading.example) for n, reading in enumerate(readings)]
        base = min(spend(lambda lines=lines: [orjson.loads(line) for line in lines]) for _ in range(3))  # type: ignore[misc]
        ratios.append(spend(partial(check_dataset, rows)) / base)
    return report_median("rules on all rows together", COST_GATE, ratios)


def make_rows(count: int) -> Iterator[tuple[str, Example]]:
    for number, line in enumerate(clean_rows(count)):
        reading = read_row(line)
        if isinstance(reading, Reading):
            yield str(number), reading.example


def peak_mb(count: int) -> float:
    """The largest size of a process that passes over so many rows."""
    process = subprocess.Popen([sys.executable, __file__, str(count)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"the pass over {count} rows ended with {process.returncode}")
    return usage.ru_maxrss * 1024 / MB


def measure_memory() -> bool:
    few, many = peak_mb(FEW), peak_mb(10 * FEW)
    print(f"growth of the largest size from {FEW} to {10 * FEW} rows; in brackets the two sizes")
    return report("rules on all rows together, memory", GATE_MB, many - few, (few, many), " MB")


def main() -> int:
    measure_cost(1)
    holds = [measure_cost(ROUNDS), measure_memory()]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        check_dataset(make_rows(int(sys.argv[1])))
    else:
        sys.exit(main())
