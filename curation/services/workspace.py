"""The workspace: one folder with one database, and everything a service needs from outside (clock, ids)."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from sqlalchemy import Connection, Engine

from curation.errors import UnwritableError
from curation.services.sweeping import sweep_abandoned
from db import migrations
from db.backup import copy_database
from db.engine import checkpoint, make_engine
from db.locking import WriteLock
from db.people import LOCAL, ensure_local_person
from db.unit_of_work import UnitOfWork, reading

HOME_VARIABLE = "CALLWRIGHT_HOME"
DATABASE = "callwright.db"
STAMP_LENGTH = len("2026-01-31T12:00:00")


def utc_now() -> datetime:
    return datetime.now(UTC)


def local_person() -> str:
    """The one person there is until others are named."""
    return LOCAL


class Workspace:
    """An open workspace; safe to share between threads."""

    def __init__(
        self, home: Path, clock: Callable[[], datetime] = utc_now, who: Callable[[], str] = local_person
    ) -> None:
        self.home = home
        self.who = who
        """The id of the person at the desk; the screens say who sits before which browser."""
        self.database = home / DATABASE
        self.runs = home / "runs"
        self.models = home / "models"
        self.backups = home / "backups"
        self.rejects = home / "rejects"
        self._clock = clock
        _make_folders((home, self.runs, self.models, self.backups, self.rejects))
        self.lock = WriteLock(self.database)
        self.engine: Engine = make_engine(self.database)

    def unit(self) -> UnitOfWork:
        """A write transaction: `with ws.unit() as unit: … unit.connection …; unit.commit()`."""
        return UnitOfWork(self.engine, self.lock, self.database)

    def reading(self) -> AbstractContextManager[Connection]:
        """A read transaction that never waits for writers."""
        return reading(self.engine)

    def now(self) -> str:
        """The time in UTC, as text that sorts."""
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def new_id(self) -> str:
        """An id that sorts by the time it was made (and carries 64 random bits)."""
        return f"{time.time_ns() // 1000:013x}{secrets.token_hex(8)}"

    def name_backup(self, what: str) -> Path:
        """A free name in `backups` that says when; a second copy in the same second gets a number."""
        stamp = self.now()[:STAMP_LENGTH].replace(":", "-")
        endings = chain([""], (f"-{n}" for n in count(2)))
        names = (self.backups / f"{what}-{stamp}{ending}.db" for ending in endings)
        return next(path for path in names if not path.exists())

    def close(self) -> None:
        """Close every connection; SQLite folds its log back then, so the lock is held."""
        with self.lock.held():
            checkpoint(self.database, everything=True)
            self.engine.dispose()


def find_home(home: Path | None = None) -> Path:
    """The workspace folder: the one given, `CALLWRIGHT_HOME`, or `workspace/`."""
    return (home or Path(os.environ.get(HOME_VARIABLE) or "workspace")).expanduser().resolve()


def open_workspace(
    home: Path | None = None, *, clock: Callable[[], datetime] = utc_now, who: Callable[[], str] = local_person
) -> Workspace:
    """Open a workspace, made or migrated as needed, with what killed processes left behind swept away or finished."""
    # Acts work in a workspace, so they know this module.
    from curation.services.appearing import finish_decided

    ws = Workspace(find_home(home), clock, who)
    try:
        migrate(ws)
        with ws.unit() as unit:
            ensure_local_person(unit.connection)
            unit.commit()
        sweep_abandoned(ws.unit)
        finish_decided(ws)
    except BaseException:
        ws.engine.dispose()
        raise
    return ws


def migrate(ws: Workspace) -> None:
    """Run missing steps in one transaction, after a backup of a file that already holds something."""
    with ws.reading() as connection:
        if migrations.is_current(connection):
            return
        version = migrations.file_version(connection)
    if version is not None:
        copy_database(ws.database, ws.name_backup(f"version-{version}-before-{migrations.newest_version()}"))
    with ws.unit() as unit:
        if not migrations.is_current(unit.connection):
            migrations.upgrade(unit.connection)
            unit.commit()


def _make_folders(folders: tuple[Path, ...]) -> None:
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnwritableError(
                f"The folder {folder} cannot be made: {error.strerror}.",
                hint=f"Choose another one with {HOME_VARIABLE}.",
            ) from error
