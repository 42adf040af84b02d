"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def unfinished_name(target: Path) -> Path:
    """Where a file is written before it has its name."""
    return target.with_name(target.name + ".part")


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
