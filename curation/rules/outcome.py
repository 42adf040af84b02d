"""What a tool result says about itself: success or failure, and which kind of failure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

from curation.model.values import Json
from curation.reading.strict import parse_strict

FailureKind = Literal["timeout", "rate_limit", "permission", "other"]

_LONGEST_READ = 200_000
_ERROR_TEXT = re.compile(r"\s*(?:error\b|exception\b|failed\b|failure\b|traceback\b|http (?:4|5)\d\d\b)", re.IGNORECASE)
_ERROR_KEYS = ("error", "errors", "exception")
_FLAG_KEYS = ("isError", "is_error")
_FAILED_WORDS = frozenset({"error", "failed", "failure"})
_TIMEOUT = re.compile(
    r"time[d]?[ -]?out|deadline exceeded|gateway|connection (?:reset|lost|closed)|\b50[234]\b", re.IGNORECASE
)
_RATE = re.compile(r"rate.?limit|too many requests|\b429\b|quota|retry.?after", re.IGNORECASE)
_PERMISSION = re.compile(
    r"permission|forbidden|not authori[sz]ed|unauthori[sz]ed|access denied|\b40[13]\b", re.IGNORECASE
)


class Outcome(msgspec.Struct, frozen=True):
    """How a call went, by its result."""

    failed: bool
    kind: FailureKind = "other"
    value: Json = None
    """The parsed result when it is JSON."""
    is_json: bool = False


_FAILURE_SIGNS = (
    "rror",
    "xception",
    "ail",
    "alse",
    "RROR",
    "XCEPTION",
    "AIL",
    "raceback",
    "RACEBACK",
    "HTTP ",
    "http ",
)


def has_failed(text: str | None) -> bool:
    """Whether a result reports a failure; most are cleared without being parsed."""
    if not text:
        return False
    for sign in _FAILURE_SIGNS:
        if sign in text:
            return outcome_of(text).failed
    return False


@lru_cache(maxsize=4096)
def outcome_of(text: str | None) -> Outcome:
    """Read a result's text; anything unclear counts as success."""
    if not text or len(text) > _LONGEST_READ:
        return Outcome(failed=False)
    value = parse_strict(text).value if text.lstrip()[:1] in ("{", "[") else msgspec.UNSET
    if isinstance(value, dict):
        return Outcome(_object_failed(value), _failure_kind(text), value, is_json=True)
    if isinstance(value, list):
        return Outcome(failed=False, value=value, is_json=True)
    return Outcome(bool(_ERROR_TEXT.match(text)), _failure_kind(text))


def _object_failed(value: dict[str, Json]) -> bool:
    if any(value.get(key) for key in _ERROR_KEYS) or any(value.get(key) is True for key in _FLAG_KEYS):
        return True
    if value.get("success") is False or value.get("ok") is False:
        return True
    status = value.get("status")
    return isinstance(status, str) and status.lower() in _FAILED_WORDS


def _failure_kind(text: str) -> FailureKind:
    head = text[:2000]
    if _RATE.search(head):
        return "rate_limit"
    if _TIMEOUT.search(head):
        return "timeout"
    return "permission" if _PERMISSION.search(head) else "other"
