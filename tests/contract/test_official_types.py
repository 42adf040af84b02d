"""What is written for OpenAI and Azure fits OpenAI's own types, and what its client returns is read from a log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, Required

import pytest
from hypothesis import given, settings
from openai.types.chat import (
    ChatCompletion,
    ChatCompletionAssistantMessageParam,
    ChatCompletionDeveloperMessageParam,
    ChatCompletionSystemMessageParam,
    ChatCompletionToolMessageParam,
    ChatCompletionUserMessageParam,
)
from openai.types.responses import Response
from openai.types.shared_params import FunctionDefinition
from pydantic import ConfigDict, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from curation.formats import get_format
from curation.model.example import Example
from curation.model.reading import Reading
from curation.synthesizers import Order, get_synthesizer
from curation.synthesizers.shop import demo_tools
from tests.contract.test_formats import EXAMPLES, play

GOLDEN = Path(__file__).parents[1] / "data/golden"
STRICT = ConfigDict(extra="forbid", strict=True)


class TrainedAnswer(ChatCompletionAssistantMessageParam, total=False):
    """An assistant's turn of a training line, which may say that it is not learnt."""

    weight: Literal[0, 1]


class FunctionTool(TypedDict):
    """A definition of a function."""

    type: Literal["function"]
    function: FunctionDefinition


class Row(TypedDict, total=False):
    """What stands around the turns."""

    messages: Required[list[dict[str, Any]]]
    tools: list[FunctionTool]
    parallel_tool_calls: bool


def adapt(kind: Any) -> TypeAdapter[Any]:
    """The check of a type that takes no key it does not know."""
    return TypeAdapter(tuple[kind], config=STRICT)


TURNS = {
    "system": adapt(ChatCompletionSystemMessageParam),
    "developer": adapt(ChatCompletionDeveloperMessageParam),
    "user": adapt(ChatCompletionUserMessageParam),
    "assistant": adapt(TrainedAnswer),
    "tool": adapt(ChatCompletionToolMessageParam),
}
ROW = adapt(Row)


def prove(raw: bytes) -> None:
    """Raise where a row does not fit."""
    row = json.loads(raw)
    walk(ROW.validate_python((row,)))
    for message in row["messages"]:
        walk(TURNS[message["role"]].validate_python((message,)))


def walk(value: Any) -> None:
    """Lists are checked as they are walked through."""
    if isinstance(value, dict):
        for one in value.values():
            walk(one)
    elif not isinstance(value, str) and hasattr(value, "__iter__"):
        for one in value:
            walk(one)


def synthesised() -> Iterator[Example]:
    for one in get_synthesizer("schema_driven").draft(Order(demo_tools(), 100, seed=3)):
        yield one.example


@pytest.mark.parametrize("name", ["openai", "azure"])
def test_rows_of_sound_examples_fit_the_official_types(name: str) -> None:
    fmt = get_format(name)
    assert fmt.write is not None
    for example in synthesised():
        for row in fmt.write(example).rows:
            prove(row)


def test_golden_rows_of_azure_fit_the_official_types() -> None:
    for row in (GOLDEN / "azure.jsonl").read_bytes().splitlines():
        prove(row)


@settings(max_examples=60)
@given(example=EXAMPLES)
def test_whatever_is_written_for_azure_fits_the_official_types(example: Example) -> None:
    fmt = get_format("azure")
    assert fmt.write is not None
    for row in fmt.write(example).rows:
        prove(row)


SOUND = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [], "id": 1},
        {"messages": [{"role": "user", "content": "x", "label": {}}]},
        {"messages": [{"role": "assistant", "content": "x", "weight": 2}]},
        {"messages": [{"role": "assistant", "tool_calls": [{**SOUND, "index": 0}]}]},
        {"messages": [{"role": "assistant", "tool_calls": [{**SOUND, "function": {"name": "f", "arguments": {}}}]}]},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [], "tools": [{"name": "f"}]},
    ],
)
def test_the_proof_stops_at_what_does_not_fit(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        prove(json.dumps(row).encode())


def test_reply_of_the_client_is_read_from_a_log() -> None:
    example = play(["call"])
    fmt = get_format("openai")
    assert fmt.write is not None
    asked = json.loads(fmt.write(example).rows[0])
    message = {"role": "assistant", "content": None, "tool_calls": [SOUND]}
    choice = {"index": 0, "finish_reason": "tool_calls", "message": message, "logprobs": None}
    reply = {"id": "r", "created": 1, "model": "m", "object": "chat.completion", "choices": [choice]}
    dumped = ChatCompletion.model_validate(reply).model_dump_json()
    reading = get_format("traces").read(f'{{"request":{json.dumps(asked)},"response":{dumped}}}'.encode())
    assert isinstance(reading, Reading)
    assert [one.role for one in reading.example.messages[:-1]] == [one["role"] for one in asked["messages"]]
    calls = reading.example.messages[-1].calls
    assert calls
    assert (calls[0].id, calls[0].name) == ("c", "f")


def test_items_of_the_client_are_read() -> None:
    items = [
        {"type": "reasoning", "id": "rs", "summary": []},
        {"type": "function_call", "id": "fc", "call_id": "c", "name": "f", "arguments": "{}"},
    ]
    reply = {"id": "r", "created_at": 1, "model": "m", "object": "response", "output": items, "tools": []}
    reply |= {"parallel_tool_calls": True, "tool_choice": "auto"}
    dumped = Response.model_validate(reply).model_dump_json()
    fmt = get_format("responses")
    assert fmt.recognises(dumped.encode())
    reading = fmt.read(dumped.encode())
    assert isinstance(reading, Reading)
    (answer,) = reading.example.messages
    assert answer.calls
    assert (answer.calls[0].id, answer.calls[0].name) == ("c", "f")
