"""A worker that makes an order is killed again and again, at any moment, and nothing is lost or doubled."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from curation.finetune.environment import worker_environment
from curation.finetune.run_folder import RunFolder
from curation.producing.record import CANDIDATES
from curation.producing.spec import Material, write_material
from curation.synthesizers.shop import demo_tools

COUNT = 4_000


def prepare(path: Path) -> RunFolder:
    folder = RunFolder(path)
    write_material(folder, Material(tools=demo_tools()))
    spec = {"kind": "synthesise", "launch_id": "launch-1", "strategy": "schema_driven", "count": COUNT, "seed": 6}
    folder.write_spec(spec)
    return folder


def start(folder: RunFolder) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "curation.worker", "synthesise", str(folder.path)]
    return subprocess.Popen(command, env=worker_environment(folder.path))


@pytest.mark.long
@pytest.mark.timeout(600)
def test_worker_killed_at_any_moment_makes_the_same_in_the_end(tmp_path: Path) -> None:
    whole, killed = prepare(tmp_path / "whole"), prepare(tmp_path / "killed")
    assert start(whole).wait() == 0
    rng, record, n_killed = Random(9), killed.path / CANDIDATES, 0
    for _ in range(12):
        worker, before = start(killed), record.stat().st_size if record.exists() else 0
        while worker.poll() is None and (record.stat().st_size if record.exists() else 0) <= before:
            time.sleep(0.005)
        time.sleep(rng.random() * 0.05)
        n_killed += worker.poll() is None
        worker.kill()
        worker.wait()
    assert start(killed).wait() == 0
    assert n_killed >= 3
    assert record.read_bytes() == (whole.path / CANDIDATES).read_bytes()
    ended = killed.read_exit("launch-1")
    assert ended is not None
    assert ended.summary["drafted"] == COUNT
