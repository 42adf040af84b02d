"""Bytes packed with gzip, unpacked as they are read: never all at once, and never more than a cap allows."""

from __future__ import annotations

import zlib
from typing import BinaryIO

from curation.errors import UnreadableError

GZIP_MARK = b"\x1f\x8b"
MOST_BYTES = 64 * 1024**3
"""What one packed file may hold."""
MOST_RATIO = 300
"""How many times its own size a file may unpack to; rows of JSON pack to a tenth or a fiftieth."""
FREE_BYTES = 64 * 1024**2
"""So much may come out of any file, however small it is."""
_CHUNK_BYTES = 1 << 16
_WITH_HEAD = 31
"""Of zlib: a gzip head and its check sum are expected around the data."""


class Unpacked:
    """The bytes in a gzip stream.

    Reading raises UnreadableError where the stream is cut off or damaged, or unpacks to more than it may.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._member = zlib.decompressobj(_WITH_HEAD)
        self._waiting = b""
        self._ready = bytearray()
        self._n_in = 0
        self._n_out = 0
        self._is_over = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes: `size` of them unless the stream ends before."""
        while not self._is_over and (size < 0 or len(self._ready) < size):
            self._unpack()
        wanted = len(self._ready) if size < 0 else size
        data = bytes(self._ready[:wanted])
        del self._ready[:wanted]
        return data

    def _unpack(self) -> None:
        if not self._waiting and not self._fill():
            return
        try:
            data = self._member.decompress(self._waiting, _CHUNK_BYTES)
        except zlib.error as error:
            raise self._refuse("its packed bytes are damaged", "Fetch or pack it again.") from error
        self._waiting = self._member.unconsumed_tail
        self._ready += data
        self._n_out += len(data)
        self._require_measure()
        if self._member.eof:
            self._begin_next(self._member.unused_data)

    def _fill(self) -> bool:
        """Fetch packed bytes; False at a proper end."""
        self._waiting = self._stream.read(_CHUNK_BYTES)
        self._n_in += len(self._waiting)
        if not self._waiting:
            raise self._refuse("it is cut off in the middle", "Fetch it again, or pack it again.")
        return True

    def _begin_next(self, rest: bytes) -> None:
        """Go on to the next of several packed parts in one file; zeros may stand behind the last one."""
        while not (rest := rest.lstrip(b"\0")):
            rest = self._stream.read(_CHUNK_BYTES)
            self._n_in += len(rest)
            if not rest:
                self._is_over = True
                return
        if not GZIP_MARK.startswith(rest[:2]):
            raise self._refuse("other bytes stand behind its packed ones", "Pack it again.")
        self._member, self._waiting = zlib.decompressobj(_WITH_HEAD), rest

    def _require_measure(self) -> None:
        if self._n_out > MOST_BYTES:
            raise self._refuse(f"it unpacks to more than {MOST_BYTES // 1024**3} GB", "Split it into several files.")
        if self._n_out > FREE_BYTES and self._n_out > MOST_RATIO * self._n_in:
            raise self._refuse(f"it unpacks to more than {MOST_RATIO} times its size", "Unpack it yourself first.")

    def _refuse(self, why: str, remedy: str) -> UnreadableError:
        return UnreadableError(f"Cannot read {self._name}: it is compressed with gzip, and {why}.", hint=remedy)
