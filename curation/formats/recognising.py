"""Whether bytes have the shape a format looks for: what cannot be decoded is simply not its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

Row = TypeVar("Row")


def decoded(decode: Callable[[bytes], Row], raw: bytes) -> Row | None:
    """The row as the decoder sees it, None where it has another shape or is no sound JSON."""
    try:
        return decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
