"""What providers and kinds of jobs do for the keeper; only their failures speak about the job."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from curation.errors import CurationError, NotSavedError, TryLaterError
from curation.services.fenced_jobs import FencedOutError

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class VerbError(Exception):
    """A provider or a kind of job refused or failed; a full disk or a busy database is never this."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause

    @property
    def is_expected(self) -> bool:
        """Whether it comes with a sentence for people."""
        return isinstance(self.cause, CurationError)

    @property
    def is_refusal(self) -> bool:
        """Whether asking again would be refused again."""
        return isinstance(self.cause, CurationError) and not self.cause.retryable

    @property
    def after_s(self) -> float:
        """How long the other side wants to be left alone."""
        return self.cause.after_s if isinstance(self.cause, TryLaterError) else 0.0

    @property
    def sentence(self) -> str:
        if self.is_expected:
            return str(self.cause)
        kind = type(self.cause).__name__
        return f"Keeping this job met an unexpected {kind}; the server's log has the details."


@contextmanager
def verb() -> Iterator[None]:
    """Around every call of a provider or a kind of job."""
    try:
        yield
    except (NotSavedError, SQLAlchemyError, FencedOutError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            raise NotSavedError("Not saved: the disk is full.") from error
        raise VerbError(error) from error
