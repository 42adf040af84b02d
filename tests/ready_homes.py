"""Workspace folders as their first opening leaves them: the steps of a database take longer than most tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from curation.services.workspace import DATABASE, open_workspace


def make_ready(home: Path) -> Path:
    """The folder with an empty workspace's database in it, where it has none yet."""
    database = home / DATABASE
    if not database.exists():
        home.mkdir(parents=True, exist_ok=True)
        database.write_bytes(_empty_database())
    return home


@cache
def _empty_database() -> bytes:
    """What a first opening writes, done once a process."""
    with TemporaryDirectory() as folder:
        open_workspace(Path(folder)).close()
        return Path(folder, DATABASE).read_bytes()
