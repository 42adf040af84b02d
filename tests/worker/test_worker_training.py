"""The real worker with a tiny model: it learns, stops when asked, and goes on after a kill."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from curation.finetune.base_models import tiny_model
from curation.finetune.checkpoints import checkpoint_step, last_checkpoint
from curation.finetune.run_folder import Exit, RunFolder
from tests.worker.run_making import (
    ASKS,
    LAUNCH_ID,
    losses,
    make_train_run,
    router_row,
    run_worker,
    start_worker,
    wait_for_step,
    write_rows,
)

pytestmark = pytest.mark.training


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
    assert len(curve) == 80
    assert curve[-1] < 0.1 * curve[0]


def test_model_folder_carries_tokenizer_template_mask_and_provenance(trained: RunFolder, base: Path):
    names = {path.name for path in trained.model.iterdir()}
    assert {"adapter_model.safetensors", "tokenizer.json", "chat_template.jinja", "loss_mask.json"} <= names
    assert (trained.model / "chat_template.jinja").read_text() == (base / "chat_template.jinja").read_text()
    card = json.loads((trained.model / "callwright.json").read_text())
    assert (card["dataset_hash"], card["chosen_step"], card["parameters"]["seed"]) == ("0" * 64, 80, 17)


def test_look_at_validation_rows_is_scored_and_kept(trained: RunFolder):
    look = next(event for event in trained.read_events(0) if "validation_valid_call_rate" in event.metrics)
    assert look.step == 80
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


class Interrupted(NamedTuple):
    """A run that was killed, started again, and then asked to stop."""

    folder: RunFolder
    resumed_from: int
    last_seq: int
    exit_after_kill: Exit | None
    code: int


@pytest.fixture(scope="module")
def interrupted(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Interrupted:
    folder = make_train_run(tmp_path_factory.mktemp("interrupted"), base, max_steps=399)
    worker = start_worker(folder)
    wait_for_step(folder, 30)
    worker.kill()
    worker.wait(timeout=10)
    checkpoint, exit_after_kill = last_checkpoint(folder.checkpoints), folder.read_exit(LAUNCH_ID)
    assert checkpoint is not None
    last_seq = folder.mend_events()
    worker = start_worker(folder)
    wait_for_step(folder, checkpoint_step(checkpoint) + 3, after_seq=last_seq)
    folder.ask_to_stop(LAUNCH_ID)
    return Interrupted(folder, checkpoint_step(checkpoint), last_seq, exit_after_kill, worker.wait(timeout=20))


def test_killed_worker_goes_on_from_its_checkpoint_with_running_counters(interrupted: Interrupted):
    assert interrupted.exit_after_kill is None
    assert interrupted.resumed_from == 25
    later = [event for event in interrupted.folder.read_events(interrupted.last_seq) if "loss" in event.metrics]
    assert [event.step for event in later[:2]] == [26, 27]
    seqs = [event.seq for event in interrupted.folder.read_events(0)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_asked_to_stop_keeps_the_model_trained_so_far(interrupted: Interrupted):
    ended = interrupted.folder.read_exit(LAUNCH_ID)
    assert ended is not None
    assert (ended.state, interrupted.code) == ("cancelled", 0)
    assert interrupted.resumed_from < ended.summary["steps"] < 399
    assert (interrupted.folder.model / "adapter_model.safetensors").is_file()
    checkpoint = last_checkpoint(interrupted.folder.checkpoints)
    assert checkpoint is not None
    assert checkpoint_step(checkpoint) == ended.summary["steps"]
