"""The health of the installation: versions, packages, space, and whether the database is sound."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

import msgspec

from curation.errors import DamagedError
from curation.services.auditing import find_tampering
from curation.services.workspace import Workspace, find_home, open_workspace
from db import migrations
from db.backup import find_damage
from db.engine import FIXED_IN, has_wal_reset_bug

TRAINING_PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "llguidance")
SPACE_WARNING_BYTES = 2 * 1024**3
GIGABYTE = 1024**3


class Diagnosis(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "warning", "error"]
    text: str


def examine(home: Path | None = None) -> tuple[Diagnosis, ...]:
    """Look at everything; a workspace that is not there yet is made."""
    return (*_machine(), *_workspace(find_home(home)), _training())


def _machine() -> Iterator[Diagnosis]:
    yield Diagnosis("callwright", "ok", _version("callwright") or "run from its folder")
    yield Diagnosis("python", "ok", platform.python_version())
    yield _sqlite()


def _workspace(home: Path) -> Iterator[Diagnosis]:
    yield Diagnosis("workspace", "ok", str(home))
    try:
        ws = open_workspace(home)
    except DamagedError as error:
        yield Diagnosis("database", "error", str(error))
        return
    try:
        yield _space(ws)
        yield from _database(ws)
    finally:
        ws.close()


def _sqlite() -> Diagnosis:
    if not has_wal_reset_bug():
        return Diagnosis("sqlite", "ok", sqlite3.sqlite_version)
    fixed = ".".join(str(part) for part in FIXED_IN)
    text = (
        f"{sqlite3.sqlite_version}: before {fixed} a write and a checkpoint at the same instant can damage a file. "
        "Callwright does both behind one lock; let no other program write to the database."
    )
    return Diagnosis("sqlite", "warning", text)


def _space(ws: Workspace) -> Diagnosis:
    free = shutil.disk_usage(ws.home).free
    state: Literal["ok", "warning"] = "warning" if free < SPACE_WARNING_BYTES else "ok"
    return Diagnosis("disk", state, f"{free / GIGABYTE:.1f} GB free")


def _database(ws: Workspace) -> Iterator[Diagnosis]:
    damage = find_damage(ws.database)
    sound = f"sound, version {migrations.newest_version()}, {ws.database.stat().st_size / 1024**2:.1f} MB"
    yield Diagnosis("database", "error" if damage else "ok", f"{damage}. {DamagedError.hint}" if damage else sound)
    tampering = None if damage else find_tampering(ws)
    yield Diagnosis("audit", "error" if tampering else "ok", tampering or "the chain is whole")


def _training() -> Diagnosis:
    found = {name: _version(name) for name in TRAINING_PACKAGES}
    missing = [name for name, number in found.items() if number is None]
    if missing:
        return Diagnosis("training", "warning", f"not installed: {', '.join(missing)}; run `make run` to add them")
    return Diagnosis("training", "ok", ", ".join(f"{name} {number}" for name, number in found.items()))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
