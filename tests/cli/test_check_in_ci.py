"""The hook and the action that other repositories use: they run, and what they install is what was tested."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "examples/tools.json"
GOOD = ROOT / "tests/data/openai_sft/stock_rows.jsonl"


def read_yaml(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A PATH on which `callwright` is this checkout."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "callwright"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m cli.main "$@"\n')
    command.chmod(0o755)
    outputs = {"GITHUB_OUTPUT": str(tmp_path / "outputs")}
    return {"PATH": f"{folder}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path), **outputs}


def test_checker_is_installed_in_the_versions_it_was_tested_with():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^([\w.-]+==[^\s\\]+)", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE))
    assert set(project["dependencies"]) <= locked


def test_checker_imports_nothing_else():
    """Run with only its own packages visible, as the hook installs it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.split("==", one)[0].lower().replace("-", "_") for one in project["dependencies"]}
    modules = names - {"pyyaml"} | {"yaml", "markupsafe", "typing_extensions", "colorama"}
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from cli.main import callwright\n"
        f"for verb, *rest in (['validate', {str(GOOD)!r}], ['lint-tools', {str(ROOT / 'examples/tools.json')!r}]):\n"
        "    assert CliRunner().invoke(callwright, [verb, *rest]).exit_code == 0, verb\n"
        "inside = [n.partition('.')[0] for n, m in sys.modules.items()"
        " if 'site-packages' in (getattr(m, '__file__', None) or '')]\n"
        "print(*sorted(set(inside)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    used = {name for name in done.stdout.split() if not name.startswith(("_", "sitecustomize"))}
    assert used <= modules


def test_hook_checks_the_files_of_a_commit(environment: dict[str, str]):
    rows, tools = read_yaml(".pre-commit-hooks.yaml")
    assert re.search(rows["files"], "data/rows.jsonl")
    assert not re.search(rows["files"], "data/rows.json")
    assert re.search(tools["files"], "shop/tools.yaml")
    for hook, file in ((rows, GOOD), (tools, TOOLS)):
        command = [*shlex.split(hook["entry"]), str(file), str(file)]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("files", "code"), [("*.jsonl", 0), ("bad/**/*.jsonl\n*.jsonl", 1), ("none/*.jsonl", 2)])
def test_action_checks_what_the_patterns_name(environment: dict[str, str], tmp_path: Path, files: str, code: int):
    (tmp_path / "good.jsonl").write_bytes(GOOD.read_bytes())
    (tmp_path / "bad/deep").mkdir(parents=True)
    (tmp_path / "bad/deep/a file.jsonl").write_text("not json\n")
    step = read_yaml("action.yml")["runs"]["steps"][-1]
    given = {"FILES": files + "\n", "TARGET": "trl", "FAIL_ON": "error", "REPORT": "page.html"}
    assert set(given) == set(step["env"])
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env={**os.environ, **environment, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert (tmp_path / "page.html").exists() is (code < 2)


def test_action_pastes_no_input_into_a_script():
    assert all("${{" not in step.get("run", "") for step in read_yaml("action.yml")["runs"]["steps"])
