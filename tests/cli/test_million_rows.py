"""A million rows through `callwright validate`, once: the memory of the process does not follow their number."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
MAKE = (
    "import sys; sys.path.insert(0, 'benchmarks'); from shared.rows import clean_rows\n"
    "sys.stdout.buffer.writelines(row + b'\\n' for row in clean_rows(int(sys.argv[1])))"
)
FEW, MANY = 20_000, int(os.environ.get("CALLWRIGHT_MANY_ROWS", "1000000"))
MOST_GROWTH_MB = 64
pytestmark = [pytest.mark.long, pytest.mark.timeout(6 * 3600)]


class Cost(NamedTuple):
    """What a process took."""

    peak_mb: float
    cpu_s: float


def validate(n_rows: int) -> Cost:
    """Check so many rows as they are made; none of them is ever in a file."""
    with subprocess.Popen([sys.executable, "-c", MAKE, str(n_rows)], stdout=subprocess.PIPE, cwd=ROOT) as maker:
        command = [sys.executable, "-m", "cli.main", "validate", "-", "--fail-on", "never", "--json"]
        process = subprocess.Popen(
            command, stdin=maker.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Cost(usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def test_a_million_rows_take_no_more_memory_than_few(capsys: pytest.CaptureFixture[str]) -> None:
    few, many = validate(FEW), validate(MANY)
    with capsys.disabled():
        for n_rows, cost in ((FEW, few), (MANY, many)):
            print(f"\n{n_rows:,} rows: {cost.peak_mb:.0f} MB at most, {cost.cpu_s:.0f} CPU seconds")
    assert many.peak_mb - few.peak_mb <= MOST_GROWTH_MB
