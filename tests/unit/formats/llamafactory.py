"""What LLaMA-Factory is documented to do with a ShareGPT row, by itself: nothing here knows how the rows are written.

`load_row` keeps a row, drops it or stops the run as the trainer does. Numbers come back as their text, so that none can
change unnoticed.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

THOUGHT = re.compile(r"<think>(.*?)</think>", re.DOTALL)


class DroppedError(Exception):
    """The trainer logs one line and leaves the row out."""


class StoppedError(Exception):
    """The whole run ends."""


class Turn(NamedTuple):
    role: str
    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()


class Loaded(NamedTuple):
    system: str
    tools: tuple[tuple[str, str, Any], ...]
    """Name, description and parameters."""
    turns: tuple[Turn, ...]


def parse(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str)


def load_row(line: bytes, entry: dict[str, Any]) -> Loaded:
    """A row through one entry of `dataset_info.json`."""
    assert entry["formatting"] == "sharegpt"
    columns, tags = entry["columns"], entry["tags"]
    row = json.loads(line)
    try:
        turns, system, tools = row[columns["messages"]], row[columns["system"]], row[columns["tools"]]
    except KeyError as error:
        raise StoppedError(f"no column {error}") from error
    if turns and turns[0][tags["role_tag"]] == tags["system_tag"]:
        system, turns = turns[0][tags["content_tag"]], turns[1:]
    allowed = (
        (tags["user_tag"], tags["observation_tag"]),
        (tags["assistant_tag"], tags["function_tag"]),
    )
    for position, turn in enumerate(turns):
        if turn[tags["role_tag"]] not in allowed[position % 2]:
            raise DroppedError(f"role at {position}")
    if not turns or len(turns) % 2:
        raise DroppedError("count")
    pairs = [(turn[tags["role_tag"]], turn[tags["content_tag"]]) for turn in turns]
    read = tuple(read_turn(role, value, is_call=role == tags["function_tag"]) for role, value in pairs)
    return Loaded(system or "", read_tools(tools or ""), read)


def read_turn(role: str, value: str, *, is_call: bool) -> Turn:
    if not isinstance(value, str):
        raise StoppedError("a value that is no text")
    if not is_call:
        return Turn(role, value)
    thought = THOUGHT.search(value)
    text = value.replace(thought.group(0), "") if thought else value
    try:
        json.loads(text)
        given = parse(text)
        calls = given if isinstance(given, list) else [given]
        return Turn(role, "", tuple((call["name"], need_object(call["arguments"])) for call in calls))
    except (ValueError, KeyError, TypeError) as error:
        raise StoppedError(f"a call that is no call: {error}") from error


def need_object(arguments: Any) -> dict[str, Any]:
    """A text would be encoded a second time."""
    if not isinstance(arguments, dict):
        raise StoppedError("arguments that are no object")
    return arguments


def read_tools(text: str) -> tuple[tuple[str, str, Any], ...]:
    """The definitions, looked into as the default tool format does."""
    if not text:
        return ()
    read: list[tuple[str, str, Any]] = []
    try:
        json.loads(text)
        for tool in parse(text):
            function = tool["function"] if tool.get("type") == "function" else tool
            parameters = function["parameters"]
            for name, schema in parameters["properties"].items():
                assert name in parameters.get("required", []) or schema.get("type", "") is not None
            read.append((function["name"], function.get("description", ""), parameters))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoppedError(f"tools that stop the run: {error}") from error
    return tuple(read)
