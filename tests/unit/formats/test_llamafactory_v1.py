"""LLaMA-Factory's v1 rows: parts become thoughts, text and calls, and become parts again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import detect_format, get_format
from curation.formats.contract import Written
from curation.formats.self_test import check_export
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact

V1 = get_format("llamafactory_v1")
ROWS = (Path(__file__).parents[2] / "data/formats/llamafactory_v1/reason_rows.jsonl").read_bytes().splitlines()


def read(*messages: object, **row: object) -> Reading:
    reading = V1.read(json.dumps({"messages": messages, **row}).encode())
    assert isinstance(reading, Reading)
    return reading


def write(*messages: Message, **row: Any) -> Written:
    assert V1.write is not None
    return V1.write(Example(messages=messages, **row))


def part(kind: str, value: object) -> dict[str, object]:
    return {"type": kind, "value": value}


def answer(*parts: object, **more: object) -> dict[str, object]:
    return {"role": "assistant", "content": list(parts), **more}


CALL = '{"name": "f", "arguments": {"a": 1.10}}'


@pytest.mark.parametrize("line", ROWS)
def test_rows_of_the_trainer_go_in_and_come_out_with_every_part(line: bytes):
    assert detect_format([line]).name == "llamafactory_v1"
    reading = V1.read(line)
    assert isinstance(reading, Reading)
    assert reading.findings == ()
    assert V1.write is not None
    written = V1.write(reading.example)
    assert not written.losses
    assert check_export(V1, reading.example) == ()
    given, back = json.loads(line), json.loads(written.rows[0])
    assert json.loads(back["tools"]) == json.loads(given["tools"])
    # One result turn for several calls is read as one result a call, so it comes out as several turns.
    assert [flat(one) for one in back["messages"] if one["role"] != "tool"] == [
        flat(one) for one in given["messages"] if one["role"] != "tool"
    ]


def flat(message: dict[str, Any]) -> tuple[str, list[tuple[str, Any]]]:
    return message["role"], [
        (one["type"], json.loads(one["value"]) if one["type"] == "tool_call" else one["value"])
        for one in message["content"]
    ]


def test_parts_become_thought_text_and_calls_with_their_places():
    reading = read(answer(part("reasoning", "Hm."), part("text", "Wait."), part("tool_call", CALL)))
    (message,) = reading.example.messages
    (call,) = message.calls or ()
    assert (message.extra, message.content) == ({"reasoning_content": '"Hm."'}, "Wait.")
    assert (call.name, call.arguments, call.id) == ("f", Arguments('{"a": 1.10}', "object"), "call_1")
    place = reading.places.outer("/messages/0/tool_calls/0/function/arguments/a")
    assert (place.at, place.inside) == ("/messages/0/content/2/value", "/arguments/a")
    assert reading.places.outer("/messages/0/content").at == "/messages/0/content/1/value"
    assert reading.places.outer("/messages/0/reasoning_content").at == "/messages/0/content/0/value"


@pytest.mark.parametrize(
    "parts",
    [
        [part("text", "a"), part("text", "b")],
        [part("tool_call", CALL), part("text", "after")],
        [{"type": "text", "value": "a", "lang": "en"}],
    ],
)
def test_parts_that_say_more_than_the_turn_are_kept_as_given(parts: list[Any]):
    (message,) = read(answer(*parts)).example.messages
    assert json.loads(message.extra["content_parts"]) == parts
    assert message.content == "".join(one["value"] for one in parts if one["type"] == "text")


def test_parts_of_an_unknown_kind_stay_as_they_are():
    (message,) = read(answer(part("image_url", "x.png"), part("text", "See"))).example.messages
    assert isinstance(message.content, Exact)
    assert json.loads(message.content.json) == [part("image_url", "x.png"), part("text", "See")]


def test_broken_call_stays_a_text_with_a_finding():
    reading = read(answer(part("tool_call", "f()")))
    assert (reading.example.messages[0].content, reading.example.messages[0].calls) == ("f()", None)
    assert [(finding.code, finding.at) for finding in reading.findings] == [("J12", "/messages/0/content")]


def test_results_answer_the_calls_in_order():
    tool = {"role": "tool", "content": [part("text", '["x", {"b": 2.0}]')]}
    messages = read(answer(part("tool_call", CALL), part("tool_call", CALL)), tool).example.messages
    assert [(one.content, one.tool_call_id) for one in messages[1:]] == [("x", "call_1"), ('{"b": 2.0}', "call_2")]


@pytest.mark.parametrize(
    ("role", "given", "weight", "left"),
    [
        ("assistant", 0.0, Exact("0"), {}),
        ("assistant", 1.0, Exact("1"), {}),
        ("assistant", 0.5, Exact("0.5"), {}),
        ("user", 0.0, UNSET, {}),
        ("user", 1.0, UNSET, {"loss_weight": "1.0"}),
    ],
)
def test_weights_of_the_loss(role: str, given: float, weight: object, left: dict[str, str]):
    row = {"role": role, "content": [part("text", "x")], "loss_weight": given}
    (message,) = read(row).example.messages
    assert (message.weight, message.extra) == (weight, left)


def test_weights_are_written_as_the_trainer_reads_them():
    turns = [Message("assistant", "a", weight=Exact(weight)) for weight in ("0", "1", "0.5")]
    row = json.loads(write(*turns).rows[0])
    assert [one["loss_weight"] for one in row["messages"]] == [0.0, 1.0, 0.5]


def test_text_beside_calls_and_broken_arguments_are_held():
    broken = Call("f", Arguments("{'a': 1}"), "call_1", "function")
    written = write(Message("assistant", "Look.", (broken,)))
    assert written.losses == ()
    row = json.loads(written.rows[0])
    assert row["messages"][0]["content"][0] == part("text", "Look.")
    assert json.loads(row["messages"][0]["content"][1]["value"]) == {"name": "f", "arguments": "{'a': 1}"}


@pytest.mark.parametrize(
    ("messages", "row", "why"),
    [
        ([Message("user", Exact("[1]"))], {}, "Turn 1 has content that is not plain text"),
        ([Message("judge", "x")], {}, "Turn 1 has the role `judge`"),
        ([Message("assistant", None, (Call(None, Arguments("{}")),))], {}, "a call without a name"),
        ([Message("tool", "x", tool_call_id="y")], {}, "answers no open call"),
        ([], {"extra": {"messages": "7"}}, "no list"),
    ],
)
def test_what_no_row_holds_is_refused(messages: list[Message], row: dict[str, Any], why: str):
    assert why in (write(*messages, **row).refused or "")


def test_result_that_would_be_taken_apart_is_refused():
    calls = tuple(Call("f", Arguments("{}"), f"call_{n}", "function") for n in (1, 2))
    written = write(Message("assistant", None, calls), Message("tool", "[1, 2]", tool_call_id="call_1"))
    assert "read as those of all calls" in (written.refused or "")
