"""Mistral rows: what its own validators take, with every decision in a row of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mistral_common.protocol.instruct.messages import (
    FinetuningAssistantMessage,
    SystemMessage,
    ToolMessage,
    UserMessage,
)
from mistral_common.protocol.instruct.tool_calls import Tool
from mistral_common.protocol.instruct.validator import ValidationMode, get_validator
from mistral_common.tokens.tokenizers.base import TokenizerVersion

from curation.formats import detect_format, get_format
from curation.formats.context import is_learnt
from curation.formats.contract import Written
from curation.formats.mistral import FORMAT
from curation.formats.mistral_ids import has_form, make_ids, read_id
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.reading import Place, Reading
from curation.model.values import UNSET, Arguments, Exact
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools

DATA = Path(__file__).parents[2] / "data"
TOOL = Definition(
    '{"type": "function", "function": {"name": "f", "description": "F.", "parameters": {"type": "object", "x": 1.10}}}'
)
VALIDATORS = [
    get_validator(version, ValidationMode.finetuning)
    for version in (TokenizerVersion.v3, TokenizerVersion.v7, TokenizerVersion.v11, TokenizerVersion.v13)
]
KINDS: dict[str, type[Any]] = {
    "system": SystemMessage,
    "user": UserMessage,
    "assistant": FinetuningAssistantMessage,
    "tool": ToolMessage,
}
USER = Message("user", "Do it.")
END = Message("assistant", "Done.")


def call(*ids: object, text: str = '{"a": 1.10}', content: str | None = None) -> Message:
    calls = tuple(Call("f", Arguments(text), one, "function") for one in ids)  # type: ignore[arg-type]
    return Message("assistant", content, calls)


def result(call_id: object, content: str = "5") -> Message:
    return Message("tool", content, tool_call_id=call_id)  # type: ignore[arg-type]


def write(*messages: Message, tools: tuple[Definition, ...] = (TOOL,)) -> Written:
    assert FORMAT.write is not None
    return FORMAT.write(Example(messages=messages, tools=tools))


def read(raw: bytes | dict[str, Any]) -> Reading:
    reading = FORMAT.read(raw if isinstance(raw, bytes) else json.dumps(raw).encode())
    assert isinstance(reading, Reading)
    return reading


def ask_validators(row: bytes) -> None:
    """Build the row's messages as the trainer does and let every version judge them; raises what they raise."""
    data = json.loads(row)
    assert data.keys() <= {"messages", "tools"}
    messages = [KINDS[message["role"]].model_validate(message) for message in data["messages"]]
    tools = [Tool.model_validate(tool) for tool in data.get("tools", ())]
    for tool in data.get("tools", ()):
        assert tool["function"].keys() == {"name", "description", "parameters"}
    for validator in VALIDATORS:
        validator.validate_messages(messages)
        validator._validate_tools(tools)


def samples() -> Iterator[Example]:
    for line in (DATA / "openai_sft/stock_rows.jsonl").read_bytes().splitlines():
        yield need(get_format("openai").read(line)).example
    for render in (DATA / "chat_templates/renders.jsonl").read_text().splitlines():
        one = json.loads(render)
        row = {"messages": one["messages"], "tools": one["tools"]}
        yield need(get_format("openai").read(json.dumps(row).encode())).example
    for drafted in get_synthesizer("schema_driven").draft(Order(demo_tools(), 60, seed=5)):
        yield drafted.example


def need(reading: object) -> Reading:
    assert isinstance(reading, Reading)
    return reading


def test_validators_take_every_row_of_every_sample() -> None:
    n_rows = n_decisions = 0
    for example in samples():
        written = FORMAT.write(example) if FORMAT.write else Written()
        assert written.refused is None
        n_decisions += sum(map(is_learnt, example.messages))
        for row in written.rows:
            ask_validators(row)
            n_rows += 1
    assert n_rows == n_decisions > 100


def test_arguments_and_definitions_keep_their_characters() -> None:
    text = '{ "a" : 1.10,\n"n": 12345678901234567890, "é": "\\u00e9"}'
    (row,) = write(USER, call("call_1", text=text)).rows
    data = json.loads(row)
    assert data["messages"][1]["tool_calls"][0]["function"]["arguments"] == text
    assert TOOL.text.encode() in row


def test_only_the_last_answer_of_a_row_is_learnt() -> None:
    rows = [json.loads(row) for row in write(USER, call("call_1"), result("call_1"), END).rows]
    weights = [[turn.get("weight", 1) for turn in row["messages"] if turn["role"] == "assistant"] for row in rows]
    assert weights == [[1], [0, 1]]


def test_turn_of_weight_zero_gets_no_row() -> None:
    shown = Message("assistant", "Well.", weight=Exact("0"))
    written = write(USER, shown, USER, END)
    assert len(written.rows) == 1
    assert written.losses == ()
    assert read(written.rows[0]).example.messages[1] == shown


# -- ids -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call_id", ["call_0", "call_1", "call_99999", "a1B2c3D4e"])
def test_id_is_read_back(call_id: str) -> None:
    new = make_ids([call_id])[call_id]
    assert has_form(new)
    assert read_id(new) == call_id


@pytest.mark.parametrize("call_id", ["call_01", "call_100000", "x", "", "call00001", "call_1\n", "call_\u0661"])
def test_any_other_id_is_listed(call_id: str) -> None:
    new = make_ids([call_id])[call_id]
    assert has_form(new)
    assert [loss.at for loss in write(USER, call(call_id)).losses] == ["/messages/1/tool_calls/0/id"]


def test_ids_never_meet() -> None:
    ids = ["call00001", "call_1", "x", "y", "call_01"]
    made = make_ids(ids)
    assert len(set(made.values())) == len(ids)
    assert made["call_1"] == "call00001"
    assert make_ids(reversed(ids))["call_1"] == "call00001"


def test_results_follow_their_calls_to_the_new_ids() -> None:
    messages = (USER, call("one", "two"), result("two", "2"), result("one", "1"), END)
    row = json.loads(write(*messages).rows[-1])
    calls = [one["id"] for one in row["messages"][1]["tool_calls"]]
    assert [turn["tool_call_id"] for turn in row["messages"][2:4]] == calls[::-1]


def test_missing_ids_are_made() -> None:
    written = write(USER, call(UNSET), result(UNSET), END)
    assert [loss.at for loss in written.losses] == ["/messages/1/tool_calls/0/id", "/messages/2/tool_call_id"]
    ask_validators(written.rows[-1])


# -- what a row cannot hold ----------------------------------------------------------------------------------------


def test_text_beside_a_call_is_listed() -> None:
    written = write(USER, call("call_1", content="Wait."))
    assert [loss.what for loss in written.losses] == ["text beside the call"]
    ask_validators(written.rows[0])


def test_definition_gets_what_it_lacks() -> None:
    written = write(USER, END, tools=(Definition('{"name": "g", "strict": true}'),))
    assert {loss.at for loss in written.losses} == {"/tools/0/description", "/tools/0/strict"}
    ask_validators(written.rows[0])


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ((USER,), "no assistant turn"),
        ((END,), "answers nobody"),
        ((USER, Message("assistant", "")), "says nothing"),
        ((USER, Message("assistant", None)), "no content"),
        ((Message("user", Exact("[]")), END), "no plain text"),
        ((USER, call("call_1", text="[1]")), "no sound JSON object"),
        ((USER, call("a", "a")), "two calls with the same id"),
        ((USER, Message("assistant", None, (Call("a.b", Arguments("{}"), "x", "function"),))), "`a.b`"),
        ((USER, result("x"), END), "answers no open call"),
        ((USER, Message("judge", "x"), END), "`judge`"),
    ],
)
def test_what_no_row_can_hold_is_refused(messages: tuple[Message, ...], words: str) -> None:
    written = write(*messages)
    assert written.rows == ()
    assert words in (written.refused or "")


@pytest.mark.parametrize(
    ("messages", "words"),
    [
        ((USER, call("call_1"), USER, END), "before every call has its result"),
        ((USER, call("call_1"), END), "before every call has its result"),
        ((USER, END, Message("system", "Be kind."), END), "one, before all other turns"),
        ((USER, END, USER), "after the last answer"),
    ],
)
def test_rows_end_where_the_trainer_would_stop(messages: tuple[Message, ...], words: str) -> None:
    written = write(*messages)
    assert len(written.rows) == 1
    assert words in written.losses[-1].what


def test_tool_with_a_name_the_trainer_refuses() -> None:
    assert "Tool 1 has the name `a b`" in (write(USER, END, tools=(Definition('{"name": "a b"}'),)).refused or "")


# -- reading -------------------------------------------------------------------------------------------------------

OLD = {
    "system_prompt": "Be kind.",
    "available_tools": [json.loads(TOOL.text)],
    "interactions": [{"role": "user", "text": "Do it."}, {"role": "assistant", "text": "Done."}],
}


def test_older_names_are_read() -> None:
    reading = read(OLD)
    assert reading.example.messages == (Message("system", "Be kind."), USER, END)
    assert isinstance(reading.example.tools, tuple)
    assert [tool.view.name for tool in reading.example.tools] == ["f"]
    assert reading.places.outer("/messages/2/content") == Place("/interactions/1/text")
    assert reading.places.outer("/messages/0/content") == Place("/system_prompt")
    assert reading.places.outer("/tools/0/function/name") == Place("/available_tools/0/function/name")


def test_rows_with_two_names_for_one_thing_stay_as_they_are() -> None:
    example = read(OLD | {"messages": []}).example
    assert example.messages == ()
    assert "interactions" in example.extra


def test_rows_are_told_by_their_ids() -> None:
    rows = write(USER, call("call_1"), result("call_1"), END).rows
    assert detect_format(rows) is FORMAT
    assert FORMAT.recognises(json.dumps(OLD).encode())
    plain = json.dumps({"messages": [{"role": "user", "content": "x"}]}).encode()
    assert not FORMAT.recognises(plain)
    assert detect_format([plain, *rows]) is FORMAT
