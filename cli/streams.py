"""Input and output of commands: `-` is standard input or output, files appear whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from curation.errors import UnreadableError, UnwritableError
from curation.files import write_whole
from curation.services.row_sources import DataFolder, Source


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
def open_rows_of(name: str) -> Iterator[Source]:
    """Rows to read: those of a file, of standard input, or of a folder that holds a data set."""
    if name != "-" and Path(name).is_dir():
        yield DataFolder(Path(name))
        return
    with open_input(name) as stream:
        yield stream


def name_input(name: str) -> str:
    """What sentences call an input."""
    return "standard input" if name == "-" else name


@contextmanager
def open_output(name: str) -> Iterator[BinaryIO]:
    """Where bytes go; a file takes its name only when all of it is written, a pipe or device gets them at once."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with write_whole(Path(name)) as stream:
            yield stream
    except BrokenPipeError:
        raise  # the reader has what it wanted
    except OSError as error:
        raise UnwritableError(f"Cannot write {name}: {error.strerror}.") from error
