"""Safe copies of a database file, made and checked by SQLite itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from curation.errors import UnreadableError
from db.files import put_in_place, unfinished_name


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that may be in use; the copy appears under its name only when it is whole and checked."""
    unfinished = unfinished_name(target)
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(unfinished)) as new:
        old.backup(new)
        # One file, so that a copy moved elsewhere never leaves a log behind.
        new.execute("PRAGMA journal_mode = delete")
    require_sound(unfinished)
    put_in_place(unfinished, target)


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
