"""The chat fine-tuning line of OpenAI and Azure: arguments as text, no labels."""

from __future__ import annotations

import msgspec

from curation.formats.contract import NO_OBJECT, Format, Written
from curation.formats.losses import take_off_labels
from curation.formats.own_keys import OwnKeys, OwnMessage
from curation.formats.recognising import decoded
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.values import Arguments
from curation.reading.rows import read_row


class _Row(msgspec.Struct):
    messages: list[dict[str, msgspec.Raw]]


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A row with a list of messages, each with a role."""
    row = decoded(_decode, raw)
    return row is not None and any("role" in message for message in row.messages)


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    messages = tuple(with_text_arguments(message) for message in bare.messages)
    return Written(rows=(encode(msgspec.structs.replace(bare, messages=messages)),), losses=losses)


class _StoredFunction(msgspec.Struct):
    arguments: str = ""


class _StoredCall(msgspec.Struct):
    function: _StoredFunction


class _StoredMessage(OwnMessage):
    tool_calls: list[_StoredCall] = []


class _StoredRow(OwnKeys):
    messages: list[_StoredMessage]


_decode_stored = msgspec.json.Decoder(_StoredRow).decode


def copy(body: bytes) -> bytes | None:
    """The body itself when it holds nothing of our own and every call has its arguments as text."""
    try:
        row = _decode_stored(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    return None if row.has_own_keys or any(message.is_labelled for message in row.messages) else body


def with_text_arguments(message: Message) -> Message:
    """The turn with the arguments of its calls as text."""
    if not message.calls or all(_is_text(call) for call in message.calls):
        return message
    calls = tuple(call if _is_text(call) else _to_text(call) for call in message.calls)
    return msgspec.structs.replace(message, calls=calls)


def _is_text(call: Call) -> bool:
    return not isinstance(call.arguments, Arguments) or call.arguments.form == "string"


def _to_text(call: Call) -> Call:
    assert isinstance(call.arguments, Arguments)  # noqa: S101
    return msgspec.structs.replace(call, arguments=Arguments(call.arguments.text, "string"))


FORMAT = Format(
    name="openai",
    title="OpenAI: chat fine-tuning lines",
    read=read_row,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    copy=copy,
)
