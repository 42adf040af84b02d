"""Axolotl rows: marks of training, and that nothing changes on the way the trainer takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from curation.formats import detect_format, get_format
from curation.formats.contract import Written
from curation.formats.self_test import check_export
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.reading import Reading
from curation.model.values import UNSET, Arguments, Exact
from tests.contract.test_formats import EXAMPLES

AXOLOTL = get_format("axolotl")
ROWS = (Path(__file__).parents[2] / "data/formats/axolotl/rows.jsonl").read_bytes().splitlines()


def read(row: object) -> Example:
    reading = AXOLOTL.read(row if isinstance(row, bytes) else json.dumps(row).encode())
    assert isinstance(reading, Reading)
    assert reading.findings == ()
    return reading.example


def write(*messages: Message, **row: Any) -> Written:
    assert AXOLOTL.write is not None
    return AXOLOTL.write(Example(messages=messages, **row))


def test_rows_are_known_by_their_marks():
    assert [detect_format([row]).name for row in ROWS] == ["axolotl"] * len(ROWS)


def test_untrained_answer_gets_weight_0_and_marks_that_say_nothing_new_are_gone():
    messages = read(ROWS[0]).messages
    assert [message.weight for message in messages] == [UNSET, UNSET, Exact("0"), UNSET, UNSET, UNSET, UNSET]
    assert all("train" not in message.extra for message in messages)


def test_turns_of_from_and_value_are_read_with_their_marks():
    messages = read(ROWS[1]).messages
    assert [message.role for message in messages] == ["system", "user", "assistant", "user", "assistant"]
    assert messages[3].extra == {"train": "true"}, "a user's turn that is trained is no usual thing"
    assert "train_detail" in messages[4].extra


def test_arguments_come_as_text_or_as_an_object():
    calls = [(read(row).messages[at].calls or ())[0].arguments for row, at in ((ROWS[0], 2), (ROWS[2], 1))]
    assert calls == [Arguments('{"city": "Lion"}'), Arguments('{"city": "Bonn"}', "object")]


@pytest.mark.parametrize("line", ROWS)
def test_rows_come_out_as_they_went_in_but_for_what_is_listed(line: bytes):
    assert not [finding for finding in check_export(AXOLOTL, read(line)) if finding.code == "X10"]


def test_each_turn_says_whether_it_is_trained():
    call = Call("f", Arguments('{"a":1.10}', "object"), "x", "function")
    failed = Message("assistant", None, (call,), weight=Exact("0"))
    written = write(
        Message("user", "Hi"), failed, Message("tool", "no", tool_call_id="x"), Message("assistant", "Well.")
    )
    messages = json.loads(written.rows[0])["messages"]
    assert [message["train"] for message in messages] == [False, False, False, True]
    assert messages[1]["tool_calls"][0]["function"]["arguments"] == '{"a":1.10}'
    assert not written.losses


@pytest.mark.parametrize(
    ("messages", "row", "why"),
    [
        ([], {}, "The row has no turns"),
        ([Message("user")], {}, "Turn 1 has no content"),
        ([Message(None, "Hi")], {}, "Turn 1 has no role"),
        ([Message("assistant", "", (Call("f", Arguments("{'a': 1}")),))], {}, "arguments that are no sound JSON"),
        ([Message("assistant", "", (Call("f"),))], {}, "arguments that are no sound JSON"),
        ([Message("user", "Hi")], {"extra": {"tools": '"x"'}}, "The tools are no list"),
    ],
)
def test_what_would_stop_the_trainer_is_refused(messages: list[Message], row: dict[str, Any], why: str):
    assert why in (write(*messages, **row).refused or "")


def test_configuration_reads_the_rows_as_they_are_written():
    assert AXOLOTL.companions is not None
    files = {"train": "d.train.jsonl", "validation": "d.validation.jsonl", "test": "d.test.jsonl"}
    made = AXOLOTL.companions(files)
    assert made == AXOLOTL.companions(files)
    config = yaml.safe_load(made["axolotl.yaml"])
    (dataset,), (checked,) = config["datasets"], config["test_datasets"]
    assert (dataset["path"], checked["path"]) == ("d.train.jsonl", "d.validation.jsonl")
    assert (dataset["type"], dataset["message_field_training"], dataset["roles_to_train"]) == (
        "chat_template",
        "train",
        [],
    )
    row = json.loads(write(Message("user", "Hi"), Message("assistant", "Well."), tools=()).rows[0])
    assert {dataset["field_messages"], dataset["field_tools"]} == set(row)
    assert set(dataset["message_property_mappings"].values()) <= set(row["messages"][0])
    assert "test_datasets" not in yaml.safe_load(AXOLOTL.companions({"test": "d.jsonl"})["axolotl.yaml"])


# -- what the trainer makes of it ------------------------------------------------------------------------------------


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value if inner is not None] if isinstance(value, list) else value


@settings(max_examples=25)
@given(example=EXAMPLES)
def test_trainer_finds_every_call_argument_and_tool(example: Example):
    """The trainer takes out nulls, parses texts of arguments and tools, and needs a role and a content in each turn."""
    assert AXOLOTL.write is not None
    for line in AXOLOTL.write(example).rows:
        row = without_nulls(json.loads(line))
        tools = json.loads(row["tools"], parse_float=str, parse_int=str) if "tools" in row else []
        own = example.tools if isinstance(example.tools, tuple) else ()
        assert tools == [json.loads(tool.text, parse_float=str, parse_int=str) for tool in own]
        for turn, message in zip(row["messages"], example.messages, strict=True):
            assert turn["role"] == message.role
            assert turn["content"] == message.content or not message.content or isinstance(message.content, Exact)
            assert turn["train"] == (message.role == "assistant" and message.weight != Exact("0"))
            for call, given_call in zip(turn.get("tool_calls", []), message.calls or (), strict=True):
                assert isinstance(given_call.arguments, Arguments)
                assert isinstance(json.loads(call["function"]["arguments"]), dict)
                assert call["function"]["arguments"] == given_call.arguments.text


def test_nulls_inside_a_schema_or_arguments_stay():
    tool = Definition('{"type":"function","function":{"name":"f","parameters":{"default":null}}}')
    call = Call("f", Arguments('{"a":null}'), "x", "function")
    line = write(Message("user", "Hi"), Message("assistant", None, (call,)), tools=(tool,)).rows[0]
    row = without_nulls(json.loads(line))
    assert json.loads(row["tools"]) == [json.loads(tool.text)]
    assert json.loads(row["messages"][1]["tool_calls"][0]["function"]["arguments"]) == {"a": None}
