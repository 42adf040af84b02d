"""The real worker: an answer may be as long as the longest right one, and one that is cut says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.finetune.run_folder import Exit, RunFolder
from curation.finetune.tiny import tiny_model
from curation.metrics.answers import read_answer_line
from tests.worker.run_making import LAUNCH_ID, router_row, run_worker

pytestmark = [pytest.mark.training, pytest.mark.xdist_group("worker training")]
LONG = "x" * 170


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("models") / "tiny", seed=1)


def evaluate(path: Path, base: Path, **more: Any) -> tuple[RunFolder, Exit]:
    folder = RunFolder(path)
    folder.create()
    rows = [router_row("Where is order 7?", "track_order"), router_row("Refund order 8", LONG)]
    (folder.data / "test.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    folder.write_spec({"kind": "evaluate", "launch_id": LAUNCH_ID, "model": str(base), "threads": 1, **more})
    return folder, run_worker(folder, "evaluate")


def test_answer_may_be_as_long_as_the_longest_right_one(base: Path, tmp_path: Path) -> None:
    folder, ended = evaluate(tmp_path, base)
    lengths = ended.summary["answer_length"]
    assert lengths["longest_right"] == len(json.dumps({"tool": LONG, "arguments": {}})) + 1
    assert (lengths["limit"], lengths["beyond"]) == (256, 0)
    answers = [read_answer_line(line, is_run=True) for line in folder.answers.read_bytes().splitlines()]
    assert [one.is_cut for one in answers] == [one.tokens == 256 for one in answers]
    assert "An answer may have 256 tokens." in [event.text for event in folder.read_events(0)]


def test_what_was_said_holds_and_a_longer_right_answer_is_told_before_anything_is_asked(
    base: Path, tmp_path: Path
) -> None:
    folder, ended = evaluate(tmp_path, base, max_new_tokens=20, repairs=1)
    assert (ended.summary["answer_length"]["limit"], ended.summary["answer_length"]["beyond"]) == (20, 2)
    warned = [event.text for event in folder.read_events(0) if event.level == "warning"]
    assert warned == [
        f"The right answers of 2 rows are longer than the 20 tokens that an answer may have; allow "
        f"{ended.summary['answer_length']['longest_right']}."
    ]
    answers = [read_answer_line(line, is_run=True) for line in folder.answers.read_bytes().splitlines()]
    assert [(one.tokens, one.is_cut, one.repairs[0].is_cut) for one in answers] == [(20, True, True)] * 2
