"""Errors a person can put right.

CurationError
├── NotFoundError          the thing asked for is not there
├── StaleRevisionError     somebody saved in between
├── NotAllowedError        the person lacks the role
├── ClaimedError           somebody else has the thing on their desk
├── StateError             the thing is in the wrong state for this act
├── BlockedError           findings stand in the way
├── UnreadableError        a file or text cannot be read
│   └── DamagedError       the database file is not what SQLite wrote
├── UnwritableError        a format or a target cannot hold this
├── NotSavedError          the database was busy or its disk full, and may not be so again
├── MissingPackageError    an optional package is not installed
└── JobError               a job could not be prepared, started or finished
    ├── TryLaterError      it may work when asked again
    └── BudgetSpentError   what may be spent on a job is spent
"""

from __future__ import annotations

from typing import Any


class CurationError(Exception):
    """Something a person can put right; `hint` says how."""

    hint = ""
    retryable = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        if hint:
            self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class NotFoundError(CurationError):
    """The thing asked for is not there."""


class StaleRevisionError(CurationError):
    """Somebody saved in between; both texts are safe."""

    hint = "Compare both texts, then save again on top of the newer one."
    retryable = True


class NotAllowedError(CurationError):
    """The person lacks the role for this act."""


class TooLongError(CurationError):
    """A field was given more than it keeps."""

    def __init__(self) -> None:
        super().__init__("The text is larger than 1 MB; save it in smaller parts.")


class ClaimedError(CurationError):
    """Somebody else has the thing on their desk."""


class StateError(CurationError):
    """The thing is in the wrong state for this act."""


class BlockedError(CurationError):
    """Findings stand in the way of this act."""


class UnreadableError(CurationError):
    """A file or a text cannot be read."""


class DamagedError(UnreadableError):
    """The database file is not what SQLite wrote."""

    hint = "Put a backup in its place with `callwright restore FILE`; backups are kept in the folder `backups`."


class UnwritableError(CurationError):
    """A format or a target cannot hold this."""


class NotSavedError(CurationError):
    """The database was busy, its disk full or its file shut: nothing was written, and it may pass."""

    hint = "What was saved before is safe; try again in a moment."
    retryable = True


class MissingPackageError(CurationError):
    """An optional package is not installed."""

    hint = "Run `make run` (without TRAIN=0) to add the training packages."


class JobError(CurationError):
    """A job could not be prepared, started or finished."""


class TryLaterError(JobError):
    """It did not work now and says nothing against the job; what it costs is to be asked again."""

    retryable = True

    def __init__(self, message: str, *, hint: str = "", after_s: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.after_s = after_s
        """How long the other side wants to be left alone, at least."""


class BudgetSpentError(JobError):
    """What may be spent on a job is spent: nothing more is asked, and what was made is kept."""

    came: tuple[Any, ...] = ()
    """What the first questions of the round brought before; in order, from the first on."""
