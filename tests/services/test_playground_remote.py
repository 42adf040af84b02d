"""A host asked by a person who waits: it may stumble, refuse a way of asking, or be gone."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from curation.errors import CurationError
from curation.hosts.troubles import HostTroubleError
from curation.llm.contract import Prompt, Turn
from curation.llm.kept_model import ModelStoppedError
from curation.llm.served import Served
from curation.services import playground_remote
from curation.services.playground_remote import RemoteModel
from tests.llm.fake_chat_host import Body, FakeChatHost, say, serve_chat

HELLO = Prompt((Turn("user", "Hello"),))
KEY_VARIABLE = "CALLWRIGHT_CHAT_KEY"


def ask(host: FakeChatHost, prompt: Prompt = HELLO, *, is_stopped: bool = False) -> str:
    with serve_chat(host) as listening:
        model = RemoteModel(Served(listening.url, "fake", KEY_VARIABLE), lambda: is_stopped)
        try:
            return model.answer([prompt])[0].text
        finally:
            model.close()


def test_a_host_that_stumbles_once_is_asked_again() -> None:
    faults = itertools.chain(["503"], itertools.repeat(""))
    assert ask(FakeChatHost(choose=lambda _: next(faults))) == "Hello."


def test_a_host_that_never_answers_is_given_up_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground_remote, "back_off", lambda *_: 0.0)
    host = FakeChatHost(choose=lambda _: "500")
    with pytest.raises(HostTroubleError):
        ask(host)
    assert host.asked["Hello"] == playground_remote.TRIES


def test_nobody_waits_for_a_host_any_longer_than_they_want() -> None:
    with pytest.raises(ModelStoppedError):
        ask(FakeChatHost(choose=lambda _: "503"), is_stopped=True)


def test_stop_ends_a_request_under_way_and_the_host_sees_it() -> None:
    is_asked, is_left, stop = threading.Event(), threading.Event(), threading.Event()

    def meet(listening: socket.socket) -> None:
        line, _ = listening.accept()
        with line:
            line.recv(65536)
            is_asked.set()
            while line.recv(65536):
                continue
            is_left.set()

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as pool:
        pool.submit(meet, listening)
        model = RemoteModel(
            Served(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", "slow", KEY_VARIABLE), stop.is_set, answer_s=20
        )
        answering = pool.submit(model.answer, [HELLO])
        assert is_asked.wait(10)
        stop.set()
        with pytest.raises(ModelStoppedError):
            answering.result(5)
        assert is_left.wait(5)
        model.close()


def test_a_host_that_cannot_hold_a_model_to_a_schema_is_not_asked_in_words_instead() -> None:
    def refuse(body: Body) -> str:
        return "response_format is not supported" if "response_format" in body else ""

    host = FakeChatHost(refuse=refuse)
    with pytest.raises(CurationError):
        ask(host, Prompt((Turn("user", "Hello"),), schema=json.dumps({"type": "object"})))
    assert all("response_format" in body for body in host.bodies)


def test_a_host_that_is_gone_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground_remote, "back_off", lambda *_: 0.0)
    with serve_chat(FakeChatHost()) as listening:
        url = listening.url
    with pytest.raises(CurationError) as caught:
        RemoteModel(Served(url, "fake", KEY_VARIABLE), lambda: False).answer([HELLO])
    assert "Traceback" not in str(caught.value)


def test_a_limit_of_another_name_is_found() -> None:
    def refuse(body: Body) -> str:
        return "max_tokens is not supported, use max_completion_tokens instead" if "max_tokens" in body else ""

    assert ask(FakeChatHost(refuse=refuse, say=lambda _: say("Found."))) == "Found."
