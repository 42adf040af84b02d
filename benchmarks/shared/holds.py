"""How long the lock of all writers is held, one hold after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from curation.services.workspace import Workspace


@contextmanager
def watch_holds(ws: Workspace) -> Iterator[list[float]]:
    """Gather the CPU milliseconds of each hold; what others do on the machine meanwhile does not count."""
    spans: list[float] = []
    held = ws.lock.held

    @contextmanager
    def watched() -> Iterator[None]:
        with held():
            start = time.thread_time()
            try:
                yield
            finally:
                spans.append(1000 * (time.thread_time() - start))

    ws.lock.held = watched  # type: ignore[method-assign]
    try:
        yield spans
    finally:
        ws.lock.held = held  # type: ignore[method-assign]
