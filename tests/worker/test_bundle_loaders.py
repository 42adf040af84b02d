"""Bundles read by the trainers' own loaders, installed beside ours by `make test-long`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.services.test_bundling import KEYS, Shop, shop

pytestmark = [pytest.mark.training, pytest.mark.long, pytest.mark.timeout(300)]
TRAINERS = Path(os.environ.get("CALLWRIGHT_TRAINERS", Path(sys.prefix) / "share" / "trainers"))
__all__ = ["shop"]


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"method": "qlora", "optimizer": "paged_adamw_8bit", "targets": "q_v"},
        {"method": "full", "packing": "padded", "max_steps": 9},
        {"learn_from": "pairs"},
        {"recompute": True, "schedule": "linear", "optimizer": "adafactor"},
    ],
)
def test_every_trainer_takes_its_settings(shop: Shop, tmp_path: Path, knobs: dict[str, Any]):
    for base in (shop.calling, shop.router):
        folder = tmp_path / base.name
        shop.bundle(base, folder, **knobs)
        command = [sys.executable, "-m", "tests.worker.trainer_loaders", str(folder), str(tmp_path / "keys.json")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), str(TRAINERS)])}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        for trainer, keys in json.loads((tmp_path / "keys.json").read_text()).items():
            assert keys == KEYS[trainer]["keys"]
