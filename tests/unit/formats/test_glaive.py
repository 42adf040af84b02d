"""Glaive's raw rows: a chat in one text, arguments in single quotes, tools in prose."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation.formats import detect_format, get_format
from curation.model.example import Message
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments
from curation.rules import check, judge

GLAIVE = get_format("glaive")
ROWS = (Path(__file__).parents[2] / "data/formats/glaive/rows.jsonl").read_bytes().splitlines()


def read(chat: str, system: str | None = None) -> Reading:
    row = {"chat": chat} if system is None else {"system": system, "chat": chat}
    reading = GLAIVE.read(json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def read_line(line: bytes) -> Reading:
    reading = GLAIVE.read(line)
    assert isinstance(reading, Reading)
    return reading


def call(value: str) -> Reading:
    return read(f"USER: Hi\n\n\nASSISTANT: <functioncall> {value} <|endoftext|>")


def calls_of(message: Message) -> list[tuple[object, object]]:
    return [(one.name, one.arguments) for one in message.calls or ()]


def test_rows_are_known_by_their_chat():
    assert [detect_format([line]).name for line in ROWS] == ["glaive"] * len(ROWS)


def test_chat_becomes_turns_and_prose_becomes_tools():
    example = read_line(ROWS[0]).example
    assert [message.role for message in example.messages] == [
        *("system", "user", "assistant", "tool", "assistant", "user", "assistant"),
    ]
    assert example.messages[0].content == (
        "You are a helpful assistant with access to the following functions. Use them if required -"
    )
    assert example.messages[3].tool_call_id == "call_1"
    assert example.messages[5].content == "Thanks.\nBye."
    assert isinstance(example.tools, tuple)
    assert [tool.view.name for tool in example.tools] == ["get_exchange_rate", "send_email"]
    assert example.tools[1].text == (
        '{"type":"function","function":{"name":"send_email","description":"Send an email",'
        '"parameters":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}}}'
    )


def test_arguments_in_single_quotes_keep_every_character():
    (one,) = read_line(ROWS[0]).example.messages[2].calls or ()
    assert one.arguments == Arguments('{"base_currency": "USD", "target_currency": "EUR", "amount": 500.10}')


@pytest.mark.parametrize("line", ROWS[:2])
def test_sound_rows_have_no_errors(line: bytes):
    reading = read_line(line)
    assert reading.findings == ()
    errors = [one.finding.code for one in judge(check(reading)) if one.severity is Severity.ERROR]
    assert [code for code in errors if code != "A04"] == []


def test_escaped_apostrophe_is_mended_and_said():
    reading = read_line(ROWS[2])
    message = reading.example.messages[2]
    assert message.content == "I will do that."
    assert calls_of(message) == [("send_email", Arguments('{"text": "I\'m late"}'))]
    assert [(finding.code, finding.at) for finding in reading.findings] == [("J12", "/messages/2/tool_calls")]


@pytest.mark.parametrize(
    ("value", "arguments"),
    [
        ("""{"name": "f", "arguments": '{"text": "it's 5"}'}""", Arguments('{"text": "it\'s 5"}')),
        ('{"name": "f", "arguments": {"a": 1.10}}', Arguments('{"a": 1.10}', "object")),
        ('{"name": "f", "arguments": "{\\"a\\": 1}"}', Arguments('{"a": 1}')),
        ('{"name": "f"}', UNSET),
        ("""{"name": "f", "arguments": '{\n "a": 1\n}'}""", Arguments('{\n "a": 1\n}')),
        ("""{"name": "f", "arguments": '{"a": 1}'} </functioncall>""", Arguments('{"a": 1}')),
    ],
)
def test_arguments_in_any_quotes(value: str, arguments: object):
    reading = call(value)
    assert calls_of(reading.example.messages[1]) == [("f", arguments)]
    assert reading.findings == ()


def test_arguments_of_python_are_read_and_said():
    reading = call("""{"name": "f", "arguments": '{"a": True}'}""")
    assert calls_of(reading.example.messages[1]) == [("f", Arguments('{"a":true}'))]
    assert [finding.code for finding in reading.findings] == ["J12"]


def test_arguments_nobody_understands_stay_and_are_found():
    reading = call("""{"name": "f", "arguments": '{"a": oops}'}""")
    assert calls_of(reading.example.messages[1]) == [("f", Arguments('{"a": oops}'))]
    assert "J12" in {finding.code for finding in check(reading)}


def test_what_follows_the_mark_and_is_no_call_stays_a_text():
    reading = call("get_weather()")
    assert reading.example.messages[1].content == "<functioncall> get_weather()"
    assert [(finding.code, finding.at) for finding in reading.findings] == [("J12", "/messages/1/content")]


def test_text_before_the_first_turn_and_other_keys_are_kept():
    reading = GLAIVE.read(json.dumps({"chat": "Note.\nUSER: Hi", "system": None, "id": 7}).encode())
    assert isinstance(reading, Reading)
    assert reading.example.messages[0] == Message(content="Note.")
    assert reading.example.extra == {"system": "null", "id": "7"}


def test_words_in_capitals_inside_a_line_are_no_turn():
    messages = read("USER: Which USER: field?\n\nASSISTANT: The first. <|endoftext|> USER: Thanks").example.messages
    assert [message.content for message in messages] == ["Which USER: field?", "The first.", "Thanks"]


def test_places_lead_to_the_chat_and_the_system_text():
    places = read_line(ROWS[0]).places
    assert [places.outer(at).at for at in ("/messages/2/tool_calls/0/function/arguments/a", "/tools/1/function")] == [
        "/chat",
        "/system",
    ]
    assert places.outer("/messages/0/content").at == "/system"
    assert places.outer("/messages/3/content").inside == "/2"


def test_lines_and_marks_around_a_turn_are_no_part_of_it():
    chat = "\n \nUSER: a <|endoftext|> b\n\n \t\nASSISTANT: c\n <|endoftext|>  <|endoftext|>\n<|endoftext|>\nUSER:  d  "
    messages = read(chat).example.messages
    assert [(message.role, message.content) for message in messages] == [
        ("user", "a <|endoftext|> b"),
        ("assistant", "c"),
        ("user", "d"),
    ]
