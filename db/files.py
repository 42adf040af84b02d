"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def unfinished_name(target: Path) -> Path:
    """Where a file is written before it has its name."""
    return target.with_name(target.name + ".part")


@contextmanager
def write_whole(target: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place and rename it when the block ends well; otherwise nothing is left."""
    unfinished = unfinished_name(target)
    try:
        with unfinished.open("wb") as file:
            yield file
        put_in_place(unfinished, target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def put_in_place(unfinished: Path, target: Path) -> None:
    """Rename a finished file into place so that a power cut leaves the old one or the new one."""
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
