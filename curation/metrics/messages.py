"""An answer that is a message of its own: read from its JSON text, written back, and said in words for a screen."""

from __future__ import annotations

import msgspec

from curation.errors import UnreadableError
from curation.model.envelope import encode_turn
from curation.model.example import Call, Message
from curation.model.reading import Reject
from curation.model.values import Exact
from curation.reading.rows import read_row
from curation.reading.strict import parse_strict


def read_message(raw: bytes) -> Message:
    """The message with its arguments as exact text, read as the only turn of a row.

    Raises:
        UnreadableError: it is none; the sentence begins behind what holds it.
    """
    reading = read_row(b'{"messages":[' + raw + b"]}")
    if isinstance(reading, Reject):
        raise UnreadableError(f"holds a message that cannot be read: {reading.reason}")
    message = reading.example.messages[0]
    if message.whole is not None:
        raise UnreadableError("has a `message` that is no object.")
    return message


def write_message(message: Message) -> str:
    """Its JSON text; `read_message` gives the same back."""
    return encode_turn(message).decode()


class _Calls(msgspec.Struct):
    tool_calls: list[msgspec.Raw] = []


def encode_calls(message: Message) -> tuple[str, ...]:
    """JSON text of each call it makes."""
    return tuple(bytes(call).decode() for call in msgspec.json.decode(encode_turn(message), type=_Calls).tool_calls)


def say_message(message: Message) -> str:
    """What it says and what it calls, a line each."""
    said = message.content if isinstance(message.content, str) else ""
    if isinstance(message.content, Exact):
        said = message.content.json
    said = said if said.strip() else said_in_refusal(message)
    odd = [message.extra[key] for key in ("tool_calls", "function_call") if key in message.extra]
    return "\n".join(part for part in (said, *map(_say_call, message.calls or ()), *odd) if part)


def said_in_refusal(message: Message) -> str:
    """The words some hosts put under `refusal` instead of the content."""
    value = parse_strict(message.extra.get("refusal", "null")).value
    return value if isinstance(value, str) else ""


def _say_call(call: Call) -> str:
    name = call.name if isinstance(call.name, str) else "a call without a name"
    arguments = "" if isinstance(call.arguments, msgspec.UnsetType) else call.arguments.text
    return f"{name} {arguments}".strip()
