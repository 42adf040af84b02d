"""A file of JSON lines that only grows: each line is one write, and one torn by a crash is cut off."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from curation.errors import NotSavedError, UnreadableError
from curation.files import PRIVATE_MODE

SETTLE_EVERY_S = 1.0
"""As often as the tally is written: a power cut takes no more than what came since."""
Line = TypeVar("Line")


class Lines:
    """Opened for one process: what it held before, and room for more."""

    def __init__(
        self, path: Path, clock: Callable[[], float] = time.monotonic, settle: Callable[[int], None] = os.fsync
    ) -> None:
        self._path = path
        self._clock = clock
        self._put_on_disk = settle
        self._settled_at = float("-inf")
        self._lock = threading.Lock()
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE_MODE)
        content = path.read_bytes()
        self._size = content.rfind(b"\n") + 1
        if self._size != len(content):
            os.ftruncate(self._handle, self._size)

    def append(self, line: msgspec.Struct) -> None:
        """Add one line whole, or leave the file as it was.

        Raises:
            NotSavedError: the disk does not take it.
        """
        content = msgspec.json.encode(line) + b"\n"
        with self._lock:
            try:
                if os.write(self._handle, content) != len(content):
                    raise OSError("no room for the whole line")
            except OSError as error:
                os.ftruncate(self._handle, self._size)
                raise NotSavedError(
                    f"`{self._path.name}` could not be written to: {error.strerror or error}."
                ) from error
            self._size += len(content)
            self._settle()

    def read(self, kind: type[Line]) -> Iterator[Line]:
        """Every line, oldest first."""
        return read_lines(self._path, kind)

    def _settle(self) -> None:
        """What was written lasts through a power cut too; at most once in a while, since it takes its time."""
        if (now := self._clock()) - self._settled_at >= SETTLE_EVERY_S:
            try:
                self._put_on_disk(self._handle)
            except OSError as error:
                raise NotSavedError(f"`{self._path.name}` could not be put on disk: {error.strerror}.") from error
            self._settled_at = now

    def close(self) -> None:
        self._put_on_disk(self._handle)
        os.close(self._handle)


def read_lines(path: Path, kind: type[Line]) -> Iterator[Line]:
    """The lines that are whole, oldest first, also of a file that somebody is writing; none where there is no file.

    Raises:
        UnreadableError: one is not as it was written.
    """
    if not path.exists():
        return
    decoder = msgspec.json.Decoder(kind)
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield decoder.decode(line)
            except msgspec.DecodeError as error:
                raise UnreadableError(
                    f"Line {number} of `{path.name}` is not as it was written.",
                    hint="Take the line out of the file: what it held is asked again.",
                ) from error
