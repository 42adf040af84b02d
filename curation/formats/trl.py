"""Rows for TRL: `tools` as a JSON string, `arguments` as objects.

As a string the definitions pass a table loader untouched, which would otherwise merge their keys over all rows; load
the arguments through `datasets.Json()` for the same reason.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from curation.formats.contract import NO_OBJECT, Format, Loss, Written
from curation.formats.losses import take_off_labels
from curation.formats.recognising import decoded
from curation.formats.tools_text import quote_definitions
from curation.model.definition import Definition
from curation.model.envelope import encode
from curation.model.example import Call, Example, Message
from curation.model.finding import Finding
from curation.model.reading import Places, Reading, Reject
from curation.model.source import one_line, quote, write_list
from curation.model.values import UNSET, Arguments, UnsetType
from curation.model.wire import WireMessage, encode_wire
from curation.reading.exact import build_definitions, decode_string
from curation.reading.rows import find_fault, read_row
from curation.reading.stored import cut_turns
from curation.reading.strict import parse_once, parse_strict

_MOST_BRACKETS = 200
"""Arguments with more are written as text, so that a row never nests deeper than a reader allows."""

_CACHED_BYTES = 40_000
"""Longer definitions are quoted anew: a cache of them would grow with the file."""


class _Row(msgspec.Struct):
    messages: list[dict[str, msgspec.Raw]]
    tools: str


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """A conversation whose `tools` is text."""
    return decoded(_decode, raw) is not None


def read(raw: bytes) -> Reading | Reject:
    reading = read_row(raw)
    return reading if isinstance(reading, Reject) else open_tools(reading)


def open_tools(reading: Reading) -> Reading:
    """The reading with its definitions, where `tools` is text that holds them."""
    source = reading.example.extra.get("tools", "")
    if not source.startswith('"'):
        return reading
    tools, findings = _read_tools(msgspec.json.decode(source, type=str))
    places = Places(moved=reading.places.moved, opaque=reading.places.opaque | {"/tools"})
    opened = msgspec.structs.replace(reading, places=places, findings=reading.findings + findings)
    if tools is None:
        return opened
    extra = {key: text for key, text in reading.example.extra.items() if key != "tools"}
    return msgspec.structs.replace(opened, example=msgspec.structs.replace(reading.example, tools=tools, extra=extra))


def _read_tools(text: str) -> tuple[tuple[Definition, ...] | None, tuple[Finding, ...]]:
    parsed = parse_strict(text)
    findings = tuple(find_fault(fault, "/tools") for fault in parsed.faults)
    if isinstance(parsed.value, list):
        return build_definitions(text.encode()), findings
    return None, findings


def write(example: Example) -> Written:
    if example.whole is not None:
        return Written(refused=NO_OBJECT)
    bare, losses = take_off_labels(example)
    messages, line_losses = with_object_arguments(bare.messages)
    tools, tools_losses = tools_member(bare)
    if isinstance(bare.tools, tuple):
        bare = msgspec.structs.replace(bare, tools=UNSET, extra=bare.extra | dict(tools))
    row = encode(msgspec.structs.replace(bare, messages=messages))
    return Written(rows=(row,), losses=losses + tools_losses + line_losses)


def tools_member(example: Example) -> tuple[list[tuple[str, str]], tuple[Loss, ...]]:
    """The key `tools` with its source, where the row has one: definitions as one JSON string."""
    tools, other = example.tools, example.extra.get("tools")
    if isinstance(tools, tuple):
        return [("tools", quote_definitions(tools))], ()
    if other is None:
        return ([("tools", "null")] if tools is None else []), ()
    is_text = other.startswith('"')
    return [("tools", other)], (Loss("/tools", "tools held as text; they read back as definitions"),) * is_text


class _Tools(msgspec.Struct, forbid_unknown_fields=True):
    """All that follows the turns of a row which holds nothing of ours."""

    tools: list[msgspec.Raw]


_decode_tools = msgspec.json.Decoder(_Tools).decode


def copy(body: bytes) -> bytes | None:
    """The body with its calls and tools rewritten in place, when it has the usual shape and nothing is lost."""
    cut = cut_turns(body)
    if cut is None:
        return None
    turns, rest = cut
    tools = _kept_tools(rest) if len(rest) <= _CACHED_BYTES else _quote_tools(rest)
    if tools is None or not all(map(_rewrite_calls, turns)):
        return None
    return b'{"messages":' + encode_wire(turns) + tools


def _quote_tools(rest: bytes) -> bytes | None:
    """The end of the row with its tools as text; None where something else stands there."""
    try:
        tools = _decode_tools(b"{" + rest).tools
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return f',"tools":{quote(write_list([bytes(tool).decode() for tool in tools]))}}}'.encode()


_kept_tools = lru_cache(maxsize=128)(_quote_tools)
"""Rows share their tools."""


def _rewrite_calls(message: WireMessage) -> bool:
    """Turn arguments from text into objects; whether all of them are plain enough for that."""
    if message.label is not UNSET:
        return False
    calls = () if isinstance(message.tool_calls, UnsetType) else message.tool_calls
    for call in calls:
        arguments = call.function.arguments
        source = None if isinstance(arguments, UnsetType) else _plain_object(bytes(arguments))
        if source is None:
            return False
        call.function.arguments = msgspec.Raw(source)
    return True


def _plain_object(quoted: bytes) -> bytes | None:
    """What stands in a JSON string, when that is an object with no space around it and no line end in it."""
    try:
        source = decode_string(quoted).encode() if quoted.startswith(b'"') else b""
    except UnicodeEncodeError:
        return None
    if not source.startswith(b"{") or not source.endswith(b"}") or b"\n" in source or b"\r" in source:
        return None
    is_deep = source.count(b"{") + source.count(b"[") > _MOST_BRACKETS
    return source if not is_deep and isinstance(parse_strict(source).value, dict) else None


def with_object_arguments(messages: tuple[Message, ...]) -> tuple[tuple[Message, ...], tuple[Loss, ...]]:
    """The turns with their arguments as objects, where they are some, and a loss where that changes their text."""
    losses: list[Loss] = []
    changed: list[Message] = []
    for i, message in enumerate(messages):
        calls = tuple(_to_object(call) for call in message.calls or ())
        losses += [
            Loss(f"/messages/{i}/tool_calls/{j}/function/arguments", "spacing of the arguments")
            for j, (before, after) in enumerate(zip(message.calls or (), calls, strict=True))
            if _text(before) != _text(after)
        ]
        changed.append(msgspec.structs.replace(message, calls=calls) if calls else message)
    return tuple(changed), tuple(losses)


def _to_object(call: Call) -> Call:
    """The call with its arguments as an object, where they are one."""
    arguments = call.arguments
    if not isinstance(arguments, Arguments) or (arguments.form == "string" and not _is_object(arguments.text)):
        return call
    return msgspec.structs.replace(call, arguments=Arguments(one_line(arguments.text).strip(), "object"))


def _is_object(text: str) -> bool:
    parsed = parse_once(text)
    return isinstance(parsed.value, dict) and text.count("{") + text.count("[") <= _MOST_BRACKETS


def _text(call: Call) -> str:
    return call.arguments.text if isinstance(call.arguments, Arguments) else ""


FORMAT = Format(
    name="trl",
    title="TRL: arguments as objects, tools as a JSON string",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    copy=copy,
    heeds_weight=False,
)
