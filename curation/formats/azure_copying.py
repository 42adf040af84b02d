"""The usual stored body, proved to be what Azure's file check takes without building the example."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

Role = Literal["system", "developer", "user", "assistant", "tool"]
_CACHED_BYTES = 20_000


class _Function(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    arguments: str


class _Call(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    type: Literal["function"]
    function: _Function


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    role: Role
    content: str | None = None
    tool_calls: list[_Call] | msgspec.UnsetType = msgspec.UNSET
    tool_call_id: str | msgspec.UnsetType = msgspec.UNSET
    weight: Literal[0, 1] | msgspec.UnsetType = msgspec.UNSET


class _Definition(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    description: str = ""
    parameters: dict[str, msgspec.Raw] = {}
    strict: bool = False


class _Tool(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["function"]
    function: _Definition


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    messages: list[_Message]
    tools: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET


_decode = msgspec.json.Decoder(_Row).decode
_decode_tool = msgspec.json.Decoder(_Tool).decode


def copy(body: bytes) -> bytes | None:
    """The body itself when all of it is known to the file check; None where only the long way can tell."""
    try:
        row = _decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    is_known = bool(row.messages) and all(map(_is_plain, row.messages)) and row.tools != []
    return body if is_known and (row.tools is msgspec.UNSET or all(map(_is_known, map(bytes, row.tools)))) else None


def _is_plain(message: _Message) -> bool:
    """A turn that has what its role needs and nothing else; an empty list of calls is left out the long way."""
    if message.tool_calls == []:
        return False
    if message.role == "assistant":
        return message.tool_call_id is msgspec.UNSET and (bool(message.tool_calls) or message.content is not None)
    is_result = message.role == "tool"
    return (
        message.content is not None
        and message.tool_calls is msgspec.UNSET
        and message.weight is msgspec.UNSET
        and is_result == (message.tool_call_id is not msgspec.UNSET)
    )


def _is_known(tool: bytes) -> bool:
    """Whether a definition is whole and has no other key; rows share their tools, so short ones are kept."""
    return _kept_known(tool) if len(tool) <= _CACHED_BYTES else _prove(tool)


@lru_cache(maxsize=256)
def _kept_known(tool: bytes) -> bool:
    return _prove(tool)


def _prove(tool: bytes) -> bool:
    try:
        _decode_tool(tool)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True
