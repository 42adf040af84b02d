"""The script of a bundle, run as somebody elsewhere would: it learns what is learnt here, and leaves a model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from curation.finetune.base_models import tiny_model
from curation.finetune.bundles.files import write_settings
from curation.finetune.bundles.plan import Plan
from curation.finetune.environment import worker_environment
from curation.finetune.knobs import parse_parameters
from tests.worker.run_making import ASKS, router_row
from tests.worker.test_ways_of_learning import pair_row

pytestmark = [pytest.mark.training, pytest.mark.timeout(120), pytest.mark.xdist_group("bundle script")]


def run_script(folder: Path, rows: list[dict[str, Any]], **knobs: Any) -> str:
    folder.mkdir()
    base = tiny_model(folder.with_name("tiny"), seed=1)
    parameters = parse_parameters({"max_length": 2048, "max_steps": 3, "batch_size": 2, **knobs})
    plan = Plan("A trial", str(base), "router", parameters, "version 1", len(rows), has_validation=True)
    for name, content in write_settings("trl", plan).items():
        (folder / name).write_bytes(content)
    lines = [json.dumps(row) + "\n" for row in rows]
    (folder / "train.jsonl").write_text("".join(lines), encoding="utf-8")
    (folder / "validation.jsonl").write_text(lines[0], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(folder / "train.py")],
        env=worker_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def completions() -> list[dict[str, Any]]:
    rows = [router_row(*ask)["messages"] for ask in ASKS]
    return [{"prompt": row[:-1], "completion": row[-1:]} for row in rows]


def test_script_learns_the_answer_and_its_end_and_leaves_long_rows_out(tmp_path: Path):
    rows = completions()
    rows.append({"prompt": [{"role": "user", "content": "x" * 3000}], "completion": rows[0]["completion"]})
    said = run_script(tmp_path / "run", rows)
    answer = rows[0]["completion"][0]["content"]
    assert f"Of the first row this is learnt: {answer + '<|end|>'!r}" in said
    assert "train.jsonl: 1 of 9 rows are longer than 2048 tokens and left out." in said
    names = {path.name for path in (tmp_path / "run/model").iterdir()}
    assert {"adapter_model.safetensors", "tokenizer.json"} <= names


@pytest.mark.long
def test_script_learns_from_pairs_and_with_every_weight(tmp_path: Path):
    tools = [tool for _, tool in ASKS]
    rows = [pair_row(ask, tool, next(one for one in tools if one != tool)) for ask, tool in ASKS]
    said = run_script(tmp_path / "pairs", rows, learn_from="pairs")
    assert "<|end|>'" in said
    assert (tmp_path / "pairs/model/adapter_model.safetensors").is_file()
    run_script(tmp_path / "full", completions(), method="full", learning_rate=1e-5)
    assert (tmp_path / "full/model/model.safetensors").is_file()
