"""What the commands need in memory, and whether it grows with the file: each command alone, over few rows and many.

Run with `python benchmarks/memory.py`. The figure is how much more the command's process takes at its largest for ten
times the rows; every command is a process of its own, as peaks cannot be told apart inside one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from shared.figures import MB, report
from shared.rows import clean_rows

GATE_MB = 16.0
CALLWRIGHT = [sys.executable, "-m", "cli.main"]
ROOT = Path(__file__).parents[1]


def peak_mb(arguments: Sequence[str], home: Path) -> float:
    """The largest size a command's process had."""
    environment = os.environ | {"CALLWRIGHT_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with (home / "log.txt").open("w") as log:
        process = subprocess.Popen([*CALLWRIGHT, *arguments], env=environment, stdout=log, stderr=log, cwd=home)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        log_text = (home / "log.txt").read_text()
        raise SystemExit(f"{log_text}callwright {' '.join(arguments)} ended with {process.returncode}")
    return usage.ru_maxrss * 1024 / MB


def validate(rows: Path, folder: Path) -> dict[str, float]:
    return {"validate": peak_mb(["validate", str(rows), "--fail-on", "never"], folder)}


def move(rows: Path, folder: Path) -> dict[str, float]:
    """Import, freeze and export in a workspace of their own."""
    peaks = {"import": peak_mb(["import", "Benchmark", str(rows), "--create"], folder)}
    peak_mb(["freeze", "Benchmark", "--include-unreviewed"], folder)
    for name in ("callwright", "router"):
        out = ["--version", "1", "--format", name, "-o", str(folder / name)]
        peaks[f"export, {name}"] = peak_mb(["export", "Benchmark", *out], folder)
    return peaks


def compare(act: Callable[[Path, Path], dict[str, float]], few: int) -> bool:
    """Growth of each command's peak from few rows to ten times as many."""
    peaks = []
    for count in (few, 10 * few):
        with tempfile.TemporaryDirectory() as name:
            rows = Path(name) / "rows.jsonl"
            with rows.open("wb") as out:
                out.writelines(row + b"\n" for row in clean_rows(count))
            peaks.append(act(rows, Path(name)))
    less, more = peaks
    print(f"growth of the largest size from {few} to {10 * few} rows; in brackets the two sizes")
    holds = [
        report(f"{name}, memory", GATE_MB, more[name] - less[name], (less[name], more[name]), " MB") for name in less
    ]
    return all(holds)


def main() -> int:
    holds = [compare(validate, 4_000), compare(move, 2_000)]
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(main())
