"""Rows that are completed from a second file: what stands there under a row's id is added to the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from curation.errors import UnreadableError

_MOST_BYTES = 256 * 1024**2
"""Of the second file, which is held in memory."""
_decode_row = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Joined:
    """The lines of one file with the members that a second file has for the same `id`.

    Raises:
        UnreadableError: the second file holds no rows with an id, or one id twice, or none of these rows.
    """

    def __init__(self, stream: BinaryIO, second: BinaryIO, name: str, second_name: str) -> None:
        self._stream = stream
        self._name = name
        self._second_name = second_name
        self._members = _read_members(second, second_name)
        self._used: set[bytes] = set()
        self._lines = self._join()
        self._ready = bytearray()
        self._n_read = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes: `size` of them unless the rows end before."""
        for line in self._lines:
            self._ready += line
            if 0 <= size <= len(self._ready):
                break
        wanted = len(self._ready) if size < 0 else size
        data = bytes(self._ready[:wanted])
        del self._ready[:wanted]
        return data

    def tell(self) -> int:
        """How many bytes of the rows were read."""
        return self._n_read

    def _join(self) -> Iterator[bytes]:
        for line in self._stream:
            self._n_read += len(line)
            yield self._complete(line)
        if not self._used:
            raise UnreadableError(
                f"{self._second_name} has no answer for any row of {self._name}.",
                hint="Name the file that belongs to it.",
            )

    def _complete(self, line: bytes) -> bytes:
        """The row with what the second file adds; a key that is there already stays."""
        row = _open_row(line)
        key = bytes(row["id"]) if row and "id" in row else b""
        more = self._members.get(key)
        if row is None or more is None:
            return line
        self._used.add(key)
        return msgspec.json.encode({**more, **row}) + b"\n"


def _read_members(second: BinaryIO, name: str) -> dict[bytes, dict[str, msgspec.Raw]]:
    found: dict[bytes, dict[str, msgspec.Raw]] = {}
    left = _MOST_BYTES
    for n, line in enumerate(second, start=1):
        left -= len(line)
        row = _open_row(line)
        if left < 0:
            raise UnreadableError(f"Cannot read {name}: it is larger than {_MOST_BYTES // 1024**2} MB.")
        if row is None or "id" not in row:
            raise UnreadableError(f"Line {n} of {name} holds no answer.", hint='Write `{"id": …, "ground_truth": …}`.')
        key = bytes(row.pop("id"))
        if key in found:
            raise UnreadableError(f"Line {n} of {name} has the id {key.decode(errors='replace')} a second time.")
        found[key] = row
    return found


def _open_row(line: bytes) -> dict[str, msgspec.Raw] | None:
    try:
        return _decode_row(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
