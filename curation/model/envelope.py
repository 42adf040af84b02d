"""The canonical form of an example: compact JSON with a fixed key order, exact text spliced in.

Two hashes: of the bytes (identity) and of the normal form (duplicates).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.source import one_line, quote_key
from curation.model.values import Arguments, Exact, Field, Json, UnsetType
from curation.model.wire import WireCall, WireFunction, WireLabel, WireMessage, WireRow, encode_wire

Slot = Any
"""What a wire structure holds where its encoder takes more than its decoder gives: a raw slice anywhere."""


def encode(example: Example) -> bytes:
    """The example as one line of canonical JSON; reading it gives the same example."""
    if example.whole is not None:
        return bytes(_raw(example.whole.json))
    row = WireRow(
        UNSET if "messages" in example.extra else [_wire_message(message) for message in example.messages],  # type: ignore[arg-type]
        wire_tools(example.tools),
        list(example.tags) if example.tags else UNSET,
        UNSET if example.group is None else example.group,
        list(example.waivers) if example.waivers else UNSET,
        UNSET if example.acceptable is None else list(example.acceptable),
    )
    return encode_wire(_with_extra(row, example.extra))


def encode_turn(message: Message) -> bytes:
    """One turn as it stands in the example's line."""
    return encode_wire(_wire_message(message))


def body_hash(example: Example) -> str:
    """The identity of an example: SHA-256 of its canonical bytes."""
    return hash_body(encode(example))


def hash_body(body: bytes) -> str:
    """The same of the canonical bytes at hand."""
    return hashlib.sha256(body).hexdigest()


def wire_tools(tools: tuple[Definition, ...] | UnsetType | None) -> list[Raw] | UnsetType | None:
    """The list of definitions, each to the letter."""
    if tools is None or isinstance(tools, UnsetType):
        return tools
    return [_raw(tool.text) for tool in tools]


def _wire_message(message: Message) -> Slot:
    if message.whole is not None:
        return _raw(message.whole.json)
    calls, label = message.calls, message.label
    fields = (message.role, message.content, message.tool_call_id, message.name, message.weight)
    if Exact in map(type, fields):
        fields = tuple(map(_slot, fields))
    role, content, tool_call_id, name, weight = fields
    wire = WireMessage(
        role,  # type: ignore[arg-type]
        content,  # type: ignore[arg-type]
        UNSET if calls is None else [_wire_call(call) for call in calls],
        tool_call_id,  # type: ignore[arg-type]
        name,  # type: ignore[arg-type]
        weight,  # type: ignore[arg-type]
        UNSET if label is None else _wire_label(label),
    )
    return _with_extra(wire, message.extra) if message.extra else wire


def _wire_label(label: Label) -> Slot:
    wire = WireLabel(label.reason, label.missing, label.recovery, label.order, label.comparators)
    return _with_extra(wire, label.extra)


def _wire_call(call: Call) -> Slot:
    if call.whole is not None:
        return _raw(call.whole.json)
    if call.function is not None:
        function: Slot = _raw(call.function.json)
    else:
        function = WireFunction(_slot(call.name), _wire_arguments(call.arguments))
        function = _with_extra(function, call.function_extra)
    return _with_extra(WireCall(id=_slot(call.id), type=_slot(call.type), function=function), call.extra)


def _wire_arguments(arguments: Arguments | UnsetType) -> Slot:
    """Arguments in the form they have."""
    if isinstance(arguments, UnsetType):
        return UNSET
    return arguments.text if arguments.form == "string" else _raw(arguments.text)


def _slot(value: Field) -> Slot:
    return _raw(value.json) if isinstance(value, Exact) else value


def _raw(source: str) -> Raw:
    return Raw(one_line(source).encode())


def _with_extra(wire: Slot, extra: dict[str, str]) -> Slot:
    """The structure with its unknown keys behind the known ones, by name, each value to the letter."""
    if not extra:
        return wire
    source = encode_wire(wire)
    members = ",".join([f"{quote_key(key)}:{one_line(extra[key])}" for key in sorted(extra)]).encode()
    return Raw(source[:-1] + (b"," if len(source) > 2 else b"") + members + b"}")


def normal_hash(example: Example) -> str:
    """What duplicates share: the conversation and its tools without ids, labels, spacing and the order of keys."""
    order = {call_id: str(n) for n, call_id in enumerate(_ids(example))}
    messages = [_normal_message(message, order) for message in example.messages]
    tools = [] if isinstance(example.tools, UnsetType) or example.tools is None else example.tools
    definitions = sorted(_normal_text(tool.text) for tool in tools)
    rest = {key: _normal_text(text) for key, text in example.extra.items()} if example.extra else {}
    if example.whole is not None:
        rest[""] = _normal_text(example.whole.json)
    return hashlib.sha256(_write_sorted([messages, definitions, rest]).encode()).hexdigest()


def _ids(example: Example) -> Iterator[Field]:
    for message in example.messages:
        for call in message.calls or ():
            yield call.id


def _normal_message(message: Message, order: dict[Field, str]) -> list[Json]:
    role, content, asked = message.role, message.content, message.calls
    return [
        role.strip() if type(role) is str else _normal_field(role),
        content.strip() if type(content) is str else _normal_field(content),
        [_normal_call(call) for call in asked] if asked else [],
        order.get(message.tool_call_id),
        None if message.whole is None else _normal_text(message.whole.json),
    ]


def _normal_call(call: Call) -> list[Json]:
    arguments = None if isinstance(call.arguments, UnsetType) else _normal_text(call.arguments.text)
    return [_normal_field(call.name), arguments, _normal_exact(call.function), _normal_exact(call.whole)]


def _normal_field(value: Field) -> Json:
    if type(value) is str:
        return value.strip()
    return [_normal_text(value.json)] if isinstance(value, Exact) else ""


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
