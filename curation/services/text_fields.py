"""The text fields of a conversation: a pointer leads to each, its text is read and written, the rest stays exact."""

from __future__ import annotations

import json
from typing import NamedTuple

import msgspec

from curation.errors import NotFoundError
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments, Exact, Field
from curation.services.arguments import find_parameters, parameters_of, read_argument, write_argument
from curation.services.expectation_texts import PARTS, read_expectation, write_expectation


class Spot(NamedTuple):
    """Where a pointer of a text field leads: a turn, and a call of it where the text is a call's arguments."""

    turn: int
    call: int | None = None
    keys: tuple[str, ...] = ()
    """The path inside the arguments; () is all of them."""
    part: str = ""
    """Which of PARTS is said about the one argument in `keys`; "" for the arguments themselves."""


def find_spot(pointer: str) -> Spot:
    """Reads `/messages/2/content`, `/messages/2/tool_calls/0/function/arguments/city`, `…/0/expected/city/others`."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    match steps:
        case ["messages", turn, "content"] if turn.isdigit():
            return Spot(int(turn))
        case ["messages", turn, "tool_calls", call, "function", "arguments", *keys] if turn.isdigit():
            return Spot(int(turn), int(call), tuple(keys))
        case ["messages", turn, "tool_calls", call, "expected", argument, part] if turn.isdigit() and call.isdigit():
            if part in PARTS:
                return Spot(int(turn), int(call), (argument,), part)
    raise NotFoundError(f"There is no text field at {pointer or 'the top of the row'}.")


def content_at(turn: int) -> str:
    """The pointer of a turn's text."""
    return f"/messages/{turn}/content"


def arguments_at(turn: int, call: int) -> str:
    """The pointer of a call's arguments."""
    return f"/messages/{turn}/tool_calls/{call}/function/arguments"


def message_at(example: Example, turn: int) -> Message:
    if not 0 <= turn < len(example.messages):
        raise NotFoundError(f"The conversation has no turn {turn + 1}.")
    return example.messages[turn]


def call_at(example: Example, turn: int, call: int) -> Call:
    calls = message_at(example, turn).calls or ()
    if not 0 <= call < len(calls):
        raise NotFoundError(f"Turn {turn + 1} has no call {call + 1}.")
    return calls[call]


def field_text(value: Field) -> str:
    """A known key of a row as text to read; what is no string shows as its JSON."""
    if isinstance(value, Exact):
        return value.json
    return value if isinstance(value, str) else ""


def arguments_text(call: Call) -> str:
    return call.arguments.text if isinstance(call.arguments, Arguments) else ""


def read_text(example: Example, pointer: str) -> str:
    """The text a field shows."""
    spot = find_spot(pointer)
    if spot.call is None:
        return field_text(message_at(example, spot.turn).content)
    call = call_at(example, spot.turn, spot.call)
    if spot.part:
        return read_expectation(example, spot.turn, spot.call, spot.keys[0], spot.part)
    if not spot.keys:
        return arguments_text(call)
    return read_argument(call, spot.keys, find_parameters(example, call.name))


def write_text(example: Example, pointer: str, text: str) -> Example:
    """The example with another text at a field; the same example when the field already says so."""
    if read_text(example, pointer) == text:
        return example
    spot = find_spot(pointer)
    if spot.call is None:
        return with_message(example, spot.turn, _with_content(example.messages[spot.turn], text))
    call = call_at(example, spot.turn, spot.call)
    if spot.part:
        return write_expectation(example, spot.turn, spot.call, spot.keys[0], spot.part, text)
    if spot.keys:
        return write_argument(example, pointer, spot.keys, parameters_of(example, call.name), text)
    stays_object = _has_object_form(call) and _is_json(text)
    arguments = Arguments(text, "object" if stays_object else "string")
    return with_call(example, spot.turn, spot.call, msgspec.structs.replace(call, arguments=arguments))


def _with_content(message: Message, text: str) -> Message:
    if isinstance(message.content, Exact) and _is_json(text):
        return msgspec.structs.replace(message, content=Exact(text))
    if not text and message.calls:
        return msgspec.structs.replace(message, content=None)
    return msgspec.structs.replace(message, content=text)


def _has_object_form(call: Call) -> bool:
    return isinstance(call.arguments, Arguments) and call.arguments.form == "object"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def with_call(example: Example, turn: int, index: int, call: Call) -> Example:
    message = message_at(example, turn)
    calls = list(message.calls or ())
    calls[index] = call
    return with_message(example, turn, msgspec.structs.replace(message, calls=tuple(calls)))


def with_message(example: Example, turn: int, message: Message) -> Example:
    """The example with another message at a turn."""
    messages = list(example.messages)
    messages[turn] = message
    return with_messages(example, messages)


def with_messages(example: Example, messages: list[Message]) -> Example:
    """The example with these turns."""
    return msgspec.structs.replace(example, messages=tuple(messages), whole=None)
