"""The real worker with a tiny model: it learns by heart, keeps what it learned, and answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.finetune.base_models import tiny_model
from curation.finetune.run_folder import RunFolder
from tests.worker.run_making import (
    ASKS,
    LAUNCH_ID,
    losses,
    make_train_run,
    router_row,
    run_worker,
    write_rows,
)

# The two runs are shared by the tests of this file, so one process must have them all.
pytestmark = [pytest.mark.training, pytest.mark.xdist_group("worker training")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=1)


@pytest.fixture(scope="module")
def trained(base: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = make_train_run(tmp_path_factory.mktemp("run"), base, validation_rows=2)
    ended = run_worker(folder)
    assert ended.state == "succeeded", ended.error
    return folder


def test_tiny_model_learns_eight_rows_by_heart(trained: RunFolder):
    curve = [loss for _, loss in losses(trained)]
    assert len(curve) == 40
    assert curve[-1] < 0.1 * curve[0]


def test_model_folder_carries_tokenizer_template_mask_and_provenance(trained: RunFolder, base: Path):
    names = {path.name for path in trained.model.iterdir()}
    assert {"adapter_model.safetensors", "tokenizer.json", "chat_template.jinja", "loss_mask.json"} <= names
    assert (trained.model / "chat_template.jinja").read_text() == (base / "chat_template.jinja").read_text()
    card = json.loads((trained.model / "callwright.json").read_text())
    assert (card["dataset_hash"], card["chosen_step"], card["parameters"]["seed"]) == ("0" * 64, 40, 17)


def test_speed_and_memory_are_told_with_every_loss(trained: RunFolder):
    told = [event.metrics for event in trained.read_events(0) if "loss" in event.metrics]
    assert all(one["tokens_per_s"] > 0 and one["step_s"] > 0 and one["memory_mb"] > 50 for one in told)
    began = next(event for event in trained.read_events(0) if "memory_limit_mb" in event.metrics)
    assert began.metrics["memory_limit_mb"] > told[-1]["memory_mb"]


def test_look_at_validation_rows_is_scored_and_kept(trained: RunFolder):
    look = next(event for event in trained.read_events(0) if "validation_valid_call_rate" in event.metrics)
    assert look.step == 40
    ended = trained.read_exit(LAUNCH_ID)
    assert ended is not None
    assert set(ended.summary["validation"]) >= {"valid_call_rate", "tool_name_accuracy"}


def test_tuned_model_answers_what_it_learned(trained: RunFolder, base: Path, tmp_path: Path):
    folder = RunFolder(tmp_path)
    folder.create()
    write_rows(folder.data / "test.jsonl", 3)
    # Half a line, as a killed worker leaves it: it must not count as an answer.
    folder.answers.write_bytes(b'{"text": "half')
    spec = {"kind": "evaluate", "launch_id": LAUNCH_ID, "model": str(base), "adapter": str(trained.model), "threads": 1}
    folder.write_spec({**spec, "max_new_tokens": 48, "batch_size": 2})
    ended = run_worker(folder, "evaluate")
    assert (ended.state, ended.summary["answered"]) == ("succeeded", 3)
    answers = [json.loads(line) for line in folder.answers.read_text().splitlines()]
    wanted = [json.loads(router_row(*ask)["messages"][-1]["content"]) for ask in ASKS[:3]]
    assert sum(answer["text"] == json.dumps(want) for answer, want in zip(answers, wanted, strict=True)) == 3
