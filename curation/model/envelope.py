"""The canonical form of an example: compact JSON with a fixed key order, exact text spliced in.

Two hashes: of the bytes (identity) and of the normal form (duplicates).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.source import one_line, quote, write_list, write_object
from curation.model.values import Arguments, Exact, Field, Json, UnsetType

Pairs = list[tuple[str, str]]


def encode(example: Example) -> bytes:
    """The example as one line of canonical JSON; reading it gives the same example."""
    pairs: Pairs = []
    if "messages" not in example.extra:
        pairs.append(("messages", write_list([encode_message(message) for message in example.messages])))
    pairs += encode_tools(example.tools)
    if example.tags:
        pairs.append(("tags", _write(example.tags)))
    if example.group is not None:
        pairs.append(("group", quote(example.group)))
    if example.waivers:
        pairs.append(("waivers", _write(example.waivers)))
    if example.acceptable is not None:
        pairs.append(("acceptable", _write(example.acceptable)))
    return write_object(pairs + encode_extra(example.extra)).encode()


def body_hash(example: Example) -> str:
    """The identity of an example: SHA-256 of its canonical bytes."""
    return hashlib.sha256(encode(example)).hexdigest()


def encode_message(message: Message) -> str:
    """One element of `messages`."""
    if message.whole is not None:
        return one_line(message.whole.json)
    pairs = encode_field("role", message.role) + encode_field("content", message.content)
    if message.calls is not None:
        pairs.append(("tool_calls", write_list([encode_call(call) for call in message.calls])))
    pairs += encode_field("tool_call_id", message.tool_call_id)
    pairs += encode_field("name", message.name)
    pairs += encode_field("weight", message.weight)
    if message.label is not None:
        pairs.append(("label", _write(message.label)))
    return write_object(pairs + encode_extra(message.extra))


def encode_call(call: Call) -> str:
    """One element of `tool_calls`."""
    if call.whole is not None:
        return one_line(call.whole.json)
    pairs = encode_field("id", call.id) + encode_field("type", call.type)
    if call.function is not None:
        pairs.append(("function", one_line(call.function.json)))
    else:
        function = encode_field("name", call.name) + encode_arguments(call.arguments)
        pairs.append(("function", write_object(function + encode_extra(call.function_extra))))
    return write_object(pairs + encode_extra(call.extra))


def encode_arguments(arguments: Arguments | UnsetType) -> Pairs:
    """Arguments in the form they have."""
    if isinstance(arguments, UnsetType):
        return []
    is_text = arguments.form == "string"
    return [("arguments", quote(arguments.text) if is_text else one_line(arguments.text))]


def encode_tools(tools: tuple[Definition, ...] | UnsetType | None) -> Pairs:
    """The list of definitions, each to the letter."""
    if isinstance(tools, UnsetType):
        return []
    if tools is None:
        return [("tools", "null")]
    return [("tools", write_list([one_line(tool.text) for tool in tools]))]


def encode_field(key: str, value: Field) -> Pairs:
    """A known key, absent when it is unset."""
    if isinstance(value, UnsetType):
        return []
    if value is None:
        return [(key, "null")]
    return [(key, one_line(value.json) if isinstance(value, Exact) else quote(value))]


def encode_extra(extra: dict[str, str]) -> Pairs:
    """Unknown keys by name, each value to the letter."""
    return [(key, one_line(extra[key])) for key in sorted(extra)]


def _write(value: Json) -> str:
    return msgspec.json.encode(value).decode()


def normal_hash(example: Example) -> str:
    """What duplicates share: the conversation and its tools without ids, labels, spacing and the order of keys."""
    order = {call_id: str(n) for n, call_id in enumerate(_ids(example))}
    messages = [_normal_message(message, order) for message in example.messages]
    tools = [] if isinstance(example.tools, UnsetType) or example.tools is None else example.tools
    definitions = sorted(_normal_text(tool.text) for tool in tools)
    rest = {key: _normal_text(text) for key, text in example.extra.items()}
    return hashlib.sha256(_write_sorted([messages, definitions, rest]).encode()).hexdigest()


def _ids(example: Example) -> Iterator[Field]:
    for message in example.messages:
        for call in message.calls or ():
            yield call.id


def _normal_message(message: Message, order: dict[Field, str]) -> list[Json]:
    calls = [_normal_call(call) for call in message.calls or ()]
    answered = order.get(message.tool_call_id)
    return [_normal_field(message.role), _normal_field(message.content), calls, answered, _normal_exact(message.whole)]


def _normal_call(call: Call) -> list[Json]:
    arguments = None if isinstance(call.arguments, UnsetType) else _normal_text(call.arguments.text)
    return [_normal_field(call.name), arguments, _normal_exact(call.function), _normal_exact(call.whole)]


def _normal_field(value: Field) -> Json:
    if isinstance(value, Exact):
        return [_normal_text(value.json)]
    return value.strip() if isinstance(value, str) else ""


def _normal_exact(value: Exact | None) -> Json:
    return None if value is None else _normal_text(value.json)


@lru_cache(maxsize=4096)
def _normal_text(text: str) -> str:
    """JSON text with sorted keys and no space; other text as it is."""
    try:
        return _write_sorted(msgspec.json.decode(text))
    except (msgspec.DecodeError, RecursionError):
        return text


def _write_sorted(value: Json) -> str:
    try:
        return msgspec.json.encode(value, order="sorted").decode()
    except OverflowError:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
