"""Length-prefixed JSON between a process and its warm child."""

from __future__ import annotations

import json
import os
import select
import struct
import time

from curation.model.values import Json

_HEAD = struct.Struct(">I")
MAX_FRAME_BYTES = 32 * 1024 * 1024


def pack(value: Json) -> bytes:
    """One frame."""
    body = json.dumps(value).encode()
    return _HEAD.pack(len(body)) + body


def receive(descriptor: int, deadline: float | None = None) -> Json:
    """The next frame.

    Raises:
        EOFError: the other side is gone.
        TimeoutError: nothing complete came before the deadline (of `time.monotonic`).
    """
    size = _HEAD.unpack(_receive_bytes(descriptor, _HEAD.size, deadline))[0]
    if size > MAX_FRAME_BYTES:
        raise EOFError("frame too large")
    return json.loads(_receive_bytes(descriptor, size, deadline))


def _receive_bytes(descriptor: int, size: int, deadline: float | None) -> bytes:
    parts: list[bytes] = []
    missing = size
    while missing:
        if deadline is not None:
            _wait(descriptor, deadline)
        part = os.read(descriptor, min(missing, 1 << 16))
        if not part:
            raise EOFError("the other side is gone")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _wait(descriptor: int, deadline: float) -> None:
    poller = select.poll()  # select() fails on descriptors above 1,023
    poller.register(descriptor, select.POLLIN)
    if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError
