from __future__ import annotations

import logging
import traceback
from pathlib import Path

import pytest

from curation.errors import CurationError
from curation.hosts.address import Access
from curation.llm.desk import Habits
from curation.llm.openai_chat import OpenAiChat
from tests.llm.asking import ask, open_desk
from tests.llm.fake_chat_host import KEY, Body, FakeChatHost, say, serve_chat

ECHO = f"You sent Authorization: Bearer {KEY} and 'response_format'."


def _finish(words: str) -> Body:
    return say(None, finish=words)


HOSTS = {
    "wrong key": FakeChatHost(key="another"),
    "refuses with it": FakeChatHost(refuse=lambda body: ECHO),
    "answers with it": FakeChatHost(lambda body: say(ECHO)),
    "answers with it as JSON": FakeChatHost(lambda body: say(f'{{"number": 1, "{KEY}": "{KEY}"}}')),
    "declines with it": FakeChatHost(lambda body: say(None, refusal=ECHO)),
    "ends with it": FakeChatHost(lambda body: _finish(ECHO)),
    "is down": FakeChatHost(choose=lambda body: "503"),
    "is cut off": FakeChatHost(lambda body: say(ECHO), choose=lambda body: "cut off"),
    "is truncated": FakeChatHost(lambda body: say(ECHO), choose=lambda body: "truncated"),
}


@pytest.mark.parametrize("name", HOSTS)
def test_a_key_is_in_no_file_no_sentence_and_no_log(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    with serve_chat(HOSTS[name]) as server:
        access = Access(server.url, KEY)
        client = OpenAiChat(access, "model", answer_s=5)
        desk = open_desk(client, tmp_path, habits=Habits(at_once=2, tries=2), pause=lambda _: None)
        try:
            told += repr(desk.ask_all([ask(1), ask(2), ask(3)]))
        except CurationError as error:
            told += "".join((str(error), repr(error), error.hint, *traceback.format_exception(error)))
        told += f"{client!r} {access!r} {desk!r}"
        client.close()
    assert any(headers["authorization"] == f"Bearer {KEY}" for headers in HOSTS[name].headers)
    files = [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 2
    for place in (told, caplog.text, *capfd.readouterr(), *files):
        assert KEY not in place


def _ask_once(url: str) -> None:
    client = OpenAiChat(Access(url, KEY), "model", answer_s=5)
    try:
        client.answer([ask(1, schema="")])
    finally:
        client.close()


def test_a_key_for_this_machine_passes_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    host, proxy = FakeChatHost(), FakeChatHost()
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with serve_chat(host) as server, serve_chat(proxy) as between:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, between.url.removesuffix("/v1"))
        _ask_once(server.url)
    assert (len(proxy.headers), len(host.headers)) == (0, 1)


def test_a_key_that_the_environment_means_for_another_host_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer meant-for-another")
    host = FakeChatHost()
    with serve_chat(host) as server:
        _ask_once(server.url)
    assert host.headers[0]["authorization"] == f"Bearer {KEY}"
