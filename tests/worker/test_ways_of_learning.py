"""The real worker with every kind of row and method: decisions, pairs, packed rows, every weight."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.finetune.base_models import tiny_model
from curation.finetune.run_folder import RunFolder
from tests.worker.run_making import ASKS, LAUNCH_ID, losses, make_train_run, router_row, run_worker

pytestmark = [pytest.mark.training, pytest.mark.timeout(200), pytest.mark.xdist_group("ways of learning")]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=1)


def write_lines(folder: RunFolder, rows: list[dict[str, Any]]) -> None:
    (folder.data / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def pair_row(ask: str, tool: str, wrong: str) -> dict[str, Any]:
    *prompt, chosen = router_row(ask, tool)["messages"]
    return {"prompt": prompt, "chosen": [chosen], "rejected": [router_row(ask, wrong)["messages"][-1]]}


def test_pairs_are_learnt_and_the_answer_to_prefer_becomes_likelier(base: Path, tmp_path: Path):
    folder = make_train_run(
        tmp_path / "run", base, max_steps=20, learn_from="pairs", looks=0, learning_rate=0.003, batch_size=4
    )
    tools = [tool for _, tool in ASKS]
    write_lines(folder, [pair_row(ask, tool, next(one for one in tools if one != tool)) for ask, tool in ASKS])
    ended = run_worker(folder)
    assert ended.state == "succeeded", ended.error
    told = [event.metrics for event in folder.read_events(0) if "loss" in event.metrics]
    # Where nothing is learnt yet both answers are as likely as before: the loss is that of a coin.
    assert told[0]["loss"] == pytest.approx(0.693, abs=0.01)
    assert told[-1]["loss"] < 0.3
    assert told[-1]["pair_accuracy"] == 1.0
    assert told[-1]["pair_margin"] > 0.5
    assert all(one["tokens_per_s"] > 0 for one in told)
    assert (folder.model / "adapter_model.safetensors").is_file()


def test_decisions_are_learnt_from_prompt_and_completion(base: Path, tmp_path: Path):
    folder = make_train_run(
        tmp_path / "run", base, max_steps=12, learn_from="decisions", accumulation=2, batch_size=2, looks=0
    )
    rows = [router_row(*ask)["messages"] for ask in ASKS]
    write_lines(folder, [{"prompt": row[:-1], "completion": row[-1:]} for row in rows])
    ended = run_worker(folder)
    assert ended.state == "succeeded", ended.error
    curve = [loss for _, loss in losses(folder)]
    assert (len(curve), curve[-1] < 0.5 * curve[0]) == (12, True)


@pytest.mark.long
def test_packed_rows_give_the_losses_of_padded_ones(base: Path, tmp_path: Path):
    curves = {}
    for packing, batch_size in (("padded", 8), ("packed", 1), ("padding_free", 8)):
        knobs = {"packing": packing, "batch_size": batch_size, "max_steps": 3, "looks": 0, "share_beginning": False}
        folder = make_train_run(tmp_path / packing, base, **knobs, max_length=2048)
        ended = run_worker(folder)
        assert ended.state == "succeeded", ended.error
        curves[packing] = [loss for _, loss in losses(folder)]
    assert curves["packed"] == pytest.approx(curves["padded"], rel=2e-3)
    assert curves["padding_free"] == pytest.approx(curves["padded"], rel=2e-3)


@pytest.mark.long
def test_full_training_leaves_a_whole_model_and_goes_on_from_its_checkpoint(base: Path, tmp_path: Path):
    folder = make_train_run(tmp_path / "run", base, method="full", max_steps=6, learning_rate=0.001, validation_rows=2)
    ended = run_worker(folder)
    assert (ended.state, ended.summary["method"]) == ("succeeded", "full"), ended.error
    names = {path.name for path in folder.model.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"} <= names
    assert "adapter_config.json" not in names
    curve = [loss for _, loss in losses(folder)]
    assert curve[-1] < curve[0]
    folder.exit.unlink()
    folder.spec.write_text(folder.spec.read_text().replace('"max_steps": 6', '"max_steps": 8'))
    assert run_worker(folder).state == "succeeded"
    assert [step for step, _ in losses(folder)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert folder.read_exit(LAUNCH_ID) is not None
