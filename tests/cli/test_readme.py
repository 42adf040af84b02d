"""Every command the README shows is run here, in its order, in a workspace of its own."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.strip()
]
VERBS = [line for line in COMMANDS if line.startswith("callwright ")]
TRAINED = "callwright demo --train"
"""Run, with the tiny model, by `test_demo.py`, which also reads what comes out."""


def test_readme_shows_only_commands_this_file_knows_how_to_run() -> None:
    assert [line for line in COMMANDS if not line.startswith(("callwright ", "make "))] == []
    assert "make run" in COMMANDS
    assert "make test" in COMMANDS


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`?(make [a-z-]+)", README))))
def test_make_targets_of_the_readme_exist(command: str) -> None:
    done = subprocess.run(
        ["make", "-n", *shlex.split(command)[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_commands_of_the_readme_run(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    assert TRAINED in VERBS
    for line in dict.fromkeys(line for line in VERBS if line != TRAINED):
        done = run(line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "shop.jsonl").stat().st_size > 0


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "cli.main", *shlex.split(line)[1:]]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "CALLWRIGHT_HOME": str(folder / "workspace")}
    return subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
