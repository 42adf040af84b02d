"""A limit on whole answers: a host that sends a byte now and then, or without end, is left in time."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator

import httpx2

MOST_BYTES = 32 * 2**20


def bound(response: httpx2.Response, whole_s: float) -> None:
    """Let an answer be read only as long as it is whole within its time and size."""
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _BoundedStream(response.stream, time.monotonic() + whole_s, _take_packing(response))


def _take_packing(response: httpx2.Response) -> str:
    """How it is packed though nobody asked for it; it is unpacked here, where its size is counted, and nowhere else."""
    packing: str = response.headers.pop("content-encoding", "").strip().lower()
    return "" if packing == "identity" else packing


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, until: float, packing: str = "") -> None:
        self._inner = inner
        self._until = until
        self._packing = packing

    def __iter__(self) -> Iterator[bytes]:
        left = MOST_BYTES
        unpack = _open_packing(self._packing)
        for packed in self._inner:
            chunk = unpack(packed, left + 1)
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError("The answer is too long.")
            if time.monotonic() > self._until:
                raise httpx2.ReadTimeout("The answer took too long.")
            yield chunk

    def close(self) -> None:
        self._inner.close()


def _open_packing(packing: str) -> Callable[[bytes, int], bytes]:
    """What unpacks piece after piece, and of each no more than so many bytes."""
    if not packing:
        return lambda packed, _most: packed
    if packing not in ("gzip", "x-gzip", "deflate"):
        raise httpx2.DecodingError("The answer is packed in a way that was not asked for.")
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)

    def unpack(packed: bytes, most: int) -> bytes:
        try:
            return unpacker.decompress(packed, most)
        except zlib.error as error:
            raise httpx2.DecodingError("The answer cannot be unpacked.") from error

    return unpack
