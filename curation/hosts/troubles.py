"""What can go wrong between us and a host, as errors that say whether a job may have come of it."""

from __future__ import annotations

import math
import re

from curation.errors import CurationError, JobError, TryLaterError

MOST_PATIENCE_S = 30.0
"""How long a host may make us wait before it is asked again."""
MOST_WORDS = 240
NOT_LET_IN = frozenset({401, 403})
"""How a host says that it lets somebody in no further: for the key, or with 403 for whatever it does not allow."""
_ABOUT_KEY = re.compile(
    r"\bkeys?\b|\b(?:api|access|auth\w*|bearer|id)[ _-]?tokens?\b|\bcredentials?\b|\bauthenticat|\bunauthori[sz]ed\b",
    re.IGNORECASE,
)
_UNPRINTABLE = re.compile(r"[^\S ]+|[^\w\s!-~…]+")


class HostTroubleError(TryLaterError):
    """No answer, or none that can be read: what was asked for may have happened or not."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        after_s: float = 0.0,
        status: int = 0,
        said: str = "",
        was_heard: bool = True,
    ) -> None:
        super().__init__(message, hint=hint, after_s=after_s)
        self.status = status
        """What it answered with; 0: with nothing that can be read."""
        self.said = said
        """The host's own words, where it is the host that says it."""
        self.was_heard = was_heard
        """Whether the host may have heard the question at all."""


class HostRefusedError(JobError):
    """The host has read what was asked and says no: nothing came of it."""

    def __init__(self, message: str, *, hint: str = "", status: int = 400, said: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.said = said
        """All of the host's own words but the key: for us to read, too long for a screen."""


def later(error: CurationError) -> CurationError:
    """The same sentence as something that passes: a job that is paid for does not end by it."""
    return error if error.retryable else TryLaterError(error.message, hint=error.hint)


def clean(words: str, key: str) -> str:
    """A host's words fit for our screens: without the key, on one line, and not too many."""
    without = words.replace(key, "…") if key else words
    line = " ".join(_UNPRINTABLE.sub(" ", without).split())
    return line if len(line) <= MOST_WORDS else f"{line[: MOST_WORDS - 1]}…"


def is_about_key(words: str) -> bool:
    """Whether a host says that it refuses for the key: it may as well be for the region, the model or the quota."""
    return _ABOUT_KEY.search(words) is not None


def read_patience(header: str | None) -> float:
    """Seconds a host asks for in `Retry-After`; nothing, nonsense and dates count as none."""
    try:
        seconds = float(header or 0)
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), MOST_PATIENCE_S) if math.isfinite(seconds) else 0.0
