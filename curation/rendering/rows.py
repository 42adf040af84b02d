"""Training rows as a chat template wants them: messages with argument objects, and the tools offered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from curation.errors import UnreadableError
from curation.model.envelope import encode
from curation.model.example import Example
from curation.model.values import Json

RowStyle = Literal["router", "conversation"]
"""`router`: text turns only, the answer is one JSON object. `conversation`: the template writes calls and results."""
FORMAT_OF_STYLE: dict[RowStyle, str] = {"router": "router", "conversation": "trl"}
"""The format in which rows of a style are written and read."""


class ChatRow(msgspec.Struct, frozen=True):
    """One training row; its messages are JSON because the template decides what to read in them."""

    messages: tuple[dict[str, Json], ...]
    tools: tuple[Json, ...] = ()
    style: RowStyle = "router"

    def trained_turns(self) -> tuple[int, ...]:
        """The assistant turns a model learns from: the answer of a router row, every weighted turn otherwise."""
        turns = [i for i, message in enumerate(self.messages) if message.get("role") == "assistant"]
        if self.style == "router":
            return tuple(turns[-1:])
        return tuple(i for i in turns if self.messages[i].get("weight") != 0)


def read_chat_row(raw: bytes, style: RowStyle) -> ChatRow:
    """Read one line of a `router`, `trl` or `trl_prompt` file; of a pair with the answer to prefer."""
    row = msgspec.json.decode(raw)
    if isinstance(row, dict) and "messages" not in row and "prompt" in row:
        return _answered(row, "chosen" if "chosen" in row else "completion", style)
    if not isinstance(row, dict) or not isinstance(row.get("messages"), list):
        raise UnreadableError("The training row has no list of messages.", hint="Export the dataset version again.")
    messages = tuple(_plain(message) for message in row["messages"])
    if style == "router":
        return ChatRow(messages, style=style)
    return ChatRow(tuple(_opened(message) for message in messages), _tools(row.get("tools")), style)


def read_pair(raw: bytes, style: RowStyle) -> tuple[ChatRow, ChatRow]:
    """Read one line of a file of preferences: its prompt with the chosen answer, and with the rejected one."""
    row = msgspec.json.decode(raw)
    if not isinstance(row, dict):
        raise UnreadableError("The training row is no object.", hint="Export the dataset version again.")
    return _answered(row, "chosen", style), _answered(row, "rejected", style)


def _answered(row: dict[str, Json], key: str, style: RowStyle) -> ChatRow:
    """A prompt with the answer under a key; of its turns only those of the answer are learnt."""
    prompt, answer = row.get("prompt"), row.get(key)
    if not isinstance(prompt, list) or not isinstance(answer, list):
        raise UnreadableError(f"The training row has no prompt or no {key}.", hint="Export the dataset version again.")
    context = tuple(_context(_plain(message)) for message in prompt)
    answered = tuple(_plain(message) for message in answer)
    if style == "router":
        return ChatRow((*context, *answered), style=style)
    return ChatRow(tuple(_opened(message) for message in (*context, *answered)), _tools(row.get("tools")), style)


def _context(message: dict[str, Json]) -> dict[str, Json]:
    """A turn that is shown and not learnt."""
    return {**message, "weight": 0} if message.get("role") == "assistant" else message


def row_of(example: Example) -> ChatRow | None:
    """An example as it stands, arguments in the form it holds them; None when it is no conversation."""
    try:
        row = msgspec.json.decode(encode(example))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    messages = row.get("messages") if isinstance(row, dict) else None
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        return None
    told = tuple({key: value for key, value in message.items() if key != "label"} for message in messages)
    try:
        tools = _tools(row.get("tools"))
    except msgspec.DecodeError:
        tools = ()
    return ChatRow(told, tools, "conversation")


def read_chat_rows(path: Path, style: RowStyle) -> Iterator[ChatRow]:
    """Read a whole training file, one row a line."""
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield read_numbered_row(line, style, path, number)
    except OSError as error:
        raise UnreadableError(f"The training rows in {path.name} cannot be read: {error.strerror}.") from error


def read_numbered_row(line: bytes, style: RowStyle, path: Path, number: int) -> ChatRow:
    """One line of a training file; an error names the line."""
    try:
        return read_chat_row(line, style)
    except msgspec.DecodeError as error:
        raise UnreadableError(f"Line {number} of {path.name} is not a training row: {error}.") from error


def _plain(message: Json) -> dict[str, Json]:
    if not isinstance(message, dict):
        raise UnreadableError("A message of a training row is not an object.", hint="Export the dataset version again.")
    return message


def _opened(message: dict[str, Json]) -> dict[str, Json]:
    """The message with call arguments as objects; templates that print a string with `tojson` quote it twice."""
    calls = message.get("tool_calls")
    if not isinstance(calls, list):
        return message
    return {**message, "tool_calls": [_opened_call(call) for call in calls]}


def _opened_call(call: Json) -> Json:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("arguments"), str):
        return call
    try:
        arguments = msgspec.json.decode(function["arguments"])
    except msgspec.DecodeError:
        return call
    return {**call, "function": {**function, "arguments": arguments}}


def _tools(value: Json) -> tuple[Json, ...]:
    """Tools as a list; files for TRL hold them as a JSON string so that Arrow cannot merge their schemas."""
    decoded = msgspec.json.decode(value) if isinstance(value, str) else value
    return tuple(decoded) if isinstance(decoded, list) else ()
