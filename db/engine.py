"""Opens the database file: pragmas on every connection, real transactions, and our own checkpoints."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.pool import ConnectionPoolEntry

from curation.errors import DamagedError

log = logging.getLogger(__name__)
PAGE_BYTES = 8192
CHECKPOINT_BYTES = 4 * 1024 * 1024
"""A write-ahead log above this size is folded back after a commit."""
CHECKPOINT_WAIT_S = 0.1
"""A checkpoint gives way to readers rather than hold the write lock for them."""
PRAGMAS = (
    f"page_size = {PAGE_BYTES}",
    "journal_mode = wal",
    "synchronous = full",
    "foreign_keys = on",
    "wal_autocheckpoint = 0",
    # A log that was folded back once would stay as long as it grew, and be folded back after every commit.
    f"journal_size_limit = {CHECKPOINT_BYTES}",
    "busy_timeout = 30000",
    "recursive_triggers = on",
)
DAMAGE = ("is not a database", "is malformed", "malformed database schema")
"""What SQLite says of a file that somebody else wrote into."""
WRITING = {"callwright_writes": True}
FIXED_IN = (3, 51, 3)
"""The first SQLite without the WAL-reset bug."""


def make_engine(path: Path) -> Engine:
    """An engine for one file; `execution_options(**WRITING)` makes its transactions take the write lock at once."""
    # The connection used last comes first: it still knows the pages that it read and wrote.
    engine = create_engine(
        URL.create("sqlite", database=str(path)), pool_size=16, max_overflow=64, pool_timeout=30, pool_use_lifo=True
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", partial(_name_damage, path))
    return engine


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transaction control begins too late and ends too early; ours is in _begin.
    connection.isolation_level = None
    with closing(connection.cursor()) as cursor:
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("callwright_writes", False)
    # What takes a single statement back outgrows 64 KB with every few rows: as a file it costs more than the rows. Who
    # reads may sort a million rows, which belong into a file.
    connection.exec_driver_sql(f"PRAGMA temp_store = {'memory' if writes else 'file'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _name_damage(path: Path, context: ExceptionContext) -> None:
    """A file that is not what SQLite wrote is told in one sentence, wherever it is noticed."""
    said = str(context.original_exception)
    if any(sign in said for sign in DAMAGE):
        raise DamagedError(f"The database {path} is damaged: {said}.") from context.original_exception


def log_path(database: Path) -> Path:
    """The write-ahead log beside a database file."""
    return database.with_name(database.name + "-wal")


def checkpoint(path: Path, *, everything: bool = False) -> None:
    """Fold the log back into the file; the caller holds the write lock.

    What is in the log is safe there, so a fold that fails is only noted: it must not undo what was committed.
    """
    try:
        with closing(sqlite3.connect(path, timeout=CHECKPOINT_WAIT_S, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute(f"PRAGMA wal_checkpoint({'TRUNCATE' if everything else 'PASSIVE'})")
    except sqlite3.Error as error:
        log.warning("The log of %s was not folded back: %s", path, error)


def is_log_long(path: Path) -> bool:
    """Whether the log has outgrown its size."""
    try:
        return os.stat(log_path(path)).st_size > CHECKPOINT_BYTES  # noqa: PTH116
    except FileNotFoundError:
        return False


def has_wal_reset_bug(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite can damage a log when two connections write and checkpoint at the same instant."""
    return version < FIXED_IN and version[:3] != (3, 50, 7)
