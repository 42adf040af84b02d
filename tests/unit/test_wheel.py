"""What is installed from a wheel is all there: not only the code, also every file it reads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[2]
CODE = ("cli", "curation", "db", "pages", "ui")
BESIDE = ("docs", "requirements", ".streamlit")
FILES = ("pyproject.toml", "README.md", "LICENSE", "app.py")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
ASK = """
import json, sys
sys.prefix = sys.argv[1]
from pathlib import Path
import curation
from curation.finetune.base_models import read_pin
from curation.services.agent_data import agent_splits, agent_tools
from curation.services.demo_data import read_planted
from curation.services.recorded_runs import read_recorded
from curation.synthesizers.shop import demo_tools
from curation.targets import TARGETS
from db.migrations import newest_version
found = [TARGETS, newest_version(), demo_tools(), read_planted(), read_recorded(), read_pin().name]
found += [agent_tools(), agent_splits()]
print(json.dumps([str(Path(curation.__file__).parents[1]), *map(bool, found)]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the working tree, built in a copy, since building leaves its own files behind."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignore = shutil.ignore_patterns("__pycache__")
    for name in (*CODE, *BESIDE):
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=source, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_every_file_beside_the_code_is_in_the_wheel(wheel: Path):
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for name in CODE
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted | {"app.py"} <= names
    shared = {name.partition("/data/share/callwright/")[2] for name in names}
    assert {str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")} <= shared
    assert {"requirements/base-model.txt", ".streamlit/config.toml"} <= shared


def test_code_of_the_wheel_finds_its_files(wheel: Path, tmp_path: Path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    shutil.copytree(next(tmp_path.glob("*.data")) / "data" / "share" / "callwright", tmp_path / "share" / "callwright")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-P", "-c", ASK, str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    where, *found = json.loads(answer.stdout)
    assert where == str(tmp_path)
    assert found == [True] * 6
