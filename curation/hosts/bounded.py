"""A limit on whole answers: a host that sends a byte now and then, or without end, is left in time."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2

MOST_BYTES = 32 * 2**20


def bound(response: httpx2.Response, whole_s: float) -> None:
    """Let an answer be read only as long as it is whole within its time and size."""
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _BoundedStream(response.stream, time.monotonic() + whole_s)


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, until: float) -> None:
        self._inner = inner
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        left = MOST_BYTES
        for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError("The answer is too long.")
            if time.monotonic() > self._until:
                raise httpx2.ReadTimeout("The answer took too long.")
            yield chunk

    def close(self) -> None:
        self._inner.close()
