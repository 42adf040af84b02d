"""The stand-in and a real Ray head answer alike, so that what holds with the one holds with the other."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.ray.fake_cluster import open_cluster
from tests.ray.real_head import open_head

PATIENCE_S = 180
MOST_WAIT_S = 90
"""How long the real head lets a job wait for room: long enough for those that only start slowly."""
STILL_S = 0.3
MORE_THAN_THERE_ARE = 1000
REAL = pytest.param("real", marks=[pytest.mark.long, pytest.mark.timeout(600)])


class Line(NamedTuple):
    """One of the two, to be asked."""

    address: str
    token: str

    def ask(self, method: str, path: str, *, token: str | None = None, body: Any = None) -> httpx2.Response:
        told = self.token if token is None else token
        headers = {"Authorization": f"Bearer {told}"} if told else {}
        return httpx2.request(method, f"{self.address}/api/jobs/{path}", headers=headers, json=body, timeout=60)

    def hand_in(self, name: str, command: str, cores: int = 1) -> httpx2.Response:
        body = {
            "submission_id": name,
            "entrypoint": command,
            "entrypoint_num_cpus": cores,
            "entrypoint_num_gpus": 0,
            "runtime_env": {"env_vars": {"COLOUR": "green"}},
            "metadata": {"callwright_launch": name},
        }
        return self.ask("POST", "", body=body)

    def wait_for(self, name: str, *states: str) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE_S
        while (job := self.ask("GET", name).json())["status"] not in states:
            assert time.monotonic() < until, job
            time.sleep(0.05)
        return job  # type: ignore[no-any-return]


@pytest.fixture(scope="module", params=["stand-in", REAL])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    # A socket's path must be short, and pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as place:
        if request.param == "real":
            folder = Path(place) / "r"
            folder.mkdir()
            with open_head(folder, MOST_WAIT_S) as head:
                yield Line(head.address, head.environment["RAY_AUTH_TOKEN"])
        else:
            with open_cluster(Path(place)) as cluster:
                cluster.most_wait_s = STILL_S + 2
                yield Line(cluster.address, cluster.token)


def test_nobody_is_answered_without_the_token(line: Line):
    for method, path in (("GET", ""), ("GET", "some-job"), ("POST", "")):
        assert line.ask(method, path, token="", body={}).status_code == 401
        assert line.ask(method, path, token="not-this-one-0123456789012345678", body={}).status_code == 403


def test_job_nobody_handed_in_is_unknown_in_these_words(line: Line):
    for method, path in (("GET", "nobody-s"), ("POST", "nobody-s/stop"), ("GET", "nobody-s/logs")):
        answer = line.ask(method, path)
        assert (answer.status_code, answer.text) == (404, "Job nobody-s does not exist")
        assert answer.headers["content-type"].startswith("text/plain")


def test_job_runs_with_its_environment_and_its_log_is_kept(line: Line):
    assert line.hand_in("good-1", "echo the colour is $COLOUR").json()["submission_id"] == "good-1"
    job = line.wait_for("good-1", "SUCCEEDED", "FAILED")
    assert (job["status"], job["submission_id"], job["driver_exit_code"]) == ("SUCCEEDED", "good-1", 0)
    assert abs(job["end_time"] / 1000 - time.time()) < PATIENCE_S
    assert "the colour is green" in line.ask("GET", "good-1/logs").json()["logs"]
    assert "good-1" in {one["submission_id"] for one in line.ask("GET", "").json()}


def test_name_is_taken_once(line: Line):
    assert line.hand_in("twice-1", "true").status_code == 200
    again = line.hand_in("twice-1", "true")
    assert again.status_code >= 400
    assert "already exists" in again.text
    line.wait_for("twice-1", "SUCCEEDED")


def test_failure_comes_with_the_last_words(line: Line):
    line.hand_in("bad-1", "echo there is no bread; exit 3")
    job = line.wait_for("bad-1", "SUCCEEDED", "FAILED")
    assert (job["status"], job["driver_exit_code"]) == ("FAILED", 3)
    assert "there is no bread" in job["message"].splitlines()


def test_stopped_job_is_told_politely_and_has_stopped(line: Line):
    line.hand_in("long-1", "trap 'echo I go; exit 0' TERM; echo here; while true; do sleep 0.1; done")
    line.wait_for("long-1", "RUNNING")
    until = time.monotonic() + PATIENCE_S
    while "here" not in line.ask("GET", "long-1/logs").json()["logs"]:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert line.ask("POST", "long-1/stop").json() == {"stopped": True}
    assert line.wait_for("long-1", "STOPPED", "SUCCEEDED", "FAILED")["status"] == "STOPPED"
    assert "I go" in line.ask("GET", "long-1/logs").json()["logs"]


def test_job_that_waits_for_room_cannot_be_stopped_and_is_given_up_after_a_while(line: Line):
    line.hand_in("wide-1", "true", MORE_THAN_THERE_ARE)
    assert line.wait_for("wide-1", "PENDING")["end_time"] is None
    assert line.ask("POST", "wide-1/stop").json() == {"stopped": True}
    time.sleep(STILL_S)
    assert line.ask("GET", "wide-1").json()["status"] == "PENDING"
    job = line.wait_for("wide-1", "STOPPED", "SUCCEEDED", "FAILED")
    assert (job["status"], job["error_type"]) == ("FAILED", "JOB_SUPERVISOR_ACTOR_START_TIMEOUT")
    assert job["end_time"] > job["start_time"]
    assert job["message"].startswith("Job supervisor actor failed to start within ")
