"""Azure's file check stops at keys it does not know; what is written for it holds none and says what was left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from curation.formats import Written, get_format
from curation.formats.azure import FORMAT
from curation.model.definition import Definition
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact
from curation.reading.rows import read_row

CALL = Call("f", Arguments("{}"), "call_1", "function")
TOOL = Definition('{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}')


def write(*messages: Message, **more: Any) -> Written:
    assert FORMAT.write is not None
    return FORMAT.write(Example(messages=messages, **more))


def written(*messages: Message, **more: Any) -> dict[str, Any]:
    (row,) = write(*messages, **more).rows
    value: dict[str, Any] = json.loads(row)
    return value


def lost(one: Written) -> list[str]:
    return sorted(loss.at for loss in one.losses)


def test_usual_row_is_that_of_openai_to_the_letter() -> None:
    turns = (
        Message("user", "Hi"),
        Message("assistant", None, (CALL,), weight=Exact("0")),
        Message("tool", "1", tool_call_id="call_1"),
        Message("assistant", "Done.", weight=Exact("1")),
    )
    example = Example(messages=turns, tools=(TOOL,))
    openai = get_format("openai")
    assert FORMAT.write is not None
    assert openai.write is not None
    assert FORMAT.write(example) == openai.write(example)
    assert FORMAT.copy is not None
    assert FORMAT.copy(encode(example)) == FORMAT.write(example).rows[0]


def test_unknown_keys_are_left_out_everywhere() -> None:
    call = Call("f", Arguments('{"a": 1.10}', "object"), "c", "function", {"index": "0"}, {"x": "1"})
    turn = Message("assistant", None, (call,), extra={"reasoning_content": '"hm"', "refusal": "null"})
    tool = Definition('{"type":"function","function":{"name":"f","x":1,"description":null},"cache_control":{}}')
    extra = {"id": "7", "parallel_tool_calls": "false"}
    one = write(turn, tools=(tool,), extra=extra)
    assert json.loads(one.rows[0]) == {
        "messages": [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a": 1.10}'}},
                ],
                "refusal": None,
            }
        ],
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "parallel_tool_calls": False,
    }
    assert lost(one) == [
        "/id",
        "/messages/0/reasoning_content",
        "/messages/0/tool_calls/0/function/x",
        "/messages/0/tool_calls/0/index",
        "/tools/0/cache_control",
        "/tools/0/function/description",
        "/tools/0/function/x",
    ]


def test_calls_and_results_get_what_they_lack() -> None:
    turns = (Message("assistant", "", (Call("f", Arguments("{}")),)), Message("tool", "1", name="f"))
    one = write(*turns)
    first, second = json.loads(one.rows[0])["messages"]
    assert first["tool_calls"][0]["id"] == second["tool_call_id"] == "call_1"
    assert first["tool_calls"][0]["type"] == "function"
    assert lost(one) == [
        "/messages/0/tool_calls/0/id",
        "/messages/0/tool_calls/0/type",
        "/messages/1/name",
        "/messages/1/tool_call_id",
    ]


def test_parts_of_a_result_become_one_text() -> None:
    parts = Exact('[{"type":"text","text":"one"},{"type":"text","text":"two"}]')
    row = written(Message("assistant", None, (CALL,)), Message("tool", parts, tool_call_id="call_1"))
    assert row["messages"][1]["content"] == "one\ntwo"


def test_weights_stand_on_assistant_turns_alone() -> None:
    one = write(Message("user", "Hi", weight=Exact("1")), Message("assistant", "Yes.", weight=Exact("2")))
    assert lost(one) == ["/messages/0/weight", "/messages/1/weight"]
    assert b"weight" not in one.rows[0]


@pytest.mark.parametrize("tools", [(), None])
def test_empty_tools_are_left_out(tools: Any) -> None:
    assert "tools" not in written(Message("user", "Hi"), tools=tools)


@pytest.mark.parametrize(
    ("messages", "extra", "words"),
    [
        ([], {}, "no list of messages"),
        ([Message("user", "Hi")], {"functions": "[]"}, "form of 2023"),
        ([Message("assistant", "x", extra={"function_call": "{}"})], {}, "form of 2023"),
        ([Message("function", "x")], {}, "the role `function`"),
        ([Message("user", UNSET)], {}, "no content"),
        ([Message("assistant", None)], {}, "no content"),
        ([Message("assistant", None, (Call("f"),))], {}, "without arguments"),
        ([Message("tool", "x")], {}, "without the id"),
        ([Message("tool", Exact('[{"type":"image_url"}]'), tool_call_id="a")], {}, "a part of the type `image_url`"),
        ([Message("user", Exact("5"))], {}, "neither text nor a list of parts"),
    ],
)
def test_what_the_check_would_stop_at_is_refused_in_a_sentence(
    messages: list[Message], extra: dict[str, str], words: str
) -> None:
    refused = write(*messages, extra=extra).refused or ""
    assert words in refused
    assert refused.endswith(".")


@pytest.mark.parametrize(
    "body",
    [
        b'{"messages":[]}',
        b'{"messages":[{"role":"user","content":"x"}],"id":1}',
        b'{"messages":[{"role":"user","content":"x","name":"n","x":1}]}',
        b'{"messages":[{"role":"user","content":"x"}],"tools":[]}',
        b'{"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f"}]}',
        b'{"messages":[{"role":"tool","content":"x"}]}',
        b'{"messages":[{"role":"assistant","content":null}]}',
        b'{"messages":[{"role":"assistant","content":"x","tool_calls":[]}]}',
        b'{"messages":[{"role":"user","content":"x","tool_calls":[]}]}',
        b'{"messages":[{"role":"assistant","content":"x","weight":null}]}',
        b'{"messages":[{"role":"assistant","content":"x","tool_call_id":null}]}',
        b'{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function",'
        b'"function":{"name":"f","arguments":{}}}]}]}',
    ],
)
def test_short_way_is_not_taken_where_something_has_to_go(body: bytes) -> None:
    assert isinstance(read_row(body), Reading)
    assert FORMAT.copy is not None
    assert FORMAT.copy(body) is None


def test_nothing_is_detected_as_a_variant() -> None:
    assert not FORMAT.recognises(b'{"messages":[{"role":"user","content":"x"}]}')
    assert FORMAT.variant_of == "openai"
