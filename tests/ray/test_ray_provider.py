"""Jobs of a cluster: handed in once whatever happens, watched through the run folder, and stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import pytest

from curation.errors import JobError, TryLaterError, UnreadableError
from curation.finetune.contract import Handle, Launch, Status
from curation.finetune.hosted.records import Known, Records, Sent
from curation.finetune.ray import RayProvider
from curation.finetune.ray_jobs.address import read_access
from curation.finetune.ray_jobs.telling import LATE_FILES_S
from curation.finetune.run_folder import RunFolder
from curation.model.states import JobState
from tests.ray.fake_cluster import CLEAR, FAULTS, TOKEN, FakeCluster, Fault, open_cluster

LIGHT = "tests.worker.light_worker"
FAR = "http://cluster.example:8265"
MEMORY = "/dev/shm"
PATIENCE_S = 40


class Clock:
    """The real time, moved when asked."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


class Stage:
    """A cluster, a provider, and one launch."""

    def __init__(self, cluster: FakeCluster, folder: Path) -> None:
        self.cluster, self.clock = cluster, Clock()
        self.environment = {**cluster.environment}
        self.provider = RayProvider(LIGHT, environment=self.environment, clock=self.clock)
        self.launch = Launch("launch-7", folder / "run")
        self.folder = RunFolder(self.launch.run_dir)

    @property
    def job(self) -> str:
        return "callwright-launch-7"

    def prepare(self, **knobs: object) -> None:
        parameters = {"max_steps": 5, "epochs": 1, **knobs}
        spec = {"kind": "train", "base": "/models/none", "style": "router", "dataset_hash": "0" * 64}
        self.provider.prepare(self.launch, {**spec, "parameters": self.provider.check(parameters)})

    def start(self, **knobs: object) -> Handle:
        self.prepare(**knobs)
        return self.provider.launch(self.launch)

    def poll(self, after_seq: int = 0) -> Status:
        return self.provider.poll(self.launch, Handle(remote_id=self.job), after_seq)

    def cancel(self) -> None:
        self.provider.cancel(self.launch, Handle(remote_id=self.job))

    def wait_for_step(self, step: int) -> Status:
        until = time.monotonic() + PATIENCE_S
        while (status := self.poll()).step < step:
            assert not status.state.is_final, status
            assert time.monotonic() < until, status
            time.sleep(0.02)
        return status

    def wait_for_end(self) -> Status:
        until = time.monotonic() + PATIENCE_S
        while not (status := self.poll()).state.is_final:
            assert time.monotonic() < until, status
            time.sleep(0.02)
        return status


@pytest.fixture
def stage() -> Iterator[Stage]:
    """In memory where there is such a place: notes are synced to the disk, and many are written here."""
    place = MEMORY if Path(MEMORY).is_dir() else None
    with TemporaryDirectory(dir=place) as folder, open_cluster(Path(folder)) as cluster:
        yield Stage(cluster, Path(folder))


# Where it is, and who may ask


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "There is no address of a Ray cluster. Set CALLWRIGHT_RAY_ADDRESS"),
        (
            {"CALLWRIGHT_RAY_ADDRESS": FAR},
            "no token for the Ray cluster at cluster.example:8265.*RAY_AUTH_TOKEN",
        ),
        ({"CALLWRIGHT_RAY_ADDRESS": "cluster.example:8265"}, "not one of a Ray dashboard"),
        ({"CALLWRIGHT_RAY_ADDRESS": "ray://127.0.0.1:10001"}, "not one of a Ray dashboard"),
        ({"CALLWRIGHT_RAY_ADDRESS": "http://me:secret@127.0.0.1"}, "not one of a Ray dashboard"),
        ({"CALLWRIGHT_RAY_ADDRESS": "http://127.0.0.1:8265x"}, "not one of a Ray dashboard"),
        ({"CALLWRIGHT_RAY_ADDRESS": FAR, "RAY_AUTH_TOKEN": "two words"}, "characters that no token has"),
        ({"CALLWRIGHT_RAY_ADDRESS": FAR, "RAY_AUTH_TOKEN_PATH": "/no/such/file"}, "/no/such/file cannot be read"),
    ],
)
def test_address_that_will_not_do_is_told_before_anything_starts(environment: dict[str, str], said: str):
    provider = RayProvider(environment=environment)
    with pytest.raises(JobError, match=said):
        provider.prepare(Launch("launch-7", Path("/nowhere")), {})
    assert provider.find_obstacle()


@pytest.mark.parametrize("address", ["http://127.0.0.1:8265", "http://localhost:8265/", "http://[::1]:8265"])
def test_cluster_that_only_this_machine_reaches_needs_no_token(address: str):
    assert RayProvider(environment={"CALLWRIGHT_RAY_ADDRESS": address}).find_obstacle() == ""


def test_token_comes_from_where_ray_itself_takes_it_and_is_never_shown(tmp_path: Path):
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text(f"{TOKEN}\n")
    (tmp_path / "other").write_text("another-token")
    home = {"CALLWRIGHT_RAY_ADDRESS": FAR, "HOME": str(tmp_path)}
    assert read_access(home).token == TOKEN
    assert read_access({**home, "RAY_AUTH_TOKEN_PATH": str(tmp_path / "other")}).token == "another-token"
    told = read_access({**home, "RAY_AUTH_TOKEN": "told"})
    assert told.token == "told"
    assert "told" not in repr(told)


def test_cluster_off_this_machine_that_lets_anybody_in_is_refused(tmp_path: Path):
    anybody = httpx2.MockTransport(lambda _request: httpx2.Response(200, json=[]))
    environment = {"CALLWRIGHT_RAY_ADDRESS": FAR, "RAY_AUTH_TOKEN": TOKEN}
    with pytest.raises(JobError, match=r"asks nobody for a token.*RAY_AUTH_MODE=token"):
        RayProvider(environment=environment, transport=anybody).prepare(Launch("launch-7", tmp_path), {})


def test_token_goes_to_nobody_but_the_cluster(tmp_path: Path):
    def move(request: httpx2.Request) -> httpx2.Response:
        assert request.url.host == "cluster.example"
        return httpx2.Response(307, headers={"Location": "http://elsewhere.example/"})

    environment = {"CALLWRIGHT_RAY_ADDRESS": FAR, "RAY_AUTH_TOKEN": TOKEN}
    provider = RayProvider(environment=environment, transport=httpx2.MockTransport(move))
    with pytest.raises(TryLaterError, match="status 307") as caught:
        provider.find(Launch("launch-7", tmp_path))
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("knobs", "said"),
    [
        ({"gpus": 65}, "GPUs is 65"),
        ({"cpus": 0}, "Cores is 0"),
        ({"gpus": "many"}, "asked of the cluster"),
        ({"gpus": 2, "processes": 4}, "4 processes side by side need as many GPUs, and 2 are asked for"),
        ({"tpus": 1}, "no training parameter `tpus`. Known: gpus, cpus, epochs"),
    ],
)
def test_what_no_cluster_can_give_is_refused_by_name(knobs: dict[str, object], said: str):
    with pytest.raises(UnreadableError, match=said):
        RayProvider(environment={}).check(knobs)


# One launch, one job


def test_life_of_a_job(stage: Stage):
    handle = stage.start(gpus=0, cpus=2)
    body = stage.cluster.jobs[stage.job].body
    assert (body["entrypoint_num_gpus"], body["entrypoint_num_cpus"]) == (0, 2)
    assert body["runtime_env"]["env_vars"]["CUDA_VISIBLE_DEVICES"] == ""
    assert TOKEN not in str(body)
    ended = stage.wait_for_end()
    assert (ended.state, ended.step, ended.steps, ended.error) == (JobState.SUCCEEDED, 5, 5, "")
    assert [event.metrics["loss"] for event in ended.events] == [1 / step for step in range(1, 6)]
    assert stage.poll(ended.events[-2].seq).events == ended.events[-1:]
    outcome = stage.provider.collect(stage.launch, handle)
    assert outcome.location == stage.folder.model
    assert stage.provider.find(stage.launch) == handle


def test_gpus_that_are_asked_for_stay_visible(stage: Stage):
    stage.cluster.has_room = False
    stage.start(gpus=2)
    body = stage.cluster.jobs[stage.job].body
    assert body["entrypoint_num_gpus"] == 2
    assert "CUDA_VISIBLE_DEVICES" not in body["runtime_env"]["env_vars"]
    assert stage.poll().phase == "waiting for room in the cluster"
    stage.cancel()
    assert stage.wait_for_end().state is JobState.CANCELLED
    assert not stage.cluster.started


@pytest.mark.parametrize("happens", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
def test_launch_through_any_weather_makes_one_job(stage: Stage, fault: Fault, happens: bool):
    """The fault meets the look before, the POST, the look after it, or several of them."""
    stage.cluster.has_room = False
    stage.prepare()
    for clear in range(3):
        for spoiled in (1, 3):
            stage.cluster.forget()
            for kind in (Sent, Known):
                Records(stage.launch)._path(kind).unlink(missing_ok=True)
            stage.cluster.weather = [CLEAR] * clear + [(fault, happens)] * spoiled
            assert hand_in(stage) == Handle(remote_id=stage.job)
            assert list(stage.cluster.jobs) == [stage.job]
    assert stage.cluster.taken[stage.job] == 6


def hand_in(stage: Stage) -> Handle:
    """As the keeper does: look, launch, and the same again after trouble."""
    for _ in range(12):
        with suppress(TryLaterError):
            return stage.provider.find(stage.launch) or stage.provider.launch(stage.launch)
    raise AssertionError("it was never handed in")


def test_two_that_hand_in_the_same_launch_make_one_job(stage: Stage):
    stage.start()
    # Another keeper, to whom the notes in the run folder are lost.
    Records(stage.launch)._path(Known).unlink()
    other = RayProvider(LIGHT, environment=stage.environment)
    assert other.find(stage.launch) == Handle(remote_id=stage.job)
    with pytest.raises(JobError, match="is at the Ray cluster already"):
        other.launch(stage.launch)
    assert stage.cluster.started == {stage.job: 1}


def test_name_that_is_taken_between_look_and_launch_is_adopted(stage: Stage):
    stage.cluster.has_room = False
    stage.prepare()
    body = {"submission_id": stage.job, "entrypoint": "true"}
    real = stage.cluster._take

    def be_late(given: dict[str, object]) -> object:
        real(body)
        return real(given)

    stage.cluster._take = be_late  # type: ignore[method-assign,assignment]
    assert stage.provider.launch(stage.launch) == Handle(remote_id=stage.job)
    assert len(stage.cluster.jobs) == 1


def test_refusal_ends_the_launch_in_the_words_of_the_cluster(stage: Stage):
    stage.prepare()
    stage.environment["RAY_AUTH_TOKEN"] = "the-wrong-one"
    with pytest.raises(JobError, match=r"does not accept the token \(status 403\).*RAY_AUTH_TOKEN") as caught:
        stage.provider.launch(stage.launch)
    assert not caught.value.retryable
    assert not stage.cluster.jobs


def test_job_never_moves_to_another_cluster(stage: Stage):
    stage.start()
    stage.environment["CALLWRIGHT_RAY_ADDRESS"] = "http://127.0.0.1:9"
    with pytest.raises(TryLaterError, match=r"belongs to the Ray cluster at .*, and the address set now is 127"):
        stage.poll()


# While it runs


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
        job.look()
        time.sleep(0.02)
    away.rename(stage.launch.run_dir)
    ended = stage.poll()
    assert ended.state is JobState.FAILED
    assert "log.txt" in ended.error
    assert "Runtime env is setting up." in stage.folder.log_tail()


# Stopping


def test_stop_keeps_what_there_is(stage: Stage):
    handle = stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    stage.cancel()
    stage.cancel()
    ended = stage.wait_for_end()
    assert (ended.state, ended.error) == (JobState.CANCELLED, "")
    assert stage.provider.collect(stage.launch, handle).location == stage.folder.model
    assert not stage.cluster.asked["POST stop"]


def test_worker_that_does_not_listen_is_ended_by_the_cluster(stage: Stage):
    stage.start(max_steps=400, epochs=3)
    stage.wait_for_step(2)
    stage.cancel()
    asked = time.time() - 3600
    os.utime(stage.folder.cancel, (asked, asked))
    stage.cancel()
    assert stage.cluster.asked["POST stop"] == 1
    assert stage.wait_for_end().state is JobState.CANCELLED


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
