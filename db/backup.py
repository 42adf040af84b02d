"""Safe copies of a database file, made and checked by SQLite itself."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from curation.errors import UnreadableError


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use; the copy appears under its name only when it is whole and checked."""
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(unfinished)) as new:
        old.backup(new)
        # One file, so that a copy moved elsewhere never leaves a log behind.
        new.execute("PRAGMA journal_mode = delete")
    require_sound(unfinished)
    put_in_place(unfinished, target)


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


def require_sound(path: Path) -> None:
    """Refuse a file that is no database, or a damaged one."""
    if complaint := find_damage(path):
        raise UnreadableError(f"{path.name} is not a sound Callwright database: {complaint}.")


def find_damage(path: Path) -> str | None:
    """What SQLite's own integrity check says, None when all is well."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    if verdict != "ok":
        return verdict
    return None if known else "it holds no Callwright tables"
