"""What a file is whose rows no format recognises: something that has a place elsewhere, or nothing we know."""

from __future__ import annotations

from typing import Literal

import msgspec

from curation.errors import UnreadableError
from curation.reading.strict import parse_strict
from curation.services.tool_reading import read_source

_ANSWERED = frozenset({"id", "ground_truth"})
"""The keys of a row in BFCL's second file."""


class Strange(msgspec.Struct, frozen=True):
    """What such a file holds instead of rows."""

    kind: Literal["tools", "answers"]
    n_tools: int = 0


def find_strange(name: str, content: bytes) -> Strange | None:
    """What a file holds that is not rows; None where nothing is known of it."""
    first = parse_strict(content.lstrip().split(b"\n", 1)[0]).value
    if isinstance(first, dict) and first.keys() == _ANSWERED:
        return Strange("answers")
    try:
        read = read_source(name, content)
    except UnreadableError:
        return None
    return Strange("tools", len(read.tools)) if read.tools and not read.faults else None
