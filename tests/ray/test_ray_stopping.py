"""Stopping a job of a cluster, whether it works, waits for room or does not listen; and the next attempt."""

from __future__ import annotations

import os
import time

import psutil

from curation.finetune.contract import Launch
from curation.finetune.ray_jobs.telling import LATE_FILES_S
from curation.finetune.run_folder import RunFolder
from curation.model.states import JobState
from tests.ray.stage import PATIENCE_S, Stage
from tests.worker.light_worker import STARTS


def test_stop_keeps_what_there_is(stage: Stage):
    handle = stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    stage.cancel()
    stage.cancel()
    ended = stage.wait_for_end()
    assert (ended.state, ended.error) == (JobState.CANCELLED, "")
    assert stage.provider.collect(stage.launch, handle).location == stage.folder.model
    assert not stage.cluster.asked["POST stop"]


def test_job_that_waits_for_room_ends_before_its_first_step_when_it_gets_it(stage: Stage):
    """Nobody can end it before: Ray would only write down each wish to."""
    stage.cluster.has_room = False
    stage.start(max_steps=400, epochs=3)
    for _ in range(3):
        stage.cancel()
        status = stage.poll()
        assert (status.state, status.phase.partition(";")[0]) == (JobState.RUNNING, "asked to stop")
    ask_long_ago(stage)
    stage.cancel()
    assert not stage.cluster.asked["POST stop"]
    stage.cluster.make_room()
    ended = stage.wait_for_end()
    assert (ended.state, ended.step, ended.error) == (JobState.CANCELLED, 0, "")
    assert not (stage.launch.run_dir / STARTS).exists()


def test_job_that_waits_for_room_and_is_given_up_was_stopped_as_asked(stage: Stage):
    stage.cluster.has_room = False
    stage.start()
    stage.cancel()
    stage.cluster.jobs[stage.job].taken_at -= 901
    assert stage.wait_for_end().state is JobState.CANCELLED


def test_stopped_job_that_never_began_and_is_forgotten_was_stopped_as_asked(stage: Stage):
    stage.cluster.has_room = False
    stage.start()
    stage.cancel()
    stage.cluster.forget()
    status = stage.poll()
    assert (status.state, status.error) == (JobState.CANCELLED, "")


def test_worker_that_had_to_be_ended_is_told_as_one_that_did_not_listen(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    worker = psutil.Process(RunFolder(stage.launch.run_dir).read_started(stage.launch.launch_id).identity.pid)
    # A process that stands still hears no signal but the last.
    worker.suspend()
    stage.cluster.stop_wait_s = 0.2
    stage.cancel()
    ask_long_ago(stage)
    stage.cancel()
    assert stage.cluster.asked["POST stop"] == 1
    assert stage.poll().phase == "ending"
    stage.clock.ahead_s = LATE_FILES_S + 1
    status = stage.poll()
    assert status.state is JobState.CANCELLED
    assert "did not listen to the stop for 60 seconds, so it was ended at step" in status.error
    stage.cancel()
    assert stage.cluster.asked["POST stop"] == 1


def test_worker_that_does_not_listen_is_ended_by_the_cluster(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    stage.cancel()
    ask_long_ago(stage)
    stage.cancel()
    assert stage.cluster.asked["POST stop"] == 1
    assert stage.wait_for_end().state is JobState.CANCELLED


def ask_long_ago(stage: Stage) -> None:
    asked = time.time() - 3600
    os.utime(stage.folder.cancel, (asked, asked))


def test_next_attempt_is_a_job_of_its_own_that_goes_on(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(3)
    stage.cancel()
    reached = stage.wait_for_end().step
    stage.launch = Launch("launch-8", stage.launch.run_dir)
    stage.prepare(max_steps=reached + 2)
    assert stage.provider.find(stage.launch) is None
    handle = stage.provider.launch(stage.launch)
    assert handle.remote_id == "callwright-launch-8"
    until = time.monotonic() + PATIENCE_S
    while not (status := stage.provider.poll(stage.launch, handle, 0)).state.is_final:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert (status.state, status.step) == (JobState.SUCCEEDED, reached + 2)
    told = [event.step for event in status.events]
    assert told == list(range(1, reached + 3))
