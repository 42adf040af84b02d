"""`callwright evaluate` from order to figures, with a real worker and a random two-layer model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.figures import print_held, print_notes
from cli.main import callwright
from curation.finetune.tiny import tiny_model
from curation.metrics.held import Held
from curation.metrics.lengths import Lengths
from curation.services.cataloguing import import_tools
from curation.services.evaluating import count_looks
from curation.services.freezing import freeze
from curation.services.people import local_actor
from curation.services.projects import create_project, find_project
from curation.services.synthesizing import draft_candidates
from curation.services.workspace import HOME_VARIABLE, open_workspace
from curation.synthesizers.shop import demo_tools
from tests.ready_homes import make_ready


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    ws = open_workspace(make_ready(tmp_path))
    actor = local_actor(ws)
    project = create_project(ws, actor, "Desk", nonce="project")
    import_tools(ws, actor, project.id, demo_tools(), nonce="tools")
    draft_candidates(ws, actor, project.id, "schema_driven", count=60, seed=1, nonce="draft")
    freeze(ws, actor, project.id, include_unreviewed=True, nonce="freeze")
    ws.close()
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(callwright, ["evaluate", *map(str, arguments)])


def read_lines(folder: Path) -> list[str]:
    return (folder / "answers.jsonl").read_text().splitlines()


@pytest.mark.training
def test_a_folder_is_evaluated_as_it_is_and_under_a_grammar_one_line_each(home: Path) -> None:
    tiny = tiny_model(home / "models" / "tiny")
    result = run("Desk", "--model", tiny, "--limit", 4, "--grammar", "--repair", 1, "--json")
    assert result.exit_code == 0, result.output
    report, held = (json.loads(line) for line in result.stdout.splitlines())
    assert report["n"]["rows"] == 4
    assert (report["decoding"], report["look"], report["cost"]) == ("greedy", 1, None)
    assert report["metrics"]["valid_call_rate"]["n"] == 4
    assert report["latency_ms"]["p50"] > 0
    assert report["tokens"] > 0
    assert report["answer_length"]["limit"] == 128
    assert 60 < report["answer_length"]["longest_right"] <= 128
    assert report["metrics"]["valid_call_rate"]["value"] == 0
    assert report["unasked"]["of"] >= 4
    assert report["unasked"]["refused_rows"] == 0
    assert (report["repairs"]["rows"], report["repairs"]["rounds"]) == (4, 4)
    assert report["repairs"]["tokens"] > 0
    assert (held["decoding"], held["metrics"]["valid_call_rate"]["value"]) == ("grammar", 1)
    run_folders = sorted(path.parent for path in (home / "runs").glob("*/answers.jsonl"))
    cut = [sum('"is_cut":true' in line for line in read_lines(folder)) for folder in run_folders]
    assert report["answer_length"]["cut"] == cut[0]
    closed = [sum('"is_closed":true' in line for line in read_lines(folder)) for folder in run_folders]
    assert held["grammar"] == {"loosened": [], "refused": 0, "unheld": 0, "closed": closed[-1], "unheeded": 0}


def test_what_to_know_of_a_grammar_is_printed_with_the_models_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    print_held({"tiny, grammar": Held(closed=3, refused=0), "tuned, grammar": Held(("move",), refused=1)})
    assert capsys.readouterr().out.splitlines() == [
        "note: tiny, grammar: The grammar, not the model, wrote the end of 3 answers that ran out of tokens.",
        "note: tuned, grammar: The right answer of 1 row is beyond the grammar, which bounds texts, lists and numbers.",
        "note: tuned, grammar: The grammar lets more through than the schema of `move`.",
    ]


def test_cut_answers_are_printed_with_the_models_they_are_of(capsys: pytest.CaptureFixture[str]) -> None:
    print_notes({"tiny": Lengths(cut=3, cut_from=128, cut_to=128), "tuned": Lengths(limit=128)})
    assert capsys.readouterr().out == "note: tiny: 3 answers were cut at 128 tokens.\n"


@pytest.mark.training
def test_longest_answer_can_be_said_and_a_longer_right_one_is_told(home: Path) -> None:
    tiny = tiny_model(home / "models" / "tiny")
    result = run("Desk", "--model", tiny, "--limit", 3, "--longest-answer", 16, "--wait")
    assert result.exit_code == 0, result.output
    assert "note: tiny: The right answers of 3 rows are longer than the 16 tokens" in result.stdout


@pytest.mark.training
def test_without_waiting_only_the_intent_is_written(home: Path) -> None:
    tiny = tiny_model(home / "models" / "tiny")
    result = run("Desk", "--model", tiny)
    assert result.exit_code == 0, result.output
    ws = open_workspace(home)
    assert result.stdout.strip()
    assert count_looks(ws, find_project(ws, "Desk").id) == 1
    ws.close()


def test_unknown_model_is_named(home: Path) -> None:
    result = run("Desk", "--model", "nobody")
    assert result.exit_code != 0
    assert "There is no model `nobody`" in str(result.exception)


def test_a_model_must_be_named(home: Path) -> None:
    assert run("Desk").exit_code == 2
