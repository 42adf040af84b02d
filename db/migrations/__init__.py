"""Brings a database file to the version this program speaks, after a safe copy of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from curation.errors import StateError

SCRIPTS = Path(__file__).parent


@cache
def _scripts() -> tuple[Config, ScriptDirectory]:
    """The steps of this program, read once a process: every workspace opened asks for them."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config, ScriptDirectory.from_config(config)


def newest_version() -> str:
    """The version this program speaks."""
    return _scripts()[1].get_current_head() or ""


def file_version(connection: Connection) -> str | None:
    """The version of an open database; None for an empty file."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(version: str | None) -> bool:
    """Whether this program can bring a file of that version up to date."""
    return version in {script.revision for script in _scripts()[1].walk_revisions()}


def is_current(connection: Connection) -> bool:
    """Whether the file needs no step; a newer file than this program is refused."""
    version = file_version(connection)
    if version is not None and not is_known(version):
        raise StateError(
            f"The database has version {version}, and this program speaks up to {newest_version()}.",
            hint="Start it with the newer Callwright that wrote it, or restore a backup made before.",
        )
    return version == newest_version()


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the missing steps inside the connection's open transaction."""
    config, scripts = _scripts()

    def steps(revision: object, _context: MigrationContext) -> list[RevisionStep]:
        return list(scripts._upgrade_revs(target, revision))  # type: ignore[arg-type]

    with EnvironmentContext(config, scripts) as environment:
        environment.configure(connection=connection, fn=steps, transactional_ddl=True)
        environment.run_migrations()
