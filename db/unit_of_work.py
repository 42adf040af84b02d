"""One transaction: the only thing that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from curation.errors import NotSavedError
from db.engine import WRITING, checkpoint, is_log_long
from db.locking import WriteLock


class UnitOfWork:
    """A write transaction behind the file lock; leaving the block without `commit()` rolls back."""

    connection: Connection

    def __init__(self, engine: Engine, lock: WriteLock, path: Path) -> None:
        self._engine = engine.execution_options(**WRITING)
        self._lock = lock
        self._path = path

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._lock.held())
            self.connection = stack.enter_context(self._engine.connect())
            self.connection.begin()
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._open:
            # Also after a commit that failed: SQLAlchemy then takes its transaction for over, SQLite's is still open.
            self.connection.rollback()
            self.connection.close()
            if kind is None and is_log_long(self._path):
                checkpoint(self._path)
        if isinstance(error, OperationalError) and (reason := _tell(error)):
            raise NotSavedError(f"Not saved: {reason}.", hint="What was saved before is safe.") from error

    def commit(self) -> None:
        """Make everything done so far last."""
        self.connection.commit()


def _tell(error: OperationalError) -> str | None:
    """What a person can put right, in words; None for everything else."""
    said = str(error.orig)
    reasons = {
        "disk is full": "the disk is full",
        "readonly database": "the database may only be read",
        "disk I/O error": "the disk reports an error",
    }
    return next((reason for sign, reason in reasons.items() if sign in said), None)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction: one consistent picture that never waits for writers."""
    with engine.connect() as connection:
        connection.begin()
        yield connection
