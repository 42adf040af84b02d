"""Input and output of commands: `-` is standard input or output, files appear whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from curation.errors import UnreadableError, UnwritableError


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """The bytes of a file, or of standard input."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - closed below, apart from the caller's own errors
    except OSError as error:
        raise UnreadableError(f"Cannot read {name}: {error.strerror}.") from error
    with stream:
        yield stream


@contextmanager
def open_output(name: str) -> Iterator[BinaryIO]:
    """Where bytes go; a file takes its name only when all of it is written."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    target = Path(name)
    try:
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise UnwritableError(f"Cannot write {name}: {error.strerror}.") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(part).chmod(0o644)
        Path(part).replace(target)
    except OSError as error:
        raise UnwritableError(f"Cannot write {name}: {error.strerror}.") from error
    finally:
        Path(part).unlink(missing_ok=True)
