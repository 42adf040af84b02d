"""Columns of figures about rows, kept beside the program: in memory while they are few, then in files without a name.

The files have no name from the start (or are deleted on closing where the system cannot do that), so nothing is left
behind, however the program ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile

import numpy as np
import numpy.typing as npt

KEPT_BYTES = 1 << 18
"""A column larger than this goes into a file."""
BLOCK = 1 << 15
"""Records that are read at once."""
_WAITING_BYTES = 1 << 15


class Spool:
    """Bytes that are written at the end and read anywhere."""

    def __init__(self, stack: ExitStack) -> None:
        self._file = stack.enter_context(SpooledTemporaryFile(max_size=KEPT_BYTES))  # noqa: SIM115
        self._waiting: list[bytes] = []
        self.size = self._written = 0

    def append(self, piece: bytes) -> None:
        self._waiting.append(piece)
        self.size += len(piece)
        if self.size - self._written >= _WAITING_BYTES:
            self._flush()

    def read(self, start: int, size: int) -> bytes:
        if self._waiting:
            self._flush()
        self._file.seek(start)
        return self._file.read(size)

    def _flush(self) -> None:
        self._file.seek(0, 2)
        self._file.write(b"".join(self._waiting))
        self._waiting.clear()
        self._written = self.size


class Column:
    """Records of one size, one after the other."""

    def __init__(self, stack: ExitStack, dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self._spool = Spool(stack)

    def __len__(self) -> int:
        return self._spool.size // self.dtype.itemsize

    def append(self, record: bytes) -> None:
        """Add a record, or several at once."""
        self._spool.append(record)

    def block(self, start: int, n: int) -> npt.NDArray[np.void]:
        """Some records from one place on."""
        size = self.dtype.itemsize
        return np.frombuffer(self._spool.read(start * size, n * size), self.dtype)

    def blocks(self) -> Iterator[npt.NDArray[np.void]]:
        """All records, a block at a time."""
        for start in range(0, len(self), BLOCK):
            yield self.block(start, min(BLOCK, len(self) - start))

    def take(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.void]:
        """The records at these places, which stand in ascending order."""
        if len(places) == 0:
            return np.empty(0, self.dtype)
        taken = []
        at = 0
        while at < len(places):
            first = int(places[at])
            end = int(np.searchsorted(places, first + BLOCK))
            block = self.block(first, int(places[end - 1]) - first + 1)
            taken.append(block[places[at:end] - first])
            at = end
        return np.concatenate(taken)


class Pieces:
    """Byte strings of any length, each found again by its number."""

    def __init__(self, stack: ExitStack) -> None:
        self._bytes = Spool(stack)
        self._ends = Column(stack, "<u8")

    def append(self, piece: bytes) -> None:
        self._bytes.append(piece)
        self._ends.append(self._bytes.size.to_bytes(8, "little"))

    def get(self, number: int) -> bytes:
        start, end = (0, 0)
        if number:
            start, end = map(int, self._ends.block(number - 1, 2))
        else:
            end = int(self._ends.block(0, 1)[0])
        return self._bytes.read(start, end - start)
