"""Anthropic messages: a system text beside turns of blocks, calls as `tool_use`, results in the next user turn."""

from __future__ import annotations

import msgspec

from curation.formats.anthropic_reading import read
from curation.formats.anthropic_writing import write
from curation.formats.contract import Format

_MARKS = (b'"input_schema"', b'"tool_use"', b'"tool_result"', b'"system"')


class _Block(msgspec.Struct):
    type: str = ""


class _Message(msgspec.Struct):
    role: str
    content: str | list[_Block] | None = None
    tool_calls: msgspec.Raw = msgspec.Raw(b"")


class _Tool(msgspec.Struct):
    input_schema: msgspec.Raw = msgspec.Raw(b"")


class _Row(msgspec.Struct):
    messages: list[_Message]
    tools: list[_Tool] | None = None
    system: msgspec.Raw = msgspec.Raw(b"")


_decode = msgspec.json.Decoder(_Row).decode


def recognises(raw: bytes) -> bool:
    """Turns of user and assistant alone, with a system text, a tool's `input_schema` or a call among them."""
    if not any(mark in raw for mark in _MARKS):
        return False
    try:
        row = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    if not row.messages or any(_is_foreign(message) for message in row.messages):
        return False
    has_system = bytes(row.system)[:1] in (b'"', b"[")
    return has_system or any(bytes(tool.input_schema) for tool in row.tools or ()) or any(map(_has_call, row.messages))


def _is_foreign(message: _Message) -> bool:
    return message.role not in ("user", "assistant") or bool(bytes(message.tool_calls))


def _has_call(message: _Message) -> bool:
    blocks = message.content if isinstance(message.content, list) else ()
    return any(block.type in ("tool_use", "tool_result") for block in blocks)


FORMAT = Format(
    name="anthropic",
    title="Anthropic: messages with blocks for calls and results",
    read=read,
    write=write,
    lossless=False,
    recognises=recognises,
    holds_labels=False,
    rewrites_tools=True,
    unmarked_as="openai",
)
