"""Why a worker failed, in one sentence a person can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from curation.errors import CurationError

FULL_DISK = (
    "The disk is full, so the job could not save its work. "
    "Free some space, then retry: it goes on from its last checkpoint."
)

FULL_DISK_SIGNS = ("no space left", "file too large", "file write failed", "inline_container")


def describe_failure(error: BaseException) -> str:
    """The sentence for the job; the log has the rest."""
    if isinstance(error, CurationError):
        return str(error)
    if any(_is_full_disk(one) for one in _causes(error)):
        return FULL_DISK
    if any(_is_out_of_memory(one) for one in _causes(error)):
        return "The memory did not suffice. Retry with fewer rows per step or a lower limit of tokens."
    return f"The worker met an unexpected {type(error).__name__}; the log has the details."


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    words = str(error).lower()
    # The libraries that write tensors say it in words only.
    return any(sign in words for sign in FULL_DISK_SIGNS)


def _is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower() or "can't allocate" in str(error)
