"""How credentials look in a text and by what names they go, and how what only stands in for one looks.

Every pattern is linear: what repeats is bounded, or begins where nothing of its kind stands before it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

_TOKEN = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{20,}|[sr]k_live_[A-Za-z0-9]{16,}|A[KS]IA[0-9A-Z]{16}|gh[oprsu]_[A-Za-z0-9]{36}"
    r"|github_pat_[A-Za-z0-9_]{40,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|glpat-[A-Za-z0-9_-]{20}"
    r"|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36}|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})"
    r"|(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
    r"|-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
)
_TOKEN_SIGNS = (
    "sk-",
    "k_live_",
    "IA",
    "github_pat_",
    "xox",
    "----BEGIN",
    "eyJ",
    "AIza",
    "glpat-",
    "hf_",
    "npm_",
    "SG.",
)
_HUB_SIGNS = (
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
)
_NAMED_SIGNS = (
    "pass",
    "pwd",
    "secret",
    "key",
    "token",
    "authoriz",
    "cookie",
    "bearer",
    "basic",
    "://",
)
"""In small letters: one of them stands in every text with a credential that is known by what stands before it."""
_NAMES = r"password|passwd|passphrase|pwd|secret|api[-_]?key|(?:access|auth|refresh|private|session)[-_]?token"
_ASSIGNED = re.compile(
    r"(?:authorization|cookie|password|passwd|phrase|pwd|secret|key|token)"
    r"([\"'\\]{0,2}[ \t]{0,9}[:=][ \t]{0,9}[\"'\\]{0,2}(?:(?:bearer|basic|token|apikey|digest)[ \t]{1,9})?)"
    r"([^\s\"'\\(){},;&]{8,})"
)
"""How a name ends, what joins it to its value, and the value; for small letters, where such a search is quick."""
_ASSIGNED_NAME = re.compile(
    rf"(?:authorization|\b(?:set-)?cookie|\bx-[a-z-]{{0,30}}(?:key|token|secret)|(?<![a-z])(?:{_NAMES}))\Z"
)
_LONGEST_ASSIGNED = 50
_SCHEME = re.compile(r"\bbearer[ \t]{1,9}([\w.~+/=-]{16,})", re.IGNORECASE)
_BASIC = re.compile(r"\bbasic[ \t]{1,9}([A-Za-z0-9+/]{6,2000}={0,2})", re.IGNORECASE)
_ADDRESS = re.compile(r"://[^\s/:?#@\"'<>]{0,200}:([^\s/?#@\"'<>]{1,200})@")
_QUERY = re.compile(
    rf"[?&](?:(?:[a-z0-9]{{1,20}}[-_]){{0,2}}(?:{_NAMES})|(?:x-(?:amz|goog)-(?:security-)?)?(?:token|sig|signature))"
    r"=([^\s&#\"'<>]{8,})",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"(?:(?:bearer|basic|token|digest|apikey)\s+)?"
    r"(?:[\W_]*|x+|<[\w .:-]*>|\$?\{\{?[\w .:|-]*\}?\}|\[[\w .:-]*\]|%\w+%|(?-i:\$[A-Z_][A-Z0-9_]*)|__\w+__"
    r"|.*?(?:\.\.\.|…|\*\*\*|••|xxxx|example$"
    r"|(?:^|[-_ .])(?:example|redacted|placeholder|your|dummy|masked)(?:$|[-_ .])).*)",
    re.IGNORECASE | re.DOTALL,
)
_SETTINGS = frozenset(
    {
        "none",
        "null",
        "true",
        "false",
        "yes",
        "no",
        "include",
        "omit",
        "same-origin",
        "bearer",
        "basic",
        "digest",
        "required",
        "optional",
        "string",
    }
)
"""What stands under the name of a credential and only says how there is one."""
_PLAIN_WORDS = frozenset({"password", "pass", "passwd", "secret", "token"})
"""What documents write in an address where a password goes."""
_MIXED = re.compile(r"(?=.*\d)(?=.*[^\W\d_])", re.DOTALL)
_MOST_LOOKED_AT = 400
"""Characters of a credential by which it is told from what only stands in for one."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST_NAME = 200
_LEAST = 8
"""Characters of what is taken for a credential because of the name before it."""
_NAME = re.compile(
    r"(?:^|[-_.])(?:authorization|api[-_]?key|secret|password|passwd|passphrase|pwd|cookie[2s]?|credentials?|jwt"
    r"|(?:access|private|account|secret|signing|subscription|functions)[-_]?key"
    r"|(?:access|auth|oauth|refresh|session|security|id|bearer|client|private|csrf|xsrf)[-_]?token)"
    r"(?:$|[-_.](?:id|key|value|2)$)",
    re.IGNORECASE,
)


class _Form(NamedTuple):
    """One look of a credential, told by what stands around it; the pattern's group is the credential."""

    sign: str
    """Stands, in small letters, in every text of this look."""
    pattern: re.Pattern[str]
    is_meant: Callable[[str], bool]


def may_hold_credential(text: str) -> bool:
    """The cheap test that nearly every text passes."""
    return _has_token_sign(text) or _has_sign(_NAMED_SIGNS, text.lower())


def _has_token_sign(text: str) -> bool:
    return _has_sign(_TOKEN_SIGNS, text) or ("gh" in text and _has_sign(_HUB_SIGNS, text))


def _has_sign(signs: tuple[str, ...], text: str) -> bool:
    for sign in signs:  # noqa: SIM110 - a generator costs twice as much, and this runs on every row
        if sign in text:
            return True
    return False


def find_credential(text: str) -> str | None:
    """The first credential in a text, known by its own form or by what stands before it."""
    if _has_token_sign(text):
        for found in _TOKEN.finditer(text):
            if not is_placeholder(found.group()):
                return found.group()
    small = text.lower()
    if not _has_sign(_NAMED_SIGNS, small):
        return None
    for form in _FORMS:
        if form.sign in small:
            for found in form.pattern.finditer(text):
                if form.is_meant(found.group(1)):
                    return found.group(1)
    return _find_assigned(text, small)


def _find_assigned(text: str, small: str) -> str | None:
    """The first credential behind its name and a colon or an equals sign."""
    source = text if len(text) == len(small) else small
    for found in _ASSIGNED.finditer(small):
        name = small[max(0, found.start() - _LONGEST_ASSIGNED) : found.start(1)]
        value = source[found.start(2) : found.end(2)]
        if _is_assigned(value) and _ASSIGNED_NAME.search(name):
            return value
    return None


def is_token(text: str) -> bool:
    """Whether a credential is known by its own form, so that its first letters say only whose it is."""
    return _TOKEN.match(text) is not None


@lru_cache(maxsize=4096)
def is_credential_name(name: str) -> bool:
    """Whether a header or a setting of this name holds a credential, in whatever way its words are joined."""
    return _NAME.search(part_words(name)) is not None


@lru_cache(maxsize=4096)
def part_words(name: str) -> str:
    """A name with `_` between words that only capitals part: `xApiKey` is `x_Api_Key`."""
    return _CAMEL.sub("_", name[-_LONGEST_NAME:])


def is_placeholder(value: str) -> bool:
    """Whether a text only stands where a credential goes: `<token>`, `sk-...`, `****`, `{{API_KEY}}`, `EXAMPLE-KEY`."""
    return _PLACEHOLDER.fullmatch(value[:_MOST_LOOKED_AT].strip()) is not None


def is_setting(value: str) -> bool:
    """Whether a text says how there is a credential rather than being one."""
    return value.strip().lower() in _SETTINGS


def _is_random(value: str) -> bool:
    """Whether a text is no word, no number and no placeholder: it has letters and digits, or capitals inside."""
    start = value[:_MOST_LOOKED_AT]
    return bool(_MIXED.match(start) or _CAMEL.search(start)) and not is_placeholder(value)


def _is_assigned(value: str) -> bool:
    """Whether what stands behind a name is a credential; that of a cookie stands behind its own name."""
    inner = value.partition("=")[2] or value
    return _MIXED.match(inner[:_MOST_LOOKED_AT]) is not None and len(inner) >= _LEAST and not is_placeholder(inner)


def _is_password(value: str) -> bool:
    return value.lower() not in _PLAIN_WORDS and not is_placeholder(value)


def _is_pair(value: str) -> bool:
    """Whether a text is a name and a password as `Basic` writes them."""
    try:
        pair = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    _, colon, password = pair.partition(":")
    return bool(colon) and pair.isprintable() and _is_password(password)


_FORMS = (
    _Form("bearer", _SCHEME, _is_random),
    _Form("basic", _BASIC, _is_pair),
    _Form("://", _ADDRESS, _is_password),
    _Form("=", _QUERY, _is_random),
)
