"""Where a cluster is, who may ask it, and what no cluster can give."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from curation.errors import JobError, TryLaterError, UnreadableError
from curation.finetune.contract import Launch
from curation.finetune.ray import RayProvider
from curation.finetune.ray_jobs.address import Access, read_access
from curation.finetune.ray_jobs.cluster import NOBODY_S, Cluster
from tests.ray.fake_cluster import TOKEN

FAR = "http://cluster.example:8265"


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
        ({"CALLWRIGHT_RAY_ADDRESS": FAR, "RAY_AUTH_TOKEN": "two words"}, "characters that cannot belong to it"),
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
    assert read_access(home).key == TOKEN
    assert read_access({**home, "RAY_AUTH_TOKEN_PATH": str(tmp_path / "other")}).key == "another-token"
    told = read_access({**home, "RAY_AUTH_TOKEN": "told"})
    assert told.key == "told"
    assert "told" not in repr(told)


def test_cluster_off_this_machine_that_lets_anybody_in_is_refused(tmp_path: Path):
    anybody = httpx2.MockTransport(lambda _request: httpx2.Response(200, json=[]))
    environment = {"CALLWRIGHT_RAY_ADDRESS": FAR, "RAY_AUTH_TOKEN": TOKEN}
    with pytest.raises(JobError, match=r"asks nobody for a token.*RAY_AUTH_MODE=token"):
        RayProvider(environment=environment, transport=anybody).prepare(Launch("launch-7", tmp_path), {})


@pytest.mark.parametrize(("status", "words"), [(200, "{}"), (404, f"Job {NOBODY_S} does not exist")])
def test_cluster_that_answers_a_stranger_is_open_to_anybody(status: int, words: str):
    assert open_far(httpx2.Response(status, text=words)).is_open_to_anybody()


@pytest.mark.parametrize("status", [401, 403])
def test_cluster_that_sends_a_stranger_away_is_closed(status: int):
    assert not open_far(httpx2.Response(status)).is_open_to_anybody()


@pytest.mark.parametrize("status", [302, 404, 429, 500, 502, 503])
def test_answer_of_something_in_front_of_a_cluster_says_nothing_about_it(status: int):
    with pytest.raises(TryLaterError, match=f"did not show whether it asks for a token: .* status {status}"):
        open_far(httpx2.Response(status, text="<html>")).is_open_to_anybody()


def open_far(answer: httpx2.Response) -> Cluster:
    return Cluster(Access(FAR, TOKEN), httpx2.MockTransport(lambda _request: answer))


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
        ({"gpus": "many"}, "GPUs is `many`. It takes a whole number between 0 and 64"),
        ({"cpus": 1.5}, r"Cores is `1.5`. It takes a whole number between 1 and 1,024"),
        ({"gpus": 3}, "8 rows per step cannot be shared evenly among 3 GPUs, .* idle. Choose a multiple of 3"),
        ({"gpus": 4, "processes": 2}, "4 GPUs are asked for, and 2 would be used"),
        ({"gpus": 2, "processes": 4}, "4 processes side by side need as many GPUs, and 2 are asked for"),
        ({"tpus": 1}, "no training parameter `tpus`. Known: gpus, cpus, epochs"),
    ],
)
def test_what_no_cluster_can_give_is_refused_by_name(knobs: dict[str, object], said: str):
    with pytest.raises(UnreadableError, match=said):
        RayProvider(environment={}).check(knobs)
