"""A host asked by a person who waits: it may stumble, refuse a way of asking, or be gone."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from curation.errors import CurationError
from curation.hosts.troubles import HostTroubleError
from curation.llm.budget import Price, estimate_text
from curation.llm.contract import Prompt, Turn
from curation.llm.kept_model import ModelStoppedError
from curation.llm.served import Served
from curation.services import people, playground_asking, playground_chats, playground_log, playground_remote
from curation.services.playground_chats import Chat
from curation.services.playground_remote import RemoteModel
from curation.services.playground_states import Settings
from curation.services.served_models import Behind, add_endpoint
from curation.services.workspace import Workspace
from tests.llm.fake_chat_host import Body, FakeChatHost, say, serve_chat
from tests.services.answering_host import USAGE, refuse_unanswered

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


class Visitor:
    """A person at the playground who talks with a model behind an address."""

    def __init__(self, ws: Workspace, project_id: str, url: str, **settings: Any) -> None:
        self.ws, self.project_id, self.actor = ws, project_id, people.local_actor(ws)
        behind = Behind(url, "m-1", price=Price(5, 15))
        model = add_endpoint(ws, self.actor, project_id, behind, nonce=ws.new_id())
        wanted = Settings(model_id=model.id, **settings)
        self.chat = playground_chats.begin_chat(ws, self.actor, project_id, wanted, nonce=ws.new_id())

    def say(self, words: str) -> Chat:
        self.chat = playground_chats.say(self.ws, self.actor, self.chat, words, nonce=self.ws.new_id())
        self.chat = playground_asking.answer_chat(self.ws, self.actor, self.chat.id)
        return self.chat

    def leave(self) -> None:
        self.chat = playground_chats.leave_call(self.ws, self.actor, self.chat, nonce=self.ws.new_id())


def say_calls(*arguments: str) -> Body:
    """A completion that calls one tool, once with each of these arguments."""
    told = say(None)
    told["choices"][0]["message"]["tool_calls"] = [
        {"id": f"given_{n}", "type": "function", "function": {"name": "track_order", "arguments": one}}
        for n, one in enumerate(arguments)
    ]
    return told


VALID, INVALID = '{"order_id":"B4821"}', '{"order":"B4821"}'


@pytest.mark.parametrize("arguments", [(VALID,), (VALID, VALID), (INVALID,), (VALID, INVALID), (INVALID, "[]")])
def test_a_strict_host_is_told_of_calls_that_were_left_or_never_run(
    ws: Workspace, project_id: str, arguments: tuple[str, ...]
) -> None:
    turns = iter([say_calls(*arguments), say("Shall I look again?"), say("Good bye.")])
    host = FakeChatHost(lambda _: next(turns), refuse=refuse_unanswered)
    with serve_chat(host) as listening:
        visitor = Visitor(ws, project_id, listening.url)
        chat = visitor.say("Where is order B4821?")
        assert bool(chat.state.results) is (INVALID not in arguments)
        visitor.leave()
        assert visitor.say("Never mind.").example.messages[-1].content == "Shall I look again?"
        chat = visitor.say("No.")
    assert (chat.state.trouble, chat.example.messages[-1].content) == ("", "Good bye.")
    told = [one["content"] for one in host.bodies[-1]["messages"] if one["role"] == "tool"]
    assert set(told) == {'{"error": "The call was not run."}'}
    assert len(told) == sum(one.startswith("{") for one in arguments)


def test_a_result_that_is_handed_back_is_the_only_one_of_its_call(ws: Workspace, project_id: str) -> None:
    turns = iter([say_calls(VALID), say("It is on its way."), say("Good bye.")])
    host = FakeChatHost(lambda _: next(turns), refuse=refuse_unanswered)
    with serve_chat(host) as listening:
        visitor = Visitor(ws, project_id, listening.url, hands_back=True)
        visitor.say("Where is order B4821?")
        assert visitor.say("Thanks.").state.trouble == ""
    (result,) = [one for one in host.bodies[-1]["messages"] if one["role"] == "tool"]
    assert "not run" not in result["content"]


def test_an_answer_and_its_repair_cost_what_evaluations_take_them_for_where_the_host_counts_nothing(
    ws: Workspace, project_id: str
) -> None:
    turns = iter([say_calls(INVALID), say("It is on its way."), say("It is", finish="length")])
    host = FakeChatHost(lambda _: next(turns))
    with serve_chat(host) as listening:
        visitor = Visitor(ws, project_id, listening.url, repairs=1)
        visitor.say("Where is order B4821?")
        visitor.say("When will it be here?")
    cut, repaired = playground_log.read_log(ws, project_id).lines
    answer, repair = repaired.steps
    for one in (answer, repair):
        assert one.tokens > 0
        assert one.cost == pytest.approx((one.tokens_in * 5 + one.tokens * 15) / 1e6)
    assert (repair.tokens, repair.text) == (estimate_text("It is on its way."), "It is on its way.")
    assert repair.tokens_in > answer.tokens_in > estimate_text("Where is order B4821?")
    assert repaired.repaired.cost == repair.cost
    assert repaired.entry.cost == pytest.approx((answer.cost or 0) + (repair.cost or 0))
    assert cut.entry.tokens == playground_asking.MOST_TOKENS, "it used all it might"


def test_what_a_host_counted_itself_stands(ws: Workspace, project_id: str) -> None:
    with serve_chat(FakeChatHost(lambda _: say("Hello.", usage=USAGE))) as listening:
        Visitor(ws, project_id, listening.url).say("Hello")
    (line,) = playground_log.read_log(ws, project_id).lines
    assert (line.entry.tokens, line.steps[0].tokens_in) == (30, 200)
    assert line.entry.cost == pytest.approx((200 * 5 + 30 * 15) / 1e6)
