"""Values that wait on disk for the one transaction that needs them all, so that memory stays flat."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

import msgspec

Value = TypeVar("Value")
_LENGTH = 4


class Spool(Generic[Value]):
    """Written once to a nameless file, then read in the same order as often as needed."""

    def __init__(self, kind: type[Value]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._encoder = msgspec.msgpack.Encoder()
        self.n = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, value: Value) -> None:
        """Put a value behind the others."""
        frame = self._encoder.encode(value)
        self._file.write(len(frame).to_bytes(_LENGTH, "big") + frame)
        self.n += 1

    def chunks(self, size: int) -> Iterator[list[Value]]:
        """The values in lists of at most `size`."""
        self._file.seek(0)
        chunk: list[Value] = []
        while length := self._file.read(_LENGTH):
            chunk.append(self._decoder.decode(self._file.read(int.from_bytes(length, "big"))))
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk
