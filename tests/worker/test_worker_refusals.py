"""What a worker says when it cannot work: one sentence in `exit.json`, never half a model."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from curation.errors import JobError, UnreadableError
from curation.finetune.environment import worker_environment
from curation.finetune.failures import describe_failure
from curation.finetune.folders import filled_at_once, require_space
from curation.finetune.spec import TrainSpec, decode_spec, parse_parameters
from tests.worker.run_making import LAUNCH_ID, make_train_run, run_worker


def test_missing_model_folder_is_named(tmp_path: Path):
    folder = make_train_run(tmp_path / "run", tmp_path / "nowhere")
    ended = run_worker(folder)
    assert ended.state == "failed"
    assert "nowhere does not exist" in ended.error
    assert not folder.model.exists()


def test_unknown_key_in_the_spec_is_named_on_stderr(tmp_path: Path):
    folder = make_train_run(tmp_path / "run", tmp_path)
    folder.spec.write_text(folder.spec.read_text().replace('"looks"', '"peeks"'))
    done = subprocess.run(
        [sys.executable, "-m", "curation.worker", "train", str(folder.path)],
        env=worker_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "peeks" in done.stderr
    assert "Traceback" not in done.stderr


def test_full_disk_is_refused_before_the_run(tmp_path: Path):
    with pytest.raises(JobError, match=r"needs about .* MB and the disk has .* MB free"):
        require_space(tmp_path, 2**62, "A training run")


def test_full_disk_during_the_run_is_said_plainly():
    error = OSError(errno.ENOSPC, "No space left on device")
    assert describe_failure(error).startswith("The disk is full")
    wrapped = RuntimeError("[enforce fail at inline_container.cc:664] . unexpected pos: file write failed")
    assert describe_failure(wrapped).startswith("The disk is full")


def test_unexpected_error_keeps_its_words_for_the_log():
    sentence = describe_failure(KeyError("sk-secret"))
    assert "KeyError" in sentence
    assert "sk-secret" not in sentence


def test_folder_appears_whole_or_not_at_all(tmp_path: Path):
    def fill_half() -> None:
        with filled_at_once(tmp_path / "model") as half_made:
            (half_made / "weights").write_bytes(b"x")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fill_half()
    assert list(tmp_path.iterdir()) == []


def test_unknown_knob_and_value_out_of_bounds_are_refused():
    with pytest.raises(UnreadableError, match="epoch_count"):
        parse_parameters({"epoch_count": 3})
    with pytest.raises(UnreadableError, match="Rows per step is 0"):
        parse_parameters({"batch_size": 0})
    with pytest.raises(UnreadableError, match="Learning rate is nan"):
        parse_parameters({"learning_rate": "nan"})
    assert parse_parameters({"epochs": "3"}).epochs == 3


def test_spec_of_another_kind_is_refused():
    with pytest.raises(UnreadableError, match="kind"):
        decode_spec(b'{"kind": "bake", "launch_id": "x"}', TrainSpec)


def test_exit_of_an_earlier_attempt_does_not_count(tmp_path: Path):
    folder = make_train_run(tmp_path / "run", tmp_path / "nowhere")
    run_worker(folder)
    assert folder.read_exit(LAUNCH_ID) is not None
    assert folder.read_exit("another") is None
