"""The host that tests launch against is held to the published API, and so is everything that we send to it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx2
import pytest

from curation.model.states import JobState
from curation.services.jobs import cancel_job
from tests.hosted.calls import CALLS, call_of, names_of
from tests.hosted.fake_host import KEY, FakeHost
from tests.hosted.published_api import find_operation, list_faults
from tests.hosted.stage import ENVIRONMENT, NAMES, Stage, open_stage
from tests.hosted.weather import Exchange, Weather

ROW = b'{"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}]}'


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Every kind of host has run one job to its end and one to a wish to stop."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        with open_stage() as opened:
            for name in NAMES:
                opened.hosts[name].page = 1
                assert opened.run(opened.keeper(), opened.launch(name)).state is JobState.SUCCEEDED
                stopped = opened.launch(name)
                opened.stop_soon(stopped)
                assert opened.run(opened.keeper(), stopped).state is JobState.CANCELLED
                with pytest.raises(Exception, match="has already ended"):
                    cancel_job(opened.ws, opened.desk.actor, stopped.id, nonce=opened.desk.nonce())
            yield opened


@pytest.mark.parametrize("name", NAMES)
def test_every_exchange_is_as_published(stage: Stage, name: str):
    exchanges = stage.weather[name].exchanges
    assert {call_of(one.request.method, names_of(one.request.url.path)) for one in exchanges} == set(CALLS)
    assert [fault for one in exchanges for fault in list_faults(one)] == []


@pytest.mark.parametrize("name", NAMES)
def test_lists_were_read_page_by_page(stage: Stage, name: str):
    asked = [one.request.url for one in stage.weather[name].exchanges]
    assert any("after=" in str(url) and "/events" in url.path for url in asked)
    assert any("after=" in str(url) and url.path.endswith("/files") for url in asked)


@pytest.mark.parametrize("status", ["validating_files", "queued", "running", "succeeded", "cancelled", "failed"])
def test_jobs_are_as_published_in_every_state(status: str):
    now = [1000.0]
    host = FakeHost(lambda: now[0])
    if status == "failed":
        host.failures.append("The file has no rows.")
    weather = Weather(host)
    form = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nfine-tune\r\n--x\r\n'
    form += b'Content-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n' + ROW + b"\n\r\n--x--\r\n"
    send(weather, "POST", "files", form, "multipart/form-data; boundary=x")
    order = {"model": "m", "training_file": "file-000001", "metadata": {"a": "b"}}
    send(weather, "POST", "fine_tuning/jobs", json.dumps(order).encode(), "application/json")
    while host.jobs["ftjob-000001"].status_at(now[0]) != status:
        if status == "cancelled":
            send(weather, "POST", "fine_tuning/jobs/ftjob-000001/cancel")
        now[0] += 1
    told = send(weather, "GET", "fine_tuning/jobs/ftjob-000001")
    assert told["status"] == status
    assert [fault for one in weather.exchanges for fault in list_faults(one)] == []


def send(weather: Weather, method: str, path: str, body: bytes = b"", kind: str = "") -> dict[str, object]:
    headers = {"authorization": f"Bearer {KEY}", **({"content-type": kind} if kind else {})}
    url = f"https://host.example/v1/{path}"
    told: dict[str, object] = weather.handle_request(httpx2.Request(method, url, headers=headers, content=body)).json()
    return told


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"id": 7}, "7 is not of type"), ({"status": "napping"}, "'napping' is not one of"), ({"seed": None}, "None")],
)
def test_an_answer_that_is_not_as_published_is_told(stage: Stage, change: dict[str, object], fault: str):
    exchange = next(
        one
        for one in stage.weather["openai"].exchanges
        if call_of(one.request.method, names_of(one.request.url.path)) == "look at job"
    )
    broken = Exchange(exchange.request, exchange.status, {**exchange.told, **change})
    assert fault in "\n".join(list_faults(broken))


def test_a_call_that_is_not_published_is_told():
    with pytest.raises(AssertionError, match="not in the published API"):
        find_operation("POST", "/v1/fine_tuning/jobs/ftjob-1/launch_again")
