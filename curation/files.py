"""Files that appear whole or not at all; what is no ordinary file is written straight into, never replaced."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

NEW_FILE_MODE = 0o666
"""What the umask takes its bits from."""
PRIVATE_MODE = 0o600
"""For what a job keeps to itself."""
STREAM_NAMES = ("/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd", "/proc")
"""Names of what a process has open already: a rename would cut the reader off from it, even where it is a file."""


def is_stream(path: Path) -> bool:
    """Whether bytes flow into it rather than lie in it: a pipe, a device, a socket, something already open."""
    if any(path.absolute().is_relative_to(name) for name in STREAM_NAMES):
        return True
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def write_whole(path: Path, new_mode: int = NEW_FILE_MODE) -> Iterator[BinaryIO]:
    """Write beside a file's place and rename when the block ends well; otherwise the old content stays.

    Links are followed, an existing file keeps its mode, and a new one gets what the umask leaves of `new_mode`.
    """
    if is_stream(path):
        with path.open("wb") as flow:
            yield flow
        return
    place = path.resolve()
    unfinished, stream = _open_beside(place, new_mode)
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(place)
        _settle(place.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def put_whole(path: Path, content: bytes, new_mode: int = NEW_FILE_MODE) -> None:
    """Write a file's whole content: readers see the old one or the new one, also after a power cut."""
    with write_whole(path, new_mode) as stream:
        stream.write(content)


def _open_beside(place: Path, new_mode: int) -> tuple[Path, BinaryIO]:
    unfinished = place.with_name(f".{place.name[:200]}.{secrets.token_hex(4)}")
    mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, new_mode if mode is None else mode)
    if mode is not None:
        os.fchmod(handle, mode)
    return unfinished, os.fdopen(handle, "wb")


def _settle(folder: Path) -> None:
    """A rename lasts through a power cut only when its folder is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
