"""Streams that know their digest when they have been read or written."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

CHUNK_BYTES = 128 * 1024
"""Rows go to the file and its digest together once they make up this much."""


class HashedReader:
    """A stream whose digest is known when it has been read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class HashedWriter:
    """A file whose digest and size are known while it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._rows: list[bytes] = []
        self._waiting_bytes = 0
        self.size_bytes = 0

    def write_row(self, row: bytes) -> None:
        """Write one row and its line end, in its own time: `flush` before the digest is asked for."""
        self._rows.append(row)
        self._waiting_bytes += len(row) + 1
        if self._waiting_bytes >= CHUNK_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the rows that still wait."""
        if self._rows:
            self.write(b"\n".join([*self._rows, b""]))
            self._rows.clear()
            self._waiting_bytes = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.size_bytes += len(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()
