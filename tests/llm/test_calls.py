"""Calls as hosts hand them out, in whatever shape, and the lists of models that they offer."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest

from curation.errors import JobError
from curation.finetune.answering_remotely import read_reply
from curation.hosts.address import Access
from curation.hosts.troubles import HostRefusedError, HostTroubleError
from curation.llm.calls import UNREADABLE, read_calls
from curation.llm.contract import Prompt, Reply, Turn
from curation.llm.endpoints import find_key_variable
from curation.llm.offered_models import list_offered
from curation.llm.openai_chat import OpenAiChat
from curation.metrics.answers import Answer
from curation.metrics.given import Verdict, read_given
from curation.metrics.offers import offer_tools
from tests.llm.fake_chat_host import KEY, FakeChatHost, say, serve_chat
from tests.shop_rows import TRACK_ORDER

ARGUMENTS = '{"order_id":"A-77"}'


def call(arguments: Any = ARGUMENTS, name: Any = "track_order", **more: Any) -> dict[str, Any]:
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}, **more}


def answer(message: dict[str, Any]) -> Answer:
    """What an evaluation makes of a message that came over the line."""
    host = FakeChatHost(lambda body: {"choices": [{"message": {"role": "assistant", **message}}]})
    with serve_chat(host) as server, closing(OpenAiChat(Access(server.url, ""), "model")) as client:
        (reply,) = client.answer([Prompt((Turn("user", "Where is A-77?"),))])
    return read_reply(reply, price=None, is_native=True)


def judge(message: dict[str, Any]) -> tuple[Verdict, tuple[str, ...] | None]:
    given = read_given(answer(message), offer_tools((TRACK_ORDER,)), is_router=False)
    return given.verdict, given.names


@pytest.mark.parametrize(
    "made",
    [
        [call()],
        [call({"order_id": "A-77"})],
        call(),
        [{"name": "track_order", "arguments": {"order_id": "A-77"}}],
        [call(index=0, extra={"a": 1})],
        [{"function": {"name": "track_order", "arguments": ARGUMENTS}}],
    ],
    ids=["as published", "arguments as object", "no list", "no function", "more keys", "no id"],
)
@pytest.mark.parametrize("content", [None, "", "I'll look it up."])
def test_a_call_is_read_whatever_its_shape(made: Any, content: str | None) -> None:
    assert judge({"content": content, "tool_calls": made}) == (Verdict.VALID_CALL, ("track_order",))


def test_the_old_key_for_a_single_call_is_read() -> None:
    made = {"content": None, "function_call": {"name": "track_order", "arguments": ARGUMENTS}}
    assert judge(made) == (Verdict.VALID_CALL, ("track_order",))


def test_several_calls_are_all_kept() -> None:
    assert judge({"content": "", "tool_calls": [call(), call()]}) == (Verdict.VALID_CALL, ("track_order",) * 2)


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        ([call('{"order_id":')], Verdict.UNPARSEABLE),
        ([call('"A-77"')], Verdict.UNPARSEABLE),
        ([call([1])], Verdict.UNPARSEABLE),
        ([call(name=None)], Verdict.UNPARSEABLE),
        (["track_order"], Verdict.UNPARSEABLE),
        ("track_order", Verdict.UNPARSEABLE),
        ([call(), call("{")], Verdict.UNPARSEABLE),
        ([call(name="lose_order")], Verdict.UNKNOWN_TOOL),
        ([call("{}")], Verdict.SCHEMA_INVALID),
        ([call("")], Verdict.SCHEMA_INVALID),
        ([call(None)], Verdict.SCHEMA_INVALID),
        ([], Verdict.VALID_NO_TOOL),
        (None, Verdict.VALID_NO_TOOL),
    ],
)
def test_a_call_that_cannot_be_used_is_no_abstention(made: Any, verdict: Verdict) -> None:
    assert judge({"content": "Hm.", "tool_calls": made})[0] is verdict


def test_broken_arguments_are_kept_to_the_letter() -> None:
    (kept,) = read_calls({"tool_calls": [call('{"order_id": A-77}')]})
    assert json.loads(kept)["function"]["arguments"] == '{"order_id": A-77}'
    assert read_calls({"tool_calls": [3]}) == (UNREADABLE,)


def test_a_refusal_is_what_the_model_says() -> None:
    assert judge({"content": None, "refusal": "I can't help with that."})[0] is Verdict.VALID_NO_TOOL


def test_thoughts_are_no_part_of_the_answer_and_silence_is_none() -> None:
    assert judge({"content": "<think>Let me see.</think>Hello."})[0] is Verdict.VALID_NO_TOOL
    assert judge({"content": "<think>Let me see.</think>"})[0] is Verdict.UNPARSEABLE
    assert judge({"content": None})[0] is Verdict.UNPARSEABLE


def test_by_the_routers_prompt_words_stay_words() -> None:
    told = read_reply(Reply('{"tool": "x"}'), price=None, is_native=False)
    assert (told.text, told.message) == ('{"tool": "x"}', None)


def test_a_key_that_a_host_says_back_in_a_call_goes_no_further() -> None:
    said = say(None)
    said["choices"][0]["message"]["tool_calls"] = [call(json.dumps({"order_id": KEY}))]
    with serve_chat(FakeChatHost(lambda body: said)) as server:
        client = OpenAiChat(Access(server.url, KEY), "model")
        (reply,) = client.answer([Prompt((Turn("user", "Hi"),))])
        client.close()
    assert KEY not in reply.calls[0]


def test_a_host_lists_its_models() -> None:
    offers = ("b-model", "A-model", "", "b-model", "two\nlines")
    with serve_chat(FakeChatHost(key=KEY, offers=offers)) as server:
        assert list_offered(Access(server.url, KEY)) == ("A-model", "b-model")
        with pytest.raises(HostRefusedError, match="does not accept the key"):
            list_offered(Access(server.url, "sk-other"))


def test_a_host_without_a_list_is_told_in_a_sentence() -> None:
    with (
        serve_chat(FakeChatHost()) as server,
        pytest.raises((HostRefusedError, HostTroubleError), match="list its models"),
    ):
        list_offered(Access(server.url, ""))


def test_every_host_has_a_key_of_its_own() -> None:
    here = {"CALLWRIGHT_CHAT_ADDRESS": "https://api.openai.com/v1"}
    assert find_key_variable("https://api.openai.com/v1/", here) == "CALLWRIGHT_CHAT_KEY"
    assert find_key_variable("https://api.openai.com:8443/v1", here) == "CALLWRIGHT_CHAT_KEY_API_OPENAI_COM_8443"
    one, other = (find_key_variable(f"https://{host}/v1", {}) for host in ("a-b.example", "a.b.example"))
    assert (one, other) == ("CALLWRIGHT_CHAT_KEY_A__B_EXAMPLE", "CALLWRIGHT_CHAT_KEY_A_B_EXAMPLE")


@pytest.mark.parametrize(
    "host", ["api.openaı.com", "apiéopenai.com", "api_openai.com", "api..openai.com", "-a.example"]
)
def test_host_that_looks_like_another_one_gets_no_key(host: str) -> None:
    with pytest.raises(JobError, match="may be taken for another one"):
        find_key_variable(f"https://{host}/v1", {"CALLWRIGHT_CHAT_KEY_API_OPENAI_COM": "key"})
