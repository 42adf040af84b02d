"""Start, curate, check and export work where there is no network at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

JOURNEY = """
from pathlib import Path
from curation.services import cataloguing, exporting, freezing, people, projects, reviewing, workspace, writing
from curation.model.definition import Definition, Tool
from curation.formats.openai import FORMAT

ws = workspace.open_workspace(Path("workspace"))
actor = people.local_actor(ws)
project = projects.create_project(ws, actor, "Offline", nonce="p")
rows = (Path(EXAMPLES) / "orders.jsonl").read_bytes().splitlines()
examples = [FORMAT.read(row).example for row in rows]
cataloguing.import_tools(ws, actor, project.id, [Tool(tool) for tool in examples[0].tools], nonce="t")
cataloguing.publish(ws, actor, project.id, nonce="c")
for index, example in enumerate(examples):
    view = writing.new_example(ws, actor, project.id, example, nonce=f"n{index}")
    view = writing.submit(ws, actor, view.id, view.head_rev, nonce=f"s{index}")
    reviewing.accept(ws, actor, view.id, view.head_rev, nonce=f"a{index}")
dataset = freezing.freeze(ws, actor, project.id, nonce="f")
exporting.export_dataset(ws, actor, dataset.id, "openai", Path("out.jsonl"))
ws.close()
print(sum(dataset.counts.values()), "frozen")
"""


def test_whole_path_without_training_needs_no_network(tmp_path: Path) -> None:
    done = in_empty_network([sys.executable, "-c", JOURNEY.replace("EXAMPLES", repr(str(ROOT / "examples")))], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "3 frozen" in done.stdout
    assert list(tmp_path.glob("out*.jsonl"))


def test_validate_needs_no_network(tmp_path: Path) -> None:
    row = str(ROOT / "examples" / "orders.jsonl")
    done = in_empty_network([sys.executable, "-m", "cli.main", "validate", row, "--json"], tmp_path)
    assert done.returncode == 0, done.stderr


def in_empty_network(argv: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run in a network namespace without any interface."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "CALLWRIGHT_HOME": str(folder / "workspace")}
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let a user make a network namespace")
    argv = ["unshare", "-rn", *argv]
    return subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, check=False)
