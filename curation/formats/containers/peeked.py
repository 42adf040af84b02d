"""A stream of which the first bytes are known before it is read, seekable or not."""

from __future__ import annotations

from typing import BinaryIO


class Peeked:
    """Reads `head` first and then the rest of the stream."""

    def __init__(self, stream: BinaryIO, most_bytes: int) -> None:
        self._stream = stream
        self.head = stream.read(most_bytes)
        self.is_all = len(self.head) < most_bytes
        """Whether the head is the whole stream."""
        self._is_read = False

    def read(self, size: int = -1) -> bytes:
        """The head in one piece, whatever size is asked for, and after it what the stream gives."""
        if self._is_read:
            return self._stream.read(size)
        self._is_read = True
        return self.head or self._stream.read(size)

    @property
    def can_jump(self) -> bool:
        """Whether reading may go on at any byte of what was given."""
        seekable = getattr(self._stream, "seekable", None)
        return bool(seekable and seekable())

    def jump(self, offset: int) -> None:
        """Read on from this byte."""
        self._stream.seek(offset)
        self._is_read = True
