from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx2
import pytest

from curation.hosts.address import Access
from curation.hosts.bounded import MOST_BYTES
from curation.hosts.troubles import HostRefusedError, HostTroubleError
from curation.llm.budget import Budget
from curation.llm.contract import Prompt, Turn
from curation.llm.desk import ChangedWaysError
from curation.llm.openai_chat import MOST_CHARACTERS, OpenAiChat
from tests.llm.asking import answer_number, ask, open_desk
from tests.llm.fake_chat_host import KEY, Body, FakeChatHost, say, serve_chat


@contextmanager
def chat_with(host: FakeChatHost, key: str = "", answer_s: float = 5.0) -> Iterator[OpenAiChat]:
    with serve_chat(host) as server:
        client = OpenAiChat(Access(server.url, key), "model", answer_s=answer_s)
        try:
            yield client
        finally:
            client.close()


def test_a_question_is_sent_as_the_api_has_it_and_its_answer_counted() -> None:
    host = FakeChatHost(answer_number, key=KEY)
    with chat_with(host, KEY) as client:
        (reply,) = client.answer([ask(7)], max_new_tokens=50)
    assert (reply.text, reply.tokens_in, reply.tokens, reply.finish) == ('{"number": 7}', 40, 8, "stop")
    (body,) = host.bodies
    assert body["model"] == "model"
    assert body["messages"][-1] == {"role": "user", "content": "Question 7"}
    assert (body["max_tokens"], body["temperature"]) == (50, 0.0)
    told = body["response_format"]
    assert (told["type"], told["json_schema"]["strict"]) == ("json_schema", True)
    assert told["json_schema"]["schema"]["required"] == ["number"]


def test_a_server_that_asks_for_no_key_gets_none() -> None:
    host = FakeChatHost()
    with chat_with(host) as client:
        client.answer([ask(1, schema="")])
    assert host.headers[0]["authorization"] == "Bearer none"


def _takes(*forms: str) -> FakeChatHost:
    def judge(body: Body) -> str:
        form = body.get("response_format", {"type": "text"})["type"]
        return "" if form in forms else f"'response_format' of type '{form}' is not supported with this model."

    return FakeChatHost(answer_number, refuse=judge)


@pytest.mark.parametrize(
    ("host", "n_refused"), [(_takes("json_schema"), 0), (_takes("json_object"), 1), (_takes("text"), 2)]
)
def test_a_host_without_schemas_is_asked_in_words_from_then_on(
    tmp_path: Path, host: FakeChatHost, n_refused: int
) -> None:
    with chat_with(host) as client:
        outcomes = open_desk(client, tmp_path).ask_all([ask(1), ask(2)])
    assert [outcome.value for outcome in outcomes] == [{"number": 1}, {"number": 2}]
    assert len(host.bodies) == n_refused + 2 == Budget(tmp_path).spent.requests
    assert ("additionalProperties" in host.bodies[-1]["messages"][0]["content"]) is (n_refused > 0)


def test_a_host_that_pays_no_heed_to_the_schema_is_told_in_words() -> None:
    host = FakeChatHost(lambda body: say("Certainly! It is four."))
    with chat_with(host) as client:
        client.answer([ask(1), ask(2)])
    assert ["additionalProperties" in body["messages"][0]["content"] for body in host.bodies] == [False, True]


@pytest.mark.parametrize(
    ("words", "name", "expected"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
            "max_tokens",
            {"max_completion_tokens": 128, "temperature": 0.0},
        ),
        (
            "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) is supported.",
            "temperature",
            {"max_tokens": 128},
        ),
    ],
)
def test_a_parameter_a_model_does_not_take_is_sent_otherwise(words: str, name: str, expected: Body) -> None:
    host = FakeChatHost(refuse=lambda body: words if name in body else "")
    with chat_with(host) as client:
        with pytest.raises(ChangedWaysError):
            client.answer([ask(1, schema="")])
        client.answer([ask(1, schema="")])
    sent = host.bodies[-1]
    assert {key: sent[key] for key in sent if key not in ("model", "messages")} == expected


def test_a_prompt_that_is_too_long_is_refused_and_not_asked_otherwise() -> None:
    words = "'max_tokens' is too large: 128. This model's maximum context length is 100 tokens."
    with (
        chat_with(FakeChatHost(refuse=lambda body: words)) as client,
        pytest.raises(HostRefusedError, match="maximum context length") as told,
    ):
        client.answer([ask(1)])
    assert not isinstance(told.value, ChangedWaysError)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (say(None, refusal="I will not."), "The model declined: I will not."),
        (say(None), "The answer is empty."),
        (say('{"numb', finish="length"), "cut off"),
        (say('{"number": 1}', finish="content_filter"), "content filter"),
        (say("It is sunny."), "not one JSON value"),
    ],
)
def test_what_is_no_answer_is_a_trouble_in_a_sentence(tmp_path: Path, message: Body, why: str) -> None:
    with chat_with(FakeChatHost(lambda body: message)) as client:
        (outcome,) = open_desk(client, tmp_path).ask_all([ask(1)])
    assert why in outcome.trouble
    assert outcome.value is None


@pytest.mark.parametrize("told", [{}, {"choices": []}, {"choices": [{}]}, {"choices": [{"message": {"content": 4}}]}])
def test_an_answer_that_is_no_completion_is_a_trouble_of_the_host(told: Body) -> None:
    with chat_with(FakeChatHost(lambda body: told)) as client, pytest.raises(HostTroubleError, match="cannot be read"):
        client.answer([ask(1)])


def test_a_text_in_parts_is_joined() -> None:
    parts = say(None)
    parts["choices"][0]["message"]["content"] = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]
    with chat_with(FakeChatHost(lambda body: parts)) as client:
        assert client.answer([ask(1, schema="")])[0].text == "Hello"


@pytest.mark.parametrize("fault", ["half-open", "cut off", "truncated", "hung up", "503", "429"])
def test_what_breaks_on_the_way_is_asked_again_by_nobody_but_the_desk(fault: str) -> None:
    host = FakeChatHost(choose=lambda body: fault)
    with chat_with(host, answer_s=0.2) as client, pytest.raises(HostTroubleError) as told:
        client.answer([ask(1)])
    assert host.asked.total() == 1
    assert told.value.status == (int(fault) if fault.isdigit() else 0)
    assert told.value.after_s == (0.2 if fault == "429" else 0.0)
    assert told.value.said == ("busy" if fault.isdigit() else "")


def test_a_host_nobody_is_at_was_never_asked() -> None:
    client = OpenAiChat(Access("http://127.0.0.1:9/v1", ""), "model")
    with pytest.raises(HostTroubleError, match="could not be reached") as told:
        client.answer([ask(1)])
    client.close()
    assert not told.value.was_heard


def test_calls_and_tools_travel_as_the_api_has_them() -> None:
    call = '{"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}'
    turns = (Turn("user", "Look."), Turn("assistant", None, (call,)), Turn("tool", "Nothing.", call_id="c1"))
    host = FakeChatHost()
    with chat_with(host) as client:
        client.answer([Prompt(turns, tools=('{"type": "function", "function": {"name": "look"}}',))])
    body = host.bodies[0]
    assert body["messages"][1]["tool_calls"][0]["function"]["name"] == "look"
    assert body["messages"][2]["tool_call_id"] == "c1"
    assert body["tools"][0]["function"]["name"] == "look"


def test_a_refusal_for_the_key_never_repeats_it() -> None:
    wrong = f"{KEY}-old"
    with chat_with(FakeChatHost(key=KEY), wrong) as client, pytest.raises(HostRefusedError) as told:
        client.answer([ask(1)])
    assert told.value.status == 401
    assert wrong not in str(told.value)


@pytest.mark.parametrize(
    ("words", "is_for_key"),
    [
        ("Country, region, or territory not supported.", False),
        ("Project `proj_1` does not have access to model `m`.", False),
        ("You exceeded your quota of 40,000 tokens a day.", False),
        ("<b>This prompt breaks our rules.</b>" + 80 * " Read them.", False),
        ("", False),
        ("This API key may not use chat completions.", True),
        ("Invalid authentication credentials.", True),
    ],
)
def test_a_host_that_forbids_is_quoted_and_the_key_named_only_where_it_names_it(words: str, is_for_key: bool) -> None:
    host = FakeChatHost(refuse=lambda body: f"{words} [{KEY}]" if words else " ", refusal_status=403)
    with chat_with(host, KEY) as client, pytest.raises(HostRefusedError) as told:
        client.answer([ask(1)])
    assert ("does not accept the key" in told.value.message) is is_for_key
    assert ("CALLWRIGHT_CHAT_KEY" in told.value.hint) is is_for_key
    if not is_for_key:
        assert (words[:40] or "it gave no reason") in told.value.message
    assert KEY not in f"{told.value} {told.value.said}"
    assert len(told.value.message) < 320


def test_a_parameter_named_at_the_end_of_a_long_refusal_is_heard() -> None:
    words = f"The request could not be validated. {'See the list of faults. ' * 20}Extra inputs are not permitted: "
    host = FakeChatHost(refuse=lambda body: f"{words}temperature" if "temperature" in body else "")
    with chat_with(host) as client:
        with pytest.raises(ChangedWaysError) as told:
            client.answer([ask(1, schema="")])
        client.answer([ask(1, schema="")])
    assert "temperature" not in host.bodies[-1]
    assert len(told.value.message) < 320


def _answer_packed(text: str) -> OpenAiChat:
    content = gzip.compress(json.dumps(say(text)).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    # As a stream: an answer that is given as a whole is unpacked before anybody looks at it.
    stream = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, stream=_Packed(content)))
    return OpenAiChat(Access("http://127.0.0.1:9/v1", ""), "model", transport=stream)


class _Packed(httpx2.SyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content


def test_an_answer_is_as_long_as_it_is_unpacked() -> None:
    with closing(_answer_packed("Hello.")) as client:
        assert client.answer([ask(1, schema="")])[0].text == "Hello."
    with closing(_answer_packed("a" * MOST_BYTES)) as client, pytest.raises(HostTroubleError, match="line broke"):
        client.answer([ask(1, schema="")])


def test_a_text_without_end_is_kept_as_one_that_was_cut_off() -> None:
    with chat_with(FakeChatHost(lambda body: say("a" * (MOST_CHARACTERS + 1)))) as client:
        (reply,) = client.answer([ask(1, schema="")])
    assert (len(reply.text), reply.finish) == (MOST_CHARACTERS, "length")
