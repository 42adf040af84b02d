"""The host that tests launch against, and our client, held to the published document by a judge that is not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.errors import CurationError
from curation.finetune.hosted.address import read_access
from curation.finetune.hosted.host import Host, Order
from curation.finetune.hosted.profile import FOLDER, load_profile
from curation.model.states import JobState
from tests.host_serving import serve
from tests.hosted.calls import CALLS, call_of, names_of
from tests.hosted.fake_host import Answer, FakeHost
from tests.hosted.prism_proxy import Detour, find_node, hold_to_document
from tests.hosted.serving import Server
from tests.hosted.stage import ENVIRONMENT, NAMES, Stage

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A server, and the address of the Prism before it."""
    node = find_node()
    if node is None:
        pytest.skip("no Node with Prism; `make test-long` installs it where there is npm")
    folder = tmp_path_factory.mktemp("prism")
    with serve(Server(FakeHost(lambda: 0.0))) as server, hold_to_document(node, server.url, folder) as address:
        yield server, address


@pytest.mark.parametrize("name", NAMES)
def test_whole_launch_is_as_published_in_both_directions(paired: Stage, judged: tuple[Server, str], name: str):
    server, address = judged
    server.host, detour = paired.hosts[name], Detour(address)
    server.host.page = 5
    paired.lines[name] = detour
    ended = paired.run(paired.keeper(), paired.launch(name))
    assert (ended.state, ended.error) == (JobState.SUCCEEDED, None)
    stopped = paired.launch(name)
    paired.stop_soon(stopped)
    assert paired.run(paired.keeper(), stopped).state is JobState.CANCELLED
    if "learn_from" in {knob.name for knob in paired.provider(name).parameters}:
        by_pairs = paired.launch(name, version=2, learn_from="pairs", beta=0.1, learning_rate_multiplier=0.5)
        assert paired.run(paired.keeper(), by_pairs).state is JobState.SUCCEEDED
    server.host.failures.append("The file has no rows.")
    assert paired.run(paired.keeper(), paired.launch(name)).state is JobState.FAILED
    assert detour.calls == set(CALLS)
    assert detour.faults == []


def _without(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda told: {key: value for key, value in told.items() if key != name}


def _with(**changed: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda told: {**told, **changed}


def _in_entries(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda told: {**told, "data": [change(one) for one in told["data"]]}


class LyingHost(FakeHost):
    """Answers one call otherwise than published."""

    call = ""

    def change(self, told: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def answer(self, method: str, target: str, headers: dict[str, str], content: bytes) -> Answer:
        status, told = super().answer(method, target, headers, content)
        is_meant = call_of(method, names_of(target.partition("?")[0])) == self.call
        return status, self.change(told) if is_meant else told


WRONG = {
    "upload": (_with(bytes="many"), "bytes must be integer"),
    "list files": (_without("has_more"), "required property 'has_more'"),
    "look at file": (_with(purpose="fun"), "purpose must be equal to one of the allowed values"),
    "create": (_without("seed"), "required property 'seed'"),
    "list jobs": (_in_entries(_with(model=7)), "model must be string"),
    "look at job": (_with(status="napping"), "status must be equal to one of the allowed values"),
    "events": (_in_entries(_without("created_at")), "required property 'created_at'"),
    "checkpoints": (_in_entries(_with(step_number="three")), "step_number must be integer"),
    "cancel": (_with(object="job"), "object must be equal to one of the allowed values"),
}


@pytest.mark.parametrize("call", CALLS)
def test_answer_that_is_not_as_published_is_reported(judged: tuple[Server, str], tmp_path: Path, call: str):
    server, address = judged
    change, fault = WRONG[call]
    now = [1000.0]
    liar = LyingHost(lambda: now[0])
    liar.change = change  # type: ignore[method-assign]
    server.host, detour = liar, Detour(address)
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"messages": [{"role": "assistant", "content": "Hello"}]}\n')
    host = open_host(detour)
    file = host.upload(rows, "rows.jsonl") if call != "upload" else None
    job = host.create_job(order(file.id)) if file and call != "create" else None
    now[0] += 12
    assert detour.faults == []
    liar.call = call
    with pytest.raises(CurationError):
        ask_everything(host, rows, file.id if file else "", job.id if job else "")
    assert fault in "\n".join(detour.faults)


def ask_everything(host: Host, rows: Path, file_id: str, job_id: str) -> None:
    """Every call in turn; the one that is answered wrongly raises."""
    host.upload(rows, "again.jsonl")
    list(host.list_files())
    host.look_at_file(file_id)
    list(host.list_jobs())
    host.create_job(order(file_id))
    host.look_at_job(job_id)
    list(host.list_events(job_id))
    host.list_checkpoints(job_id)
    host.cancel_job(job_id)


def test_question_that_is_not_as_published_never_reaches_the_host(judged: tuple[Server, str]):
    server, address = judged
    server.host, detour = FakeHost(lambda: 1000.0), Detour(address)
    settings = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 99}}}
    with pytest.raises(CurationError):
        open_host(detour).create_job(Order({"model": "m", "training_file": "file-1", "method": settings}))
    assert "n_epochs" in "\n".join(detour.faults)
    assert not server.host.asked


def open_host(detour: Detour) -> Host:
    profile = load_profile(FOLDER / "openai.toml")
    return Host(profile, read_access(profile, ENVIRONMENT), detour)


def order(file_id: str) -> Order:
    return Order({"model": "m", "training_file": file_id})
