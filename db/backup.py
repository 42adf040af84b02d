"""Safe copies of a database file, made and checked by SQLite itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from curation.errors import UnreadableError
from db.engine import log_path
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
        with closing(_open_read_only(path)) as connection:
            verdict = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    if verdict != "ok":
        return verdict
    return None if known else "it holds no Callwright tables"


def is_damaged(path: Path) -> bool:
    """Whether SQLite can make no sense of the file; one that cannot be opened just now is not damaged."""
    try:
        with closing(_open_read_only(path)) as connection:
            return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok"
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True


def move_database(source: Path, target: Path) -> None:
    """Move a database nobody has open, with its log, which may hold the newest work."""
    source.replace(target)
    if log_path(source).exists():
        log_path(source).replace(log_path(target))
    source.with_name(source.name + "-shm").unlink(missing_ok=True)


def _open_read_only(path: Path) -> sqlite3.Connection:
    # A name may hold `?`, `#` and `%`, which mean something in an address.
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def overwrite_database(source: Path, target: Path) -> None:
    """Put a backup's content into a database in one transaction; the caller holds the write lock.

    The file stays the same file, so whoever has it open sees the old content or the new, never a mixture.
    """
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, isolation_level=None)) as live:
        live.execute("PRAGMA wal_autocheckpoint = 0")
        live.execute("PRAGMA synchronous = full")
        old.backup(live)
        live.execute("PRAGMA journal_mode = wal")


def read_version(path: Path) -> str | None:
    """The migration a sound file stands at."""
    with closing(_open_read_only(path)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None
