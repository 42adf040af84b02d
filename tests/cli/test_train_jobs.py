"""`callwright train`, `jobs` and `models` as a script sees them: lines on stdout, sentences on stderr, exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from cli.main import callwright
from curation.errors import CurationError
from curation.finetune.base_models import tiny_model
from curation.model.states import JobState
from curation.services.freezing import freeze
from curation.services.workspace import open_workspace
from db import jobs
from tests.shop_rows import make_example, open_desk

pytestmark = pytest.mark.training


class Terminal(NamedTuple):
    """A home with a frozen version, and a base model."""

    home: Path
    base: Path

    def run(self, *arguments: str) -> Result:
        return CliRunner(env={"CALLWRIGHT_HOME": str(self.home)}).invoke(callwright, list(arguments))

    def lines(self, *arguments: str) -> list[dict[str, object]]:
        done = self.run(*arguments)
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    folder = tmp_path_factory.mktemp("terminal")
    with open_desk(folder / "home") as desk:
        for n in range(12):
            desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
    return Terminal(folder / "home", tiny_model(folder / "tiny", seed=1))


def train(terminal: Terminal, *more: str) -> Result:
    return terminal.run("train", "Shop", "--version", "1", "--base", str(terminal.base), *more)


def test_check_shows_rows_and_launches_nothing(terminal: Terminal):
    done = train(terminal, "--check")
    assert done.exit_code == 0
    assert "carry loss" in done.stdout
    assert '⟦{"tool":"track_order"' in done.stdout
    assert done.stdout.count("⟦") == done.stdout.count("⟧") == 4
    assert terminal.lines("jobs", "list", "Shop", "--json") == []


def test_check_with_a_problem_exits_with_one(terminal: Terminal):
    done = train(terminal, "--check", "--set", "max_length=20")
    assert done.exit_code == 1
    assert "problem: No training row is left" in done.stderr


def test_cluster_without_an_address_is_a_problem_of_the_check(terminal: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CALLWRIGHT_RAY_ADDRESS", raising=False)
    done = train(terminal, "--check", "--provider", "ray", "--set", "gpus=2", "--set", "max_length=2048")
    assert done.exit_code == 1
    assert "problem: There is no address of a Ray cluster. Set CALLWRIGHT_RAY_ADDRESS" in done.stderr
    told = train(terminal, "--print-command", "--provider", "ray", "--set", "gpus=2")
    assert "--provider ray --set gpus=2" in told.stdout


def test_refused_launch_is_a_failed_gate(terminal: Terminal):
    done = train(terminal, "--set", "max_length=20")
    assert done.exit_code == 1
    assert "No training row is left" in done.stderr


def test_launched_job_is_listed_shown_and_cancelled(terminal: Terminal):
    done = train(terminal, "--set", "max_length=2048", "--name", "first try")
    assert done.exit_code == 0, done.output
    job_id = done.stdout.strip()
    assert "callwright jobs run" in done.stderr
    (listed,) = [job for job in terminal.lines("jobs", "list", "Shop", "--json") if job["id"] == job_id]
    assert (listed["state"], listed["name"], listed["attempt"]) == ("intent", "first try", 1)
    assert "cancelled" in terminal.run("jobs", "cancel", job_id).stdout
    assert terminal.lines("jobs", "show", job_id, "--json")[0]["state"] == "cancelled"
    assert "first try" in terminal.run("jobs", "show", job_id, "--log", "5").stdout
    again = terminal.run("jobs", "retry", job_id)
    assert "intent" in again.stdout
    terminal.run("jobs", "cancel", job_id)


def test_keeping_until_idle_ends_when_nothing_is_open(terminal: Terminal):
    assert terminal.run("jobs", "run", "--until-idle").exit_code == 0
    assert terminal.lines("models", "Shop", "--json") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("jobs", "list", "Shed"), "no project `Shed`"),
        (("jobs", "show", "j9"), "no job `j9`"),
        (("jobs", "cancel", "j9"), "no job `j9`"),
        (("models", "Shed"), "no project `Shed`"),
        (("train", "Shop", "--version", "1", "--base", "/no/model"), "/no/model does not exist"),
        (("train", "Shop", "--version", "7", "--base", "BASE"), "no dataset version 7"),
        (("train", "Shop", "--version", "1", "--base", "BASE", "--set", "speed=1"), "`speed`. Known: epochs, "),
        (("train", "Shop", "--version", "1", "--base", "BASE", "--check", "--provider", "nope"), "no provider `nope`"),
        (("train", "Shop", "--version", "1", "--base", "BASE", "--provider", "cloudy"), "no provider `cloudy`"),
    ],
)
def test_mistake_is_one_sentence(terminal: Terminal, arguments: tuple[str, ...], sentence: str):
    done = terminal.run(*(str(terminal.base) if word == "BASE" else word for word in arguments))
    assert isinstance(done.exception, CurationError)
    assert sentence in str(done.exception)


def test_setting_without_a_value_is_a_usage_error(terminal: Terminal):
    done = train(terminal, "--set", "epochs")
    assert done.exit_code == 2
    assert "NAME=VALUE" in done.stderr


def test_succeeded_job_cannot_be_retried(terminal: Terminal):
    job_id = train(terminal, "--set", "max_length=2048").stdout.strip()
    running = terminal.run("jobs", "retry", job_id)
    assert "has not ended yet. Wait for its end" in str(running.exception)
    ws = open_workspace(terminal.home)
    with ws.unit() as unit:
        jobs.update_job(unit.connection, job_id, {"state": JobState.SUCCEEDED.value})
        unit.commit()
    ws.close()
    done = terminal.run("jobs", "retry", job_id)
    assert isinstance(done.exception, CurationError)
    assert "has succeeded, so there is nothing to retry" in str(done.exception)


def test_damaged_weights_are_named_before_anything_starts(terminal: Terminal, tmp_path: Path):
    base = shutil.copytree(terminal.base, tmp_path / "base")
    weights = base / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    done = terminal.run("train", "Shop", "--version", "1", "--base", str(base), "--check")
    assert isinstance(done.exception, CurationError)
    assert f"{weights} are damaged or incomplete. Copy the file again" in str(done.exception)


def test_recipes_are_listed_and_shown_with_their_reasons(terminal: Terminal):
    listed = terminal.run("recipes", "--base", str(terminal.base)).stdout
    assert "small    Up to half a billion weights  (for this base)" in listed
    taught = terminal.run("recipes", "taught").stdout
    assert "warmup_ratio=0.03  →  warmup_steps=0.03" in taught
    assert "learning_rate=0.0002  (default 0.001)" in taught
    assert terminal.lines("recipes", "pairs", "--json")[0]["values"]["learn_from"] == "pairs"  # type: ignore[index]


def test_recipe_says_what_it_changes_and_the_command_says_it_all(terminal: Terminal):
    done = train(terminal, "--recipe", "taught", "--set", "epochs=1", "--print-command")
    assert "taught max_seq_length=1024, here max_length=1024" in done.stderr
    assert "learning_rate 0.0002 (default 0.001)" in done.stderr
    assert "--set learning_rate=0.0002" in done.stdout
    assert "--set epochs=1" in done.stdout
    assert done.stdout.startswith("callwright train Shop --version 1 --base ")
