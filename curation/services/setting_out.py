"""A text of JSON set out for reading."""

from __future__ import annotations

from curation.errors import UnreadableError
from curation.model.outline import lay_out
from curation.reading.strict import parse_strict

_DOUBLED = frozenset({"J05", "J06"})
"""Keys that stand twice: setting out would keep one of them only."""


def set_out(text: str) -> str:
    """The same tokens on other lines; refuses a text that would lose something by it."""
    for fault in parse_strict(text).faults:
        if fault.is_fatal or fault.code in _DOUBLED:
            raise UnreadableError(f"This cannot be set out yet. {fault.sentence}")
    return lay_out(text)
