"""A full disk behind standard output: one sentence and exit 2, from every way of writing there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = ROOT / "tests/data/openai_sft/stock_rows.jsonl"
COMMANDS = {
    "validate": ["validate", str(ROWS)],
    "json": ["validate", str(ROWS), "--json"],
    "convert": ["convert", str(ROWS), "--to", "openai"],
    "help": ["--help"],
}


def run(arguments: list[str], out: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": os.environ.get("HOME", "/")}
    with Path(out).open("wb") as stdout:
        argv = [sys.executable, "-m", "cli.main", *arguments]
        return subprocess.run(argv, cwd=ROOT, env=environment, stdout=stdout, stderr=-1, text=True, check=False)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_full_standard_output_is_one_sentence(name: str) -> None:
    done = run(COMMANDS[name], "/dev/full")
    (line,) = [line for line in done.stderr.splitlines() if not line.endswith(" written")]
    assert line == "callwright: The output cannot be written: No space left on device."
    assert done.returncode == 2
