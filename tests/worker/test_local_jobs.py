"""Real jobs on this machine, kept by keepers that come and go: adopted, killed, retried, stopped."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from curation.finetune.base_models import tiny_model
from curation.finetune.checkpoints import checkpoint_step, last_checkpoint
from curation.finetune.run_folder import RunFolder
from curation.model.states import JobState
from curation.services.freezing import freeze
from curation.services.jobs import JobView, cancel_job, get_job, job_events, job_metrics, retry_job
from curation.services.keeping import Keeper
from curation.services.models import get_model
from curation.services.training import launch_training
from db import jobs
from tests.shop_rows import Desk, make_example, open_desk

# Three processes one after another; a loaded machine needs its time.
pytestmark = [pytest.mark.training, pytest.mark.timeout(150), pytest.mark.xdist_group("local jobs")]
STEPS = 120
BETWEEN_SAVES = 12
KNOBS = {"max_steps": STEPS, "batch_size": 2, "threads": 1, "looks": 0, "max_length": 2048}


class Story(NamedTuple):
    """What one job went through."""

    desk: Desk
    pids: tuple[int | None, ...]
    """Of the worker: as the first keeper started it, as the second one saw it."""
    killed: JobView
    resumed_from: int
    last_seq: int
    stopped: JobView


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Start, change keepers, kill -9, retry, stop."""
    folder = tmp_path_factory.mktemp("jobs")
    with open_desk(folder / "home") as desk:
        job = launch(desk, tiny_model(folder / "tiny", seed=1))
        first = Keeper(desk.ws)
        keep(first, desk, job, lambda now: now.step >= 2)
        started_as = worker_pid(desk, job)
        second = Keeper(desk.ws)
        keep(second, desk, job, lambda now: now.step >= BETWEEN_SAVES + 3)
        pids = (started_as, worker_pid(desk, job))
        os.kill(started_as, signal.SIGKILL)
        killed = keep(second, desk, job, lambda now: now.state.is_final)
        resumed_from = last_step(killed)
        last_seq = job_events(desk.ws, job.id)[-1].seq
        retry_job(desk.ws, desk.actor, job.id, nonce=desk.nonce())
        third = Keeper(desk.ws)
        keep(third, desk, job, lambda now: now.phase == "training" and now.step > resumed_from + 2)
        cancel_job(desk.ws, desk.actor, job.id, nonce=desk.nonce())
        stopped = keep(third, desk, job, lambda now: now.state.is_final)
        yield Story(desk, pids, killed, resumed_from, last_seq, stopped)


def launch(desk: Desk, base: Path) -> JobView:
    for n in range(20):
        desk.write(make_example(f"A-{n:03}", group=f"g{n}"))
    freeze(desk.ws, desk.actor, desk.project_id, include_unreviewed=True, nonce=desk.nonce())
    return launch_training(desk.ws, desk.actor, desk.project_id, 1, base, parameters=KNOBS, nonce=desk.nonce())


def keep(keeper: Keeper, desk: Desk, job: JobView, is_enough: Callable[[JobView], bool]) -> JobView:
    until = time.monotonic() + 45
    while not is_enough(now := get_job(desk.ws, job.id)):
        assert time.monotonic() < until, (now, RunFolder(now.run_dir).log_tail())
        assert not now.state.is_final, now
        keeper.step()
        time.sleep(0.05)
    return now


def worker_pid(desk: Desk, job: JobView) -> int:
    with desk.ws.reading() as connection:
        record = jobs.find_job(connection, job.id)
    assert record is not None
    assert record.pid is not None
    return record.pid


def last_step(job: JobView) -> int:
    checkpoint = last_checkpoint(RunFolder(job.run_dir).checkpoints)
    assert checkpoint is not None
    return checkpoint_step(checkpoint)


def test_new_keeper_adopts_the_running_worker(story: Story):
    assert story.pids[0] == story.pids[1]


def test_killed_worker_is_lost_with_a_plain_sentence(story: Story):
    assert story.killed.state is JobState.LOST
    assert story.killed.error is not None
    assert "ended without a word at step" in story.killed.error
    assert "it goes on from its last checkpoint" in story.killed.error


def test_retry_goes_on_from_the_checkpoint_with_running_counters(story: Story):
    assert story.resumed_from % BETWEEN_SAVES == 0
    assert story.resumed_from > 0
    events = RunFolder(story.stopped.run_dir).read_events(story.last_seq)
    later = [event.step for event in events if "loss" in event.metrics]
    assert later[:2] == [story.resumed_from + 1, story.resumed_from + 2]
    seqs = [event.seq for event in job_events(story.desk.ws, story.stopped.id)]
    assert seqs == list(range(1, len(seqs) + 1))


def test_curve_has_each_step_once_without_a_gap(story: Story):
    steps = [step for step, _ in job_metrics(story.desk.ws, story.stopped.id)["loss"]]
    assert steps == list(range(1, story.stopped.step + 1))


def test_stopped_job_keeps_its_model(story: Story):
    assert (story.stopped.state, story.stopped.attempt, story.stopped.error) == (JobState.CANCELLED, 2, None)
    assert story.resumed_from < story.stopped.step < STEPS
    assert last_step(story.stopped) == story.stopped.step
    assert story.stopped.model_id is not None
    model = get_model(story.desk.ws, story.stopped.model_id)
    assert model.adapter is not None
    assert (model.adapter / "adapter_model.safetensors").is_file()


def test_no_worker_and_no_zombie_is_left(story: Story):
    pid = worker_pid(story.desk, story.stopped)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
