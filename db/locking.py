"""One writer at a time, across threads and processes.

SQLite below 3.51.3 can damage a file when one connection writes while another checkpoints, and waiting inside SQLite
is unfair. So every write and every checkpoint happens behind one lock on a file beside the database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from curation.errors import NotSavedError

WAIT_S = 30.0
POLL_S = 0.002


class WriteLock:
    """The lock of one database file; not re-entrant, so a write inside a write is found at once."""

    def __init__(self, database: Path, wait_s: float = WAIT_S) -> None:
        self._path = database.with_name(database.name + ".lock")
        self._wait_s = wait_s
        self._threads = threading.Lock()
        self._holder: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock, or say in one sentence that somebody else does."""
        if self._holder == threading.get_ident():
            raise RuntimeError("a unit of work was opened inside another one")
        if not self._threads.acquire(timeout=self._wait_s):
            raise self._busy()
        try:
            self._holder = threading.get_ident()
            with self._file():
                yield
        finally:
            self._holder = None
            self._threads.release()

    @contextmanager
    def _file(self) -> Iterator[None]:
        lock = FileLock(self._path, timeout=self._wait_s, thread_local=False)
        try:
            lock.acquire(poll_interval=POLL_S)
        except Timeout as error:
            raise self._busy() from error
        try:
            yield
        finally:
            lock.release()

    def _busy(self) -> NotSavedError:
        return NotSavedError(
            f"Not saved: the database was busy for {self._wait_s:.0f} seconds.",
            hint="Your text is kept; try again in a moment.",
        )
