"""Real trainings of the tiny model on a real Ray head: to the end, stopped, and kept by whoever comes after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from curation.finetune.base_models import tiny_model
from curation.finetune.checkpoints import last_checkpoint
from curation.model.states import JobState
from curation.services.freezing import freeze
from curation.services.jobs import JobView, cancel_job, get_job, job_events, job_metrics, log_tail, retry_job
from curation.services.keeping import Keeper
from curation.services.models import list_models
from curation.services.training import launch_training
from tests.ray.real_head import Head, open_head
from tests.shop_rows import Desk, make_example, open_desk

pytestmark = [pytest.mark.training, pytest.mark.long, pytest.mark.timeout(900)]
PATIENCE_S = 400
LONG = 390
KNOBS = {"gpus": 0, "cpus": 1, "max_length": 2048, "threads": 1, "looks": 1, "validation_rows": 2}


@pytest.fixture(scope="module")
def head() -> Iterator[Head]:
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as place:
        folder = Path(place) / "r"
        folder.mkdir()
        with open_head(folder) as head:
            yield head


@pytest.fixture
def desk(tmp_path: Path, head: Head, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name, value in head.environment.items():
        monkeypatch.setenv(name, value)
    with open_desk(tmp_path / "home") as desk:
        for n in range(8):
            desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
        freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce="freeze")
        yield desk


def launch(desk: Desk, max_steps: int, **knobs: object) -> JobView:
    base = tiny_model(desk.ws.home / "tiny", seed=1)
    parameters = {**KNOBS, "max_steps": max_steps, **knobs}
    order = (desk.ws, desk.actor, desk.project_id, 1, base)
    return launch_training(*order, parameters=parameters, provider="ray", nonce=desk.nonce())


def keep_until(desk: Desk, job: JobView, is_there: Callable[[JobView], bool]) -> JobView:
    keeper = Keeper(desk.ws)
    until = time.monotonic() + PATIENCE_S
    while not is_there(now := get_job(desk.ws, job.id)):
        assert not now.state.is_final, (now, log_tail(desk.ws, job.id))
        assert time.monotonic() < until, now
        keeper.step()
        time.sleep(0.05)
    return now


def is_over(job: JobView) -> bool:
    return job.state.is_final


def is_under_way(job: JobView) -> bool:
    return job.step >= 3


def list_names(head: Head) -> list[str]:
    return [one["submission_id"] for one in head.ask("/api/jobs/").json() if one["type"] == "SUBMISSION"]


def test_training_runs_to_its_end_with_log_and_curves_on_the_same_page(desk: Desk, head: Head):
    job = keep_until(desk, launch(desk, 6), is_over)
    assert (job.state, job.error, job.step) == (JobState.SUCCEEDED, None, 6), log_tail(desk.ws, job.id)
    curves = job_metrics(desk.ws, job.id)
    assert [step for step, _ in curves["loss"]] == [1, 2, 3, 4, 5, 6]
    assert "tokens_per_s" in curves
    assert any("train_loss" in line for line in log_tail(desk.ws, job.id, 200))
    assert [one.id for one in list_models(desk.ws, desk.project_id) if one.id == job.model_id]
    assert len([name for name in list_names(head) if job.id in name]) == 1


def test_two_processes_on_the_cluster_learn_one_model(desk: Desk, head: Head):
    job = keep_until(desk, launch(desk, 4, processes=2, batch_size=2), is_over)
    assert (job.state, job.error) == (JobState.SUCCEEDED, None), log_tail(desk.ws, job.id)
    assert "2 processes" in job_events(desk.ws, job.id)[0].text


def test_stopped_training_keeps_its_checkpoint_and_goes_on_from_it(desk: Desk, head: Head):
    job = keep_until(desk, launch(desk, LONG), is_under_way)
    cancel_job(desk.ws, desk.actor, job.id, nonce=desk.nonce())
    stopped = keep_until(desk, job, is_over)
    assert (stopped.state, stopped.error) == (JobState.CANCELLED, None)
    assert stopped.model_id
    assert last_checkpoint(stopped.run_dir / "checkpoints") is not None
    retry_job(desk.ws, desk.actor, job.id, nonce=desk.nonce())
    again = keep_until(desk, job, lambda now: now.attempt == 2 and now.step > stopped.step)
    cancel_job(desk.ws, desk.actor, again.id, nonce=desk.nonce())
    assert keep_until(desk, again, is_over).state is JobState.CANCELLED
    steps = [step for step, _ in job_metrics(desk.ws, job.id)["loss"]]
    assert steps == list(range(1, len(steps) + 1))
    assert len([name for name in list_names(head) if job.id in name]) == 2


def test_job_goes_on_when_its_keeper_is_killed_and_the_next_adopts_it(desk: Desk, head: Head, tmp_path: Path):
    job = launch(desk, LONG)
    command = [sys.executable, "-c", KEEP, str(desk.ws.home)]
    with (tmp_path / "keeper.log").open("wb") as log:
        app = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ})
    until = time.monotonic() + PATIENCE_S
    try:
        while get_job(desk.ws, job.id).step < 3:
            assert app.poll() is None, (tmp_path / "keeper.log").read_text()
            assert time.monotonic() < until, get_job(desk.ws, job.id)
            time.sleep(0.05)
    finally:
        app.kill()
        app.wait()
    reached = get_job(desk.ws, job.id).step
    keep_until(desk, job, lambda now: now.step > reached)
    cancel_job(desk.ws, desk.actor, job.id, nonce=desk.nonce())
    assert keep_until(desk, job, is_over).state is JobState.CANCELLED
    seqs = [event.seq for event in job_events(desk.ws, job.id)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert len([name for name in list_names(head) if job.id in name]) == 1


def test_worker_that_is_killed_on_the_cluster_is_lost(desk: Desk, head: Head, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("curation.finetune.ray_jobs.telling.LATE_FILES_S", 2.0)
    job = keep_until(desk, launch(desk, LONG), is_under_way)
    worker = next(one for one in psutil.process_iter(["cmdline"]) if is_worker(one, job))
    os.kill(worker.pid, signal.SIGKILL)
    lost = keep_until(desk, job, is_over)
    assert lost.state is JobState.LOST
    assert "ended without a word at step" in (lost.error or "")


def is_worker(process: psutil.Process, job: JobView) -> bool:
    words = process.info["cmdline"] or []
    return "curation.worker" in words and str(job.run_dir) in words


def test_wrong_token_launches_nothing(desk: Desk, head: Head, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAY_AUTH_TOKEN", "another-token-than-that-of-the-head")
    job = launch(desk, 6)
    keeper = Keeper(desk.ws)
    until = time.monotonic() + PATIENCE_S
    while not get_job(desk.ws, job.id).state.is_final:
        assert time.monotonic() < until
        keeper.step()
        time.sleep(0.05)
    failed = get_job(desk.ws, job.id)
    assert failed.state is JobState.FAILED
    assert "does not accept the token" in (failed.error or "")
    monkeypatch.setenv("RAY_AUTH_TOKEN", head.environment["RAY_AUTH_TOKEN"])
    assert not [name for name in list_names(head) if job.id in name]


KEEP = """
import sys, threading
from pathlib import Path
from curation.services.keeping import run_keeper
from curation.services.workspace import open_workspace
run_keeper(open_workspace(Path(sys.argv[1])), threading.Event())
"""
