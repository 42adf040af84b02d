"""Folders that appear whole or not at all, and the space for them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.errors import JobError


@contextmanager
def filled_at_once(folder: Path) -> Iterator[Path]:
    """Fill a folder beside the wanted one, then rename it into place; a crash leaves nothing under the real name."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    half_made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield half_made
        half_made.chmod(0o755)
        _replace(half_made, folder)
    finally:
        shutil.rmtree(half_made, ignore_errors=True)


def _replace(new: Path, folder: Path) -> None:
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
        folder.rename(old / folder.name)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        new.rename(folder)


def require_space(folder: Path, needed_bytes: int, what: str) -> None:
    """Refuse early when the disk cannot hold what a job is going to write."""
    free = free_bytes(folder)
    if free < needed_bytes:
        raise JobError(
            f"{what} needs about {needed_bytes // 2**20} MB and the disk has {free // 2**20} MB free.",
            hint="Free some space, then try again.",
        )


def free_bytes(folder: Path) -> int:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free
