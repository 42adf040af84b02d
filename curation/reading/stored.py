"""A stored body back to its example, in less time than a row of a stranger takes.

What `encode` wrote has its keys in one order and none twice, so no proof of that is needed: the turns are decoded by
themselves, and the rest, which many rows share to the letter, is kept once it has been read.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from curation.model.example import Example
from curation.model.wire import WireMessage
from curation.reading.exact import build_definitions, build_rest, decode_members
from curation.reading.rows import UncleanError, build_message

_TURNS_END = b'],"tools":['
_CACHED_BYTES = 60_000
"""Longer definitions are read anew rather than kept."""


class _Turns(msgspec.Struct, forbid_unknown_fields=True):
    messages: list[WireMessage]


_decode_turns = msgspec.json.Decoder(_Turns).decode


def read_usual(body: bytes) -> Example | None:
    """The example of a stored body; None where it holds anything out of the way, which `read_row` reads exactly."""
    cut = cut_turns(body)
    if cut is None:
        return None
    turns, rest = cut
    try:
        messages = tuple([build_message(turn) for turn in turns])
        example = _kept_rest(rest) if rest.endswith(b"]}") and len(rest) <= _CACHED_BYTES else _read_rest(rest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, UncleanError):
        return None
    return msgspec.structs.replace(example, messages=messages)


def cut_turns(body: bytes) -> tuple[list[WireMessage], bytes] | None:
    """The turns of a stored body, and the source of what follows them, which begins with a list of tools."""
    end = body.find(_TURNS_END) + 1
    if not end:
        return None
    try:
        # Only the turns' own end leaves a whole list before it, wherever else these bytes may stand.
        return _decode_turns(body[:end] + b"}").messages, body[end + 1 :]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read_rest(rest: bytes) -> Example:
    """What follows the turns. A row's own group or tags make it one of a kind, though its definitions are not."""
    members = decode_members(b"{" + rest)
    tools = bytes(members.pop("tools"))
    read = _kept_tools if len(tools) <= _CACHED_BYTES else build_definitions
    return msgspec.structs.replace(build_rest(members), tools=read(tools))


_kept_rest = lru_cache(maxsize=128)(_read_rest)
_kept_tools = lru_cache(maxsize=128)(build_definitions)
