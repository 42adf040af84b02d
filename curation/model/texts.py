"""How long the text of one field may be."""

from __future__ import annotations

TEXT_BYTES = 1024 * 1024


def is_too_long(text: str) -> bool:
    """Whether a text is more than one field keeps."""
    return len(text.encode("utf-8", "replace")) > TEXT_BYTES
