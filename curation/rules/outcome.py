"""What a tool result says about itself: success or failure, and which kind of failure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

import msgspec

from curation.model.values import Json
from curation.reading.strict import parse_strict

FailureKind = Literal["timeout", "rate_limit", "permission", "temporary", "other"]

_LONGEST_READ = 200_000
_LONGEST_KEPT = 4_000
"""Several rules, and the category, ask of the same result one after the other."""
_ERROR_TEXT = re.compile(
    r"\s*(?:error\b|exception\b|failed\b|failure\b|traceback\b|http (?:4|5)\d\d\b|\w*error:"
    r"|(?:request )?time[d]?[ -]?out\b"
    r"|fehler\b|fehlgeschlagen\b|zeitüberschreitung\b|错误|失败|请求超时|超时)",
    re.IGNORECASE,
)
_ERROR_KEYS = ("error", "errors", "exception")
_FLAG_KEYS = ("isError", "is_error")
_FAILED_STATUS = re.compile(r'tatus(?:_?[cC]ode)?"\s*:\s*[45]\d\d\b')
_STATUS_KEYS = ("status", "status_code", "statusCode", "http_status")
_FAILED_WORDS = frozenset({"error", "failed", "failure", "timeout", "timed_out", "fehler"})
_TIMEOUT = re.compile(
    r"time[d]?[ _-]?out|deadline exceeded|gateway|connection (?:reset|lost|closed|aborted)|\b50[234]\b|no response"
    r"|socket hang up|zeitüberschreitung|keine antwort|超时",
    re.IGNORECASE,
)
_RATE = re.compile(
    r"rate[ _-]?limit|too many requests|\b429\b|quota|throttl|retry.?after|zu viele anfragen|请求过于频繁|频率限制",
    re.IGNORECASE,
)
_PERMISSION = re.compile(
    r"permission|forbidden|not (?:authori[sz]ed|allowed)|unauthori[sz]ed|access denied|insufficient (?:rights"
    r"|privileges)"
    r"|\b40[13]\b|berechtigung|nicht berechtigt|zugriff verweigert|verboten|无权|权限",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"temporar|try again (?:later|in )|please retry|service (?:is )?unavailable|overload|\bbusy\b|\b500\b"
    r"|internal (?:server )?error"
    r"|vorübergehend|später erneut|überlastet|暂时|稍后|繁忙",
    re.IGNORECASE,
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
    "imeout",
    "imed out",
    "ime-out",
    "ehler",
    "ehlgeschlagen",
    "eitüberschreitung",
    "错误",
    "失败",
    "超时",
)


def has_failed(text: str | None) -> bool:
    """Whether a result reports a failure; most are cleared without being parsed."""
    if not text:
        return False
    return _has_failed(text) if len(text) <= _LONGEST_KEPT else _has_failed.__wrapped__(text)


@lru_cache(maxsize=1024)
def _has_failed(text: str) -> bool:
    for sign in _FAILURE_SIGNS:
        if sign in text:
            return outcome_of(text).failed
    return "tatus" in text and _FAILED_STATUS.search(text) is not None and outcome_of(text).failed


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
    return _is_failed_word(value.get("status")) or any(_is_failed_code(value.get(key)) for key in _STATUS_KEYS)


def _is_failed_word(status: Json) -> bool:
    """A status that says so; any other word leaves it to the codes, as "unavailable" stands beside a 503."""
    return isinstance(status, str) and status.lower() in _FAILED_WORDS


def _is_failed_code(status: Json) -> bool:
    """An HTTP status that tells of an error."""
    return type(status) is int and 400 <= status < 600


def _failure_kind(text: str) -> FailureKind:
    head = text[:2000]
    if _RATE.search(head):
        return "rate_limit"
    if _TIMEOUT.search(head):
        return "timeout"
    if _PERMISSION.search(head):
        return "permission"
    return "temporary" if _TEMPORARY.search(head) else "other"
