"""Scenario records: a request, its calls, the responses to them, and the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curation.formats import detect_format, get_format
from curation.formats.self_test import check_export
from curation.model.example import Call, Example, Label, Message
from curation.model.finding import Severity
from curation.model.reading import Reading
from curation.model.values import Arguments, Exact
from curation.rules import check, judge

LINES = (Path(__file__).parents[2] / "data/formats/scenario/rows.jsonl").read_bytes().splitlines()
FORMAT = get_format("scenario")


def read(row: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    return reading


def write(example: Example) -> dict[str, Any]:
    assert FORMAT.write is not None
    (row,) = FORMAT.write(example).rows
    record: dict[str, Any] = json.loads(row)
    return record


def call(order: str = "A-77", given: str = "call_1") -> Call:
    return Call("track_order", Arguments(f'{{"order_id":"{order}"}}'), given, "function")


@pytest.mark.parametrize("row", LINES)
def test_record_is_known_sound_and_goes_out_as_it_came_in(row: bytes) -> None:
    assert detect_format([row]).name == "scenario"
    example = read(row).example
    judged = judge(check(Reading(example)))
    assert [one.finding.message for one in judged if one.severity is Severity.ERROR] == []
    assert FORMAT.write is not None
    written = FORMAT.write(example)
    assert [one for one in check_export(FORMAT, example, written) if one.code == "X10"] == []
    assert read(written.rows[0]).example == example


def test_each_entry_of_calls_is_a_turn_and_its_responses_follow_it() -> None:
    turns = read(LINES[2]).example.messages
    assert [turn.role for turn in turns] == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert [turn.tool_call_id for turn in turns if turn.role == "tool"] == ["call_1", "call_2"]


def test_calls_in_a_list_of_their_own_are_made_together() -> None:
    turns = read(LINES[1]).example.messages
    assert [turn.role for turn in turns] == ["system", "user", "assistant", "tool", "tool", "assistant"]
    assert [one.id for one in turns[2].calls or ()] == ["call_1", "call_2"]


def test_response_keeps_its_exact_text() -> None:
    assert read(LINES[0]).example.messages[2].content == '{"state": "shipped","weight":1.50}'


def test_calls_without_responses_stand_in_one_turn() -> None:
    row = {"query": "Both?", "calls": [{"name": "f", "arguments": {}}, {"name": "g", "arguments": {}}]}
    (_, turn) = read(row).example.messages
    assert [one.name for one in turn.calls or ()] == ["f", "g"]


def test_other_words_for_name_and_arguments_are_taken() -> None:
    row = {"query": "Go", "calls": [{"tool": "f", "args": {"a": 1}}], "responses": ["done"], "answer": "Done."}
    made = read(row).example.messages[1].calls or ()
    assert (made[0].name, made[0].arguments) == ("f", Arguments('{"a": 1}', "object"))


def test_a_finding_points_into_the_record() -> None:
    row = {"query": "Go", "calls": [{"name": "f", "arguments": "{'a': 1}"}], "responses": ["done"], "answer": "Done."}
    reading = read(row)
    assert reading.places.outer("/messages/1/tool_calls/0/function/arguments").at == "/calls/0/arguments"


def test_entry_that_is_no_call_is_kept_for_the_rules() -> None:
    reading = read({"query": "Go", "calls": ["f()"], "responses": [], "answer": "Done."})
    judged = judge(check(reading))
    assert any(one.severity is Severity.ERROR for one in judged)
    assert (reading.example.messages[1].calls or ())[0].whole == Exact('"f()"')


def test_more_responses_than_calls_are_kept_for_the_rules() -> None:
    reading = read({"query": "Go", "calls": [{"name": "f", "arguments": {}}], "responses": ["a", "b"], "answer": "D."})
    assert [turn.content for turn in reading.example.messages if turn.role == "tool"] == ["a", "b"]
    assert any(one.severity is Severity.ERROR for one in judge(check(reading)))


def test_earlier_requests_stand_in_the_history_to_the_letter() -> None:
    example = Example(
        (
            Message("user", "Hello"),
            Message("assistant", "Hello. What can I do?"),
            Message("user", "Where is A-77?"),
            Message("assistant", None, (call(),)),
            Message("tool", '{"state":"shipped"}', tool_call_id="call_1"),
            Message("assistant", "It is shipped."),
        )
    )
    record = write(example)
    assert [turn["role"] for turn in record["history"]] == ["user", "assistant"]
    assert (record["query"], record["answer"]) == ("Where is A-77?", "It is shipped.")
    assert "more" not in record


def test_ids_of_their_own_are_written_with_the_call() -> None:
    turns = (
        Message("user", "Where is A-77?"),
        Message("assistant", None, (call(given="abc"),)),
        Message("tool", "shipped", tool_call_id="abc"),
    )
    assert write(Example(turns))["calls"] == [{"id": "abc", "name": "track_order", "arguments": {"order_id": "A-77"}}]


def test_call_that_is_not_learnt_keeps_its_weight_among_the_turns() -> None:
    turns = (
        Message("user", "Where is A-77?"),
        Message("assistant", None, (call(),), weight=Exact("0")),
        Message("tool", "gone", tool_call_id="call_1"),
    )
    record = write(Example(turns))
    assert record["calls"] == []
    assert record["more"][0]["weight"] == 0


def test_labels_are_named_as_lost_and_a_row_without_a_request_is_refused() -> None:
    assert FORMAT.write is not None
    thanks = Message("assistant", "You are welcome.", label=Label(reason="small_talk"))
    written = FORMAT.write(Example((Message("user", "Thanks"), thanks)))
    assert [(loss.at, loss.what) for loss in written.losses] == [("/messages/1/label", "label")]
    assert "no query" in (FORMAT.write(Example((thanks,))).refused or "")
