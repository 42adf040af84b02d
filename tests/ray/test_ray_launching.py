"""One launch makes one job, whatever happens on the way."""

from __future__ import annotations

from contextlib import suppress

import pytest

from curation.errors import JobError, TryLaterError
from curation.finetune.contract import Handle
from curation.finetune.hosted.records import Known, Records, Sent
from curation.finetune.ray import ARRIVAL_S, RayProvider
from curation.finetune.spec import TrainSpec, decode_spec
from curation.model.states import JobState
from tests.ray.fake_cluster import CLEAR, FAULTS, TOKEN, Fault
from tests.ray.stage import LIGHT, Stage


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


@pytest.mark.parametrize(("threads", "told"), [(0, 3), (2, 2), (64, 3)])
def test_no_more_threads_compute_than_cores_are_set_aside(stage: Stage, threads: int, told: int):
    stage.cluster.has_room = False
    stage.start(gpus=0, cpus=3, threads=threads)
    assert decode_spec(stage.folder.read_spec(), TrainSpec).parameters.threads == told
    assert stage.cluster.jobs[stage.job].body["runtime_env"]["env_vars"]["OMP_NUM_THREADS"] == "3"


def test_gpus_that_are_asked_for_stay_visible(stage: Stage):
    stage.cluster.has_room = False
    stage.start(gpus=2)
    body = stage.cluster.jobs[stage.job].body
    assert body["entrypoint_num_gpus"] == 2
    assert "CUDA_VISIBLE_DEVICES" not in body["runtime_env"]["env_vars"]
    assert stage.poll().phase == "waiting for room in the cluster"


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
        stage.clock.ahead_s += ARRIVAL_S
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


def test_nobody_believes_that_there_is_no_job_while_a_post_may_still_arrive(stage: Stage):
    """A stop in that moment would leave a job that nobody watches."""
    stage.cluster.has_room = False
    stage.prepare()
    # The look before, the POST, and the look after it; nothing of it reaches the cluster.
    stage.cluster.weather = [CLEAR, ("hang up", False), ("hang up", False)]
    with pytest.raises(TryLaterError):
        stage.provider.launch(stage.launch)
    with pytest.raises(TryLaterError, match=r"whether what was sent has arrived at 127\.0\.0\.1:"):
        stage.provider.find(stage.launch)
    stage.clock.ahead_s = ARRIVAL_S + 1
    assert stage.provider.find(stage.launch) is None
    assert stage.provider.launch(stage.launch) == Handle(remote_id=stage.job)
    assert stage.cluster.taken == {stage.job: 1}


def test_post_that_arrives_late_is_found(stage: Stage):
    stage.cluster.has_room = False
    stage.prepare()
    # It happens, its answer is lost, and so is the look that would have found it.
    stage.cluster.weather = [CLEAR, ("hang up", True), ("hang up", True)]
    with pytest.raises(TryLaterError):
        stage.provider.launch(stage.launch)
    assert stage.provider.find(stage.launch) == Handle(remote_id=stage.job)


def test_token_that_changes_while_a_job_is_handed_in_ends_nothing(stage: Stage):
    """The answer to the POST is lost, and the look after it is not let in: it may be there all the same."""
    stage.cluster.has_room = False
    stage.prepare()
    real, seen = stage.cluster.answer, []

    def change(method: str, path: str, token: str | None, body: dict[str, object]) -> object:
        seen.append(method)
        answer = real(method, path, token if len(seen) < 3 else "Bearer old", body)
        return None if method == "POST" else answer

    stage.cluster.answer = change  # type: ignore[method-assign,assignment]
    with pytest.raises(TryLaterError, match="does not accept the token"):
        stage.provider.launch(stage.launch)
    stage.cluster.answer = real  # type: ignore[method-assign]
    assert stage.provider.find(stage.launch) == Handle(remote_id=stage.job)


def test_post_that_is_not_let_in_ends_the_launch_at_once(stage: Stage):
    stage.prepare()
    real = stage.cluster._obey

    def refuse(method: str, path: str, token: str | None, body: dict[str, object]) -> object:
        return real(method, path, "Bearer old" if method == "POST" else token, body)

    stage.cluster._obey = refuse  # type: ignore[method-assign,assignment]
    with pytest.raises(JobError, match=r"did not take the job: it does not accept the token") as caught:
        stage.provider.launch(stage.launch)
    assert not caught.value.retryable
    assert Records(stage.launch).read_sent() is None


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
    with pytest.raises(TryLaterError, match=r"belongs to 127.*, and the address set now is 127"):
        stage.poll()
