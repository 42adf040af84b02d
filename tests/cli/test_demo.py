"""`callwright demo` and `callwright synthesize` from the outside."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from cli.main import callwright
from curation.metrics.report import bare_figures
from curation.metrics.score import METRICS
from curation.services.recorded_runs import RecordedRun

ANSWERS = Path(__file__).parents[2] / "examples" / "agent-answers.jsonl"


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(callwright, list(arguments), env={"CALLWRIGHT_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("filled")


@pytest.fixture(scope="module")
def filled(home: Path) -> Result:
    """What `demo` says in an empty workspace."""
    return run(home, "demo", "--json")


def test_demo_fills_a_project_and_says_what_is_in_it(home: Path, filled: Result) -> None:
    assert filled.exit_code == 0, filled.output
    told = json.loads(filled.stdout)
    assert told["event"] == "result"
    assert told["project"] == "Shop support desk"
    assert sum(told["dataset"]["counts"].values()) >= 600
    again = run(home, "demo")
    assert again.exit_code == 0
    assert "was here already" in again.stdout


def test_agent_demo_is_filled_and_its_scenarios_give_three_match_scores(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--agent", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["project"] == "Small agent"
    assert told["dataset"]["n"] == 1
    assert told["dataset"]["counts"] == {"train": 42, "validation": 8, "test": 20}
    assert "was here already" in run(tmp_path, "demo", "--agent").stdout
    answers = ("--answers", str(ANSWERS), "--name", "by hand")
    done = run(tmp_path, "evaluate", "Small agent", *answers)
    assert done.exit_code == 0, done.output
    lines = {words[0]: words[1] for line in done.stdout.splitlines() if len(words := line.split()) > 1}
    exact, fuzzy, functional = (float(lines[f"{name}_match"]) for name in ("exact", "fuzzy", "functional"))
    assert 0 < exact < functional < fuzzy < 100


def test_agent_demo_is_not_trained_by_the_same_command(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--agent", "--train")
    assert done.exit_code == 2
    assert "callwright train" in done.stderr


def test_seed_without_a_training_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--seed", "3")
    assert done.exit_code == 2
    assert "--train" in done.stderr


@pytest.mark.usefixtures("filled")
def test_synthesize_adds_candidates_to_a_project(home: Path) -> None:
    done = run(home, "synthesize", "Shop support desk", "--count", "10", "--seed", "99", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["n_added"] == told["passed"] <= told["drafted"] == 10
    done = run(home, "synthesize", "Shop support desk", "--shows", "tag:missing_value", "--count", "2", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["passed"] == 2
    done = run(home, "synthesize", "Shop support desk", "--shows", "reason:refuse", "--cell", "no_tool=1")
    assert done.exit_code == 2
    assert "leave out --cell" in done.stderr


def test_a_tiny_run_is_never_the_packaged_record(tmp_path: Path) -> None:
    done = run(tmp_path, "demo", "--tiny", "--record")
    assert done.exit_code == 2
    assert "Error" in done.stderr


@pytest.mark.parametrize("option", [["--mix", "no_tool"], ["--mix", "no_tool=much"], ["--mix", "no_tool=-1"]])
def test_a_share_that_is_no_number_is_refused(tmp_path: Path, option: list[str]) -> None:
    done = run(tmp_path, "synthesize", "Shop support desk", *option)
    assert done.exit_code == 2


@pytest.mark.training
@pytest.mark.timeout(240)
def test_the_tiny_loop_ends_with_the_figures_of_both_models(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    done = run(tmp_path / "home", "demo", "--train", "--tiny", "--seed", "3", "--json", "--record", str(kept))
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["stage"] for line in lines[:-1]} == {"data", "model", "training", "evaluation"}
    result = lines[-1]
    assert result["event"] == "result"
    assert result["took_s"] > 0
    assert set(result["models"]) == {"base", "tuned"}
    for report in result["models"].values():
        assert set(report["metrics"]) == {metric.name for metric in METRICS}
        assert report["n"]["rows"] >= 12
        assert report["n"]["no_tool"] >= 3
    specs = [json.loads(spec.read_bytes()) for spec in (tmp_path / "home" / "runs").glob("*/spec.json")]
    assert [spec["parameters"]["seed"] for spec in specs if spec["kind"] == "train"] == [3]
    check_record(kept, result["models"], result["models"]["base"]["n"]["rows"])


@pytest.mark.long
@pytest.mark.training
@pytest.mark.timeout(600)
def test_the_full_loop_asks_in_every_way_and_keeps_first_answers_the_headline(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "demo", "--full", "--tiny", "--json", "--record", str(tmp_path / "kept"))
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout.splitlines()[-1])
    assert set(result["models"]) == {"base", "base_four_shot", "base_grammar", "tuned", "tuned_grammar"}
    assert set(result["repairs"]) == {"base", "base_four_shot", "tuned"}
    assert set(result["grammar"]) == {"base_grammar", "tuned_grammar"}
    for name, report in result["models"].items():
        valid, rows = report["metrics"]["valid_call_rate"]["value"], report["n"]["rows"]
        kept = read_lines(tmp_path / "kept" / f"answers-{name}.jsonl")
        closed = sum(one.get("is_closed", False) for one in kept)
        if held := result["grammar"].get(name):
            assert held == {"loosened": [], "refused": 0, "unheld": 0, "closed": closed}
            assert valid == 1, "the grammar lets nothing else through, and ends what the model does not"
        else:
            assert (valid, closed) == (0, 0), "what a random model writes by itself is no answer"
        assert len(kept) == rows
        if name in result["repairs"]:
            told = result["repairs"][name]
            assert (told["most"], told["rows"], told["rounds"]) == (2, rows, 2 * rows)
            assert told["tokens"] > 0


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def check_record(folder: Path, models: dict[str, dict[str, object]], rows: int) -> None:
    """What was kept: the card with digests of the figures, the curve, and an answer a row."""
    card = msgspec.json.decode((folder / "run.json").read_bytes(), type=RecordedRun)
    digests = {
        name: hashlib.sha256(
            json.dumps(bare_figures(figures), sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()
        for name, figures in models.items()
    }
    assert card.digests == digests
    assert {name: one.model for name, one in card.asked.items()} == {name: name.split("_")[0] for name in models}
    assert card.steps == 4
    assert "cores" in card.machine
    assert len(json.loads((folder / "curve.json").read_text())["loss"]) == 4
    for name in models:
        assert len((folder / f"answers-{name}.jsonl").read_text().splitlines()) == rows
