"""One training in two processes: it learns what one process learns, stops as one, and leaves nobody behind."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from safetensors.numpy import load_file

from curation.finetune.base_models import tiny_model
from curation.finetune.checkpoints import last_checkpoint
from curation.finetune.run_folder import RunFolder
from tests.worker.run_making import LAUNCH_ID, losses, make_train_run, run_worker, start_worker, wait_for_step

pytestmark = [pytest.mark.training, pytest.mark.long, pytest.mark.timeout(300)]
LONG = 390
"""More than a test waits for, and few enough that every step is told."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_model(tmp_path_factory.mktemp("base") / "tiny", seed=1)


@contextlib.contextmanager
def running(folder: RunFolder) -> Iterator[psutil.Process]:
    """A worker with its two processes, all of them ended when the block is left."""
    worker = start_worker(folder)
    try:
        wait_for_step(folder, 3, timeout_s=90)
        yield psutil.Process(worker.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(timeout=30)


def find_processes(folder: RunFolder) -> list[int]:
    """Whoever still works for this run folder, dead ones that nobody has taken away left out."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "status"]):
        is_ours = any(str(folder.path) == word for word in process.info["cmdline"] or ())
        if is_ours and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.info["pid"])
    return found


def wait_until_nobody(folder: RunFolder, timeout_s: float = 20) -> None:
    until = time.monotonic() + timeout_s
    while found := find_processes(folder):
        assert time.monotonic() < until, found
        time.sleep(0.05)


def has_ended(folder: RunFolder, timeout_s: float = 60) -> str:
    until = time.monotonic() + timeout_s
    while (ended := folder.read_exit(LAUNCH_ID)) is None:
        assert time.monotonic() < until, folder.log_tail()
        time.sleep(0.05)
    return f"{ended.state} {ended.error}".strip()


def test_two_processes_learn_what_one_learns_from_the_same_rows(base: Path, tmp_path: Path):
    runs = []
    for processes in (1, 2):
        knobs = {"processes": processes, "batch_size": 8, "max_steps": 8, "looks": 2, "share_beginning": False}
        folder = make_train_run(tmp_path / f"run-{processes}", base, validation_rows=4, precision="fp32", **knobs)
        assert run_worker(folder).state == "succeeded"
        runs.append(folder)
    curves = [[loss for _, loss in losses(folder)] for folder in runs]
    assert curves[0] == pytest.approx(curves[1], rel=1e-3)
    assert curves[1][-1] < 0.5 * curves[1][0]
    one, two = (load_file(folder.model / "adapter_model.safetensors") for folder in runs)
    assert all(abs(one[name] - two[name]).max() < 2e-3 for name in one)
    # What the first says is all there is: every line once, and as many looks as one process takes.
    events = [folder.read_events(0) for folder in runs]
    assert [event.seq for event in events[1]] == list(range(1, len(events[1]) + 1))
    assert [event.step for event in events[0]] == [event.step for event in events[1]]
    assert events[1][0].text.startswith("Training on 2 processes, each CPU")


def test_tokens_a_second_are_those_of_both(base: Path, tmp_path: Path):
    knobs = {"processes": 2, "batch_size": 8, "max_steps": 4, "looks": 0}
    folder = make_train_run(tmp_path / "run", base, **knobs)
    assert run_worker(folder).state == "succeeded"
    steps = [event for event in folder.read_events(0) if "tokens_per_s" in event.metrics]
    # The first step is alone in its mean, so its tokens can be counted: those of all eight rows.
    tokens = steps[0].metrics["tokens_per_s"] * steps[0].metrics["step_s"]
    trained = make_train_run(tmp_path / "alone", base, **{**knobs, "processes": 1})
    assert run_worker(trained).state == "succeeded"
    alone = next(event for event in trained.read_events(0) if "tokens_per_s" in event.metrics)
    assert tokens == pytest.approx(alone.metrics["tokens_per_s"] * alone.metrics["step_s"], rel=1e-6)


def test_stop_reaches_both_and_the_next_attempt_goes_on(base: Path, tmp_path: Path):
    folder = make_train_run(tmp_path / "run", base, processes=2, batch_size=8, max_steps=LONG, looks=0)
    with running(folder):
        folder.ask_to_stop(LAUNCH_ID)
        assert has_ended(folder) == "cancelled"
        wait_until_nobody(folder)
    checkpoint = last_checkpoint(folder.checkpoints)
    assert checkpoint is not None
    reached = losses(folder)[-1][0]
    folder.cancel.unlink()
    folder.exit.unlink()
    spec = folder.spec.read_text()
    folder.spec.write_text(spec.replace(str(LONG), str(reached + 4)))
    ended = run_worker(folder)
    assert (ended.state, ended.summary["steps"]) == ("succeeded", reached + 4)
    steps = [step for step, _ in losses(folder)]
    assert steps == list(range(1, reached + 5))


def test_polite_signal_to_the_worker_ends_both_with_a_checkpoint(base: Path, tmp_path: Path):
    folder = make_train_run(tmp_path / "run", base, processes=2, batch_size=8, max_steps=LONG, looks=0)
    with running(folder) as worker:
        worker.send_signal(signal.SIGTERM)
        assert has_ended(folder).startswith("failed The worker was told to end at step")
        wait_until_nobody(folder)
    assert last_checkpoint(folder.checkpoints) is not None


def test_polite_signal_while_they_start_is_told_as_one(base: Path, tmp_path: Path):
    folder = make_train_run(tmp_path / "run", base, processes=2, batch_size=8, max_steps=LONG, looks=0)
    started = start_worker(folder)
    worker = psutil.Process(started.pid)
    try:
        until = time.monotonic() + 60
        while not worker.children():
            assert time.monotonic() < until, folder.log_tail()
            time.sleep(0.002)
        worker.send_signal(signal.SIGTERM)
        assert has_ended(folder).startswith("failed The worker was told to end at step 0 of")
        wait_until_nobody(folder)
    finally:
        started.kill()
        started.wait(timeout=30)


def test_process_that_is_killed_ends_the_run_in_words(base: Path, tmp_path: Path):
    folder = make_train_run(tmp_path / "run", base, processes=2, batch_size=8, max_steps=LONG, looks=0)
    with running(folder) as worker:
        second = next(child for child in worker.children() if child.cmdline()[-3] == "1")
        second.kill()
        assert has_ended(folder).startswith("failed Process 2 of 2 ended without a word")
        wait_until_nobody(folder)
    seqs = [event.seq for event in folder.read_events(0)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_worker_that_is_killed_takes_both_along(base: Path, tmp_path: Path):
    folder = make_train_run(tmp_path / "run", base, processes=2, batch_size=8, max_steps=LONG, looks=0)
    with running(folder) as worker:
        assert len(find_processes(folder)) == 3
        worker.kill()
        wait_until_nobody(folder)
    assert folder.read_exit(LAUNCH_ID) is None


def test_failure_of_both_is_told_once_by_its_cause(base: Path, tmp_path: Path):
    folder = make_train_run(tmp_path / "run", base, processes=2, batch_size=8, looks=0, max_length=16)
    assert run_worker(folder).error.startswith("Every training row is longer than the limit")
    wait_until_nobody(folder)
    assert [event.level for event in folder.read_events(0)].count("error") == 1


def test_cause_that_only_the_first_meets_is_the_one_that_is_told(base: Path, tmp_path: Path):
    """The others wait for the rows it reads, and miss it when it falls out."""
    folder = make_train_run(tmp_path / "run", base, processes=2, batch_size=8, looks=0)
    (folder.data / "train.jsonl").write_text("")
    assert run_worker(folder).error.startswith("The file train.jsonl has no rows to learn from")
    wait_until_nobody(folder)
