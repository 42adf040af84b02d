"""Orders that ask a host which fails: what is made is what a host in health would have been asked for."""

from __future__ import annotations

import random
import signal
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from curation.finetune.run_folder import RunFolder
from curation.llm import pacing
from curation.llm.contract import Prompt, Turn
from curation.llm.usage import read_usage
from curation.model.envelope import encode
from curation.model.values import Json
from curation.producing.record import CANDIDATES, read_candidates
from curation.producing.spec import Material, write_material
from curation.producing.tally import TALLY, read_tally
from curation.synthesizers.scripted_roles import demo_client
from curation.synthesizers.shop import demo_tools
from curation.worker import main
from tests.llm.fake_chat_host import KEY, SAYINGS, STATUSES, Body, FakeChatHost, say, serve_chat

PASSING = (*STATUSES, "cut off", "truncated", "hung up")
"""What passes when it is asked again."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "FIRST_WAIT_S", 0.01)


@pytest.fixture(autouse=True)
def _same_process() -> Iterator[None]:
    """A worker takes SIGTERM for itself and silences warnings; a test gives both back."""
    before = signal.getsignal(signal.SIGTERM)
    with warnings.catch_warnings():
        yield
    signal.signal(signal.SIGTERM, before)


def _speak(body: Body) -> Body:
    """What the script of the demo says to a request as it was sent."""
    turns = tuple(Turn(turn["role"], turn["content"]) for turn in body["messages"])
    form = body.get("response_format", {}).get("json_schema", {})
    schema = "{}" if form else ""
    (reply,) = demo_client().answer([Prompt(turns, schema=schema)])
    return say(reply.text, usage={"prompt_tokens": 100, "completion_tokens": 20})


def _storm(faults: tuple[str, ...]) -> FakeChatHost:
    def choose(body: Body) -> str:
        asked = str(body["messages"])
        seen[asked] += 1
        draw = random.Random(f"{asked} {seen[asked]}")
        return draw.choice(faults) if draw.random() < 0.3 else ""

    seen: Counter[str] = Counter()
    return FakeChatHost(_speak, choose=choose, key=KEY, retry_after="0.1")


def _order(folder: Path, count: int, launch_id: str = "launch-1", **told: Json) -> list[bytes]:
    """The candidates that an order has made when it ends."""
    made = RunFolder(folder)
    write_material(made, Material(tools=demo_tools()))
    spec = {"kind": "synthesise", "launch_id": launch_id, "strategy": "conversations", "count": count, "nice": 0}
    made.write_spec({**spec, **told})
    made.lock.unlink(missing_ok=True)
    assert main(["synthesise", str(folder)]) == 0, made.log_tail()
    return [encode(one.candidate.example) for one in read_candidates(folder / CANDIDATES)]


def _order_from_host(
    host: FakeChatHost, folder: Path, count: int, monkeypatch: pytest.MonkeyPatch, requests: int = 10_000
) -> list[bytes]:
    asking: Json = {"model": "fake", "at_once": 4, "limits": {"requests": requests}}
    with serve_chat(host) as server:
        monkeypatch.setenv("CALLWRIGHT_CHAT_ADDRESS", server.url)
        monkeypatch.setenv("CALLWRIGHT_CHAT_KEY", KEY)
        return _order(folder, count, drafter="hosted", asking=asking)


def _compare(tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> str:
    calm = _order(tmp_path / "calm", count, drafter="scripted")
    host = _storm(PASSING)
    made = _order_from_host(host, tmp_path / "storm", count, monkeypatch)
    usage = read_usage(tmp_path / "storm")
    assert usage.unanswered == 0
    assert made == calm != []
    assert usage.spent.requests == host.asked.total() > usage.answered
    return f"{len(calm)} candidates, {usage.answered} answers, {usage.spent.requests} requests, {host.faults}"


def test_faults_that_pass_change_no_candidate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _compare(tmp_path, 5, monkeypatch)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_faults_that_pass_change_none_of_a_hundred_candidates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(_compare(tmp_path, 100, monkeypatch))


def test_what_a_model_refuses_is_dropped_and_the_budget_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = _storm((*PASSING, *SAYINGS))
    made = _order_from_host(host, tmp_path / "storm", 8, monkeypatch, requests=40)
    tally = read_tally(tmp_path / "storm" / TALLY)
    assert tally is not None
    assert tally.ended in ("done", "budget")
    assert len(made) == tally.passed == len(set(made))
    assert host.asked.total() <= 40
    assert all(KEY not in path.read_text() for path in (tmp_path / "storm").iterdir() if path.is_file())
