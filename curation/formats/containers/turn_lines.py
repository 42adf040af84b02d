"""Files in which every line is one turn of one dialogue, as API-Bank keeps them: they hold one row."""

from __future__ import annotations

import io

from curation.errors import UnreadableError
from curation.formats.api_bank import KEYS, is_turn
from curation.formats.containers.peeked import Peeked
from curation.reading.faults import MAX_CHARACTERS

_LOOKED_AT = 3


def holds_turns(head: bytes) -> bool:
    """Whether the first lines are turns rather than rows."""
    lines = [line for line in head.split(b"\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    return bool(lines) and all(is_turn(line) for line in lines)


def gather_turns(stream: Peeked, name: str) -> Peeked:
    """The whole file as one row.

    Raises:
        UnreadableError: the dialogue is longer than a row may be.
    """
    content = stream.read(MAX_CHARACTERS) + stream.read(MAX_CHARACTERS)
    if len(content) > MAX_CHARACTERS:
        raise UnreadableError(f"Cannot read {name}: one dialogue is longer than {MAX_CHARACTERS // 1_000_000} MB.")
    turns = b",".join(line for line in content.splitlines() if line.strip())
    row = f'{{"{KEYS[0]}":['.encode() + turns + b"]}"
    return Peeked(io.BytesIO(row), len(row) + 1)
