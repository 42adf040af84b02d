"""A job of a cluster while it runs: trouble passes, and every end is told as what it was."""

from __future__ import annotations

import time

import pytest

from curation.errors import JobError, TryLaterError
from curation.finetune.contract import Handle
from curation.finetune.hosted.records import Known, Records
from curation.finetune.ray_jobs.telling import LATE_FILES_S
from curation.model.states import JobState
from tests.ray.fake_cluster import FAULTS
from tests.ray.stage import PATIENCE_S, Stage


def test_trouble_while_it_runs_passes(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(1)
    for fault in FAULTS:
        stage.cluster.weather = [(fault, True)]
        with pytest.raises(TryLaterError, match=r"The Ray cluster at 127\.0\.0\.1:"):
            stage.poll()
        assert stage.poll().state is JobState.RUNNING


def test_head_that_is_away_is_asked_again_and_nothing_is_lost(stage: Stage):
    stage.start(max_steps=30, epochs=2)
    stage.wait_for_step(2)
    stage.cluster.close()
    with pytest.raises(TryLaterError, match="could not be reached"):
        stage.poll()
    stage.cluster.open()
    ended = stage.wait_for_end()
    assert ended.state is JobState.SUCCEEDED
    assert [event.seq for event in ended.events] == list(range(1, 31))


def test_end_that_the_worker_told_counts_while_the_head_is_away(stage: Stage):
    stage.start()
    stage.wait_for_end()
    stage.cluster.close()
    assert stage.poll().state is JobState.SUCCEEDED


def test_token_that_is_not_accepted_any_more_ends_no_job(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.environment["RAY_AUTH_TOKEN"] = "changed"
    with pytest.raises(TryLaterError, match="does not accept the token"):
        stage.poll()


def test_state_nobody_knows_is_shown_and_ends_nothing(stage: Stage):
    stage.cluster.has_room = False
    stage.start()
    stage.cluster.jobs[stage.job].status = "PREEMPTED"
    status = stage.poll()
    assert (status.state, status.phase) == (JobState.RUNNING, "the cluster says preempted")


def test_job_the_cluster_forgot_is_lost_and_not_started_again(stage: Stage):
    handle = stage.start(max_steps=400, epochs=3)
    reached = stage.wait_for_step(2).step
    stage.cluster.forget()
    status = stage.poll()
    assert status.state is JobState.LOST
    assert "does not know the job any more; it was at step" in status.error
    assert status.step >= reached
    assert stage.provider.find(stage.launch) == handle
    with pytest.raises(JobError):
        stage.provider.launch(stage.launch)
    assert stage.cluster.started == {stage.job: 1}


def test_forgotten_job_whose_worker_began_is_not_started_again_without_our_notes(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(1)
    stage.cluster.forget()
    Records(stage.launch)._path(Known).unlink()
    assert stage.provider.find(stage.launch) == Handle(remote_id=stage.job)
    assert stage.poll().state is JobState.LOST
    assert stage.cluster.started == {stage.job: 1}


def test_killed_worker_is_lost_once_its_last_files_must_have_come(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    stage.cluster.jobs[stage.job].kill()
    assert stage.poll().phase == "ending"
    stage.clock.ahead_s = LATE_FILES_S + 1
    status = stage.poll()
    assert status.state is JobState.LOST
    assert "ended without a word at step" in status.error


def test_last_files_are_waited_for_by_our_own_clock(stage: Stage):
    """The cluster's clock may stand anywhere."""
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    job = stage.cluster.jobs[stage.job]
    job.kill()
    job.look(PATIENCE_S)
    for hours in (-3, 3):
        job.ended_at = int((time.time() + hours * 3600) * 1000)
        assert stage.poll().phase == "ending"
    stage.clock.ahead_s = LATE_FILES_S + 1
    assert stage.poll().state is JobState.LOST


def test_job_that_somebody_stopped_at_the_cluster_says_so(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    job = stage.cluster.jobs[stage.job]
    job.kill()
    job._end("STOPPED", "Job was intentionally stopped.")
    assert stage.poll().phase == "ending"
    stage.clock.ahead_s = LATE_FILES_S + 1
    status = stage.poll()
    assert status.state is JobState.LOST
    assert status.error.startswith("Somebody stopped the job at the Ray cluster at 127.0.0.1:")


def test_cluster_that_has_no_room_for_long_says_so(stage: Stage):
    stage.cluster.cores = 4
    stage.start(cpus=16)
    assert stage.poll().phase == "waiting for room in the cluster"
    stage.cluster.jobs[stage.job].taken_at -= 901
    status = stage.poll()
    assert status.state is JobState.FAILED
    assert "had no room for 15 minutes and gave the job up. Ask for fewer GPUs or cores" in status.error
    assert "RAY_JOB_START_TIMEOUT_SECONDS" in status.error


def test_failure_of_the_worker_is_told_in_its_own_words(stage: Stage):
    stage.start(max_steps=4, learning_rate=0.9)
    ended = stage.wait_for_end()
    assert (ended.state, ended.error) == (JobState.FAILED, "The loss became nan. Try a lower learning rate.")


def test_cluster_without_the_interpreter_says_so(stage: Stage):
    stage.environment["CALLWRIGHT_RAY_PYTHON"] = "/no/such/python"
    stage.start()
    ended = stage.wait_for_end()
    assert ended.state is JobState.FAILED
    assert ended.error.startswith("The job could not start: ")
    assert "/no/such/python" in ended.error
    assert "docs/ray.md" in ended.error


def test_cluster_that_does_not_see_the_run_folder_says_so_and_its_log_is_kept(stage: Stage):
    stage.cluster.has_room = False
    stage.start()
    away = stage.launch.run_dir.with_name("elsewhere")
    stage.launch.run_dir.rename(away)
    stage.cluster.make_room()
    until = time.monotonic() + PATIENCE_S
    job = stage.cluster.jobs[stage.job]
    while job.status == "RUNNING":
        assert time.monotonic() < until
        job.look(PATIENCE_S)
        time.sleep(0.02)
    away.rename(stage.launch.run_dir)
    ended = stage.poll()
    assert ended.state is JobState.FAILED
    assert "log.txt" in ended.error
    assert "Runtime env is setting up." in stage.folder.log_tail()
