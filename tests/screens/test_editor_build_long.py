"""The committed editor, built again from `frontend/` where Node is there: the same bytes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]


def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("no Node; only people who change frontend/ need it")
    copy, out = tmp_path / "frontend", tmp_path / "out"
    shutil.copytree(ROOT / "frontend", copy, ignore=shutil.ignore_patterns("node_modules"))
    fetched = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=copy, capture_output=True)
    if fetched.returncode:
        pytest.skip("the packages of the editor cannot be fetched here")
    subprocess.run([node, "build.mjs", str(out)], cwd=copy, check=True, capture_output=True)
    built = {path.name: path.read_bytes() for path in out.iterdir()}
    assert len(built) == 3
    for name, content in built.items():
        assert content == (ROOT / "ui" / "editor" / name).read_bytes(), name
