"""A stored body back to its example, in less time than a row of a stranger takes.

What `encode` wrote has its keys in one order and none twice, so no proof of that is needed: the turns are decoded by
themselves, and the rest, which many rows share to the letter, is kept once it has been read.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from curation.model.example import Example
from curation.model.wire import WireMessage, WireRow, encode_wire
from curation.reading.rows import UncleanError, build_message, build_row
from curation.reading.strict import has_risky_escapes

_TURNS_END = b'],"tools":['
_CACHED_BYTES = 60_000
"""A longer rest of a row is read anew rather than kept."""


class _Turns(msgspec.Struct, forbid_unknown_fields=True):
    messages: list[WireMessage]


class _Rest(WireRow, kw_only=True):
    messages: list[WireMessage] = []


_decode_turns = msgspec.json.Decoder(_Turns).decode
_decode_rest = msgspec.json.Decoder(_Rest).decode


def read_usual(body: bytes) -> Example | None:
    """The example of a stored body; None where it holds anything out of the way, which `read_row` reads exactly."""
    end = body.find(_TURNS_END) + 1
    try:
        # Only the turns' own end leaves a whole list before it, wherever else these bytes may stand.
        turns = _decode_turns(body[:end] + b"}").messages if end else []
        rest = body[end + 1 :] if end else body[1:]
        read = _kept_rest if len(rest) <= _CACHED_BYTES and end else _read_rest
        example = read(rest)
        if not end:
            return example
        return msgspec.structs.replace(example, messages=tuple([build_message(turn) for turn in turns]))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, UncleanError):
        return None


def _read_rest(rest: bytes) -> Example:
    """What follows the turns, or a whole row. Acceptable values and the like are free in shape, so this is proved."""
    row = _decode_rest(b"{" + rest)
    if has_risky_escapes(rest) or rest.count(b":") != encode_wire(row).count(b":"):
        raise UncleanError
    return build_row(row)


_kept_rest = lru_cache(maxsize=256)(_read_rest)
