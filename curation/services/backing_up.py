"""Safe copies of the database, and the way back; both through SQLite's own backup call, both checked."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import msgspec

from curation.errors import UnreadableError, UnwritableError
from curation.model.people import Actor
from curation.services.acts import Act, perform
from curation.services.auditing import AuditHead, find_tampering, read_head
from curation.services.roles import require
from curation.services.workspace import Workspace, migrate
from db import migrations
from db.acts import Deed
from db.backup import copy_database, is_damaged, move_database, overwrite_database, read_version, require_sound


class BackupReport(msgspec.Struct, frozen=True):
    """A finished copy: where it is, its digest, and the end of the audit at that moment."""

    path: str
    size_bytes: int
    sha256: str
    audit: AuditHead


def back_up(ws: Workspace, actor: Actor, target: Path | None = None) -> BackupReport:
    """Copy the database while it is in use; the copy is checked before it gets its name."""
    require(actor, "back up")
    path = target or ws.name_backup("callwright")
    if path.exists():
        raise UnwritableError(f"There is already a file {path}.", hint="Choose another name.")
    _copy(ws, path)
    report = BackupReport(str(path), path.stat().st_size, _digest(path), read_head(ws))
    _note(ws, actor, f"{path.name}:{report.sha256}")
    return report


def restore(ws: Workspace, actor: Actor, source: Path) -> BackupReport:
    """Put a checked backup in place of the database; what was there is copied to `backups/` first."""
    require(actor, "back up")
    _require_restorable(source)
    safe = ws.name_backup("before-restore")
    with ws.lock.held():  # so that nothing is saved between the copy and what replaces it
        _copy(ws, safe)
        overwrite_database(source, ws.database)
    migrate(ws)
    if complaint := find_tampering(ws):
        raise UnreadableError(f"The backup is in place, but its audit is broken: {complaint}.")
    _note(ws, actor, f"restored {source.name}")
    return BackupReport(str(safe), safe.stat().st_size, _digest(safe), read_head(ws))


def set_damaged_aside(home: Path, source: Path) -> Path | None:
    """Make room for a backup where the database is damaged: it moves to `backups`, and the next opening makes another.

    Nothing moves unless the backup can be restored. Returns where the damaged file is, None when there is no damage.
    """
    ws = Workspace(home)
    try:
        if not ws.database.exists() or not is_damaged(ws.database):
            return None
        _require_restorable(source)
        aside = ws.name_backup("damaged")
        with ws.lock.held():
            move_database(ws.database, aside)
        return aside
    finally:
        ws.engine.dispose()


def _require_restorable(source: Path) -> None:
    if not source.is_file():
        raise UnreadableError(f"There is no file {source}.", hint="Backups are kept in the folder `backups`.")
    require_sound(source)
    _require_known(source)


def _copy(ws: Workspace, path: Path) -> None:
    try:
        copy_database(ws.database, path)
    except (OSError, sqlite3.Error) as error:
        raise UnwritableError(f"The backup {path} could not be written: {error}.") from error


def _require_known(source: Path) -> None:
    version = read_version(source)
    if not migrations.is_known(version):
        raise UnreadableError(
            f"{source.name} has version {version}, and this program speaks up to {migrations.newest_version()}.",
            hint="Restore it with the newer Callwright that made it.",
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _note(ws: Workspace, actor: Actor, what: str) -> None:
    def work(act: Act) -> None:
        act.note(Deed("workspace", after=what))

    perform(ws, actor, "back up", ws.new_id(), type(None), work)
