"""Checks for what must not leave a team in training data."""

from __future__ import annotations

import hashlib
import re

from curation.model.finding import Severity
from curation.rules.registry import Found, Hit, rule
from curation.rules.row import CallView, Row

_SIGNS = (
    "sk-",
    "AKIA",
    "ASIA",
    "ghp_",
    "github_pat_",
    "xox",
    "-----BEGIN",
    "eyJ",
    "AIza",
    "glpat-",
    "hf_",
    "passw",
    "passp",
    "Passw",
    "secret",
    "Secret",
    "key",
    "Key",
    "oken",
)
_TOKEN = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{20,}|A[KS]IA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[0-9A-Za-z_-]{35}|glpat-[A-Za-z0-9_-]{20}|hf_[A-Za-z0-9]{30,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
)
_SECRET_NAME = re.compile(r"(?:^|_)(?:password|passwd|passphrase|secret|api_?key|access_?token|private_?key|client_?secret)$", re.IGNORECASE)  # fmt: skip  # noqa: E501
_HARMLESS = frozenset({"", "***", "****", "********", "redacted", "[redacted]", "<redacted>"})


@rule("S01", scope="row", severity=Severity.WARNING, waivable=True)
def credential(row: Row) -> Found:
    """A text or an argument holds a credential.

    What is trained on can be drawn out again, and files travel. Replace keys, tokens and passwords by made-up ones
    that are plainly false, and revoke real ones.

    Bad: `"api_key": "sk-…"` with a real key

    Good: `"api_key": "EXAMPLE-KEY"`, or the argument filled in by the program instead of the model
    """
    if not _has_sign(row.blob):
        return None
    hits: list[Hit] = []
    for turn in row.turns:
        found = find_token(turn.text) if turn.text else None
        if found is not None:
            hits.append(_hit(turn.at + "/content", found, f"begins with `{found[:4]}`"))
    for call in row.calls:
        hits += find_argument_secrets(call) or ()
    return hits or None


def _has_sign(text: str) -> bool:
    """The cheap test that nearly every row passes."""
    for sign in _SIGNS:  # noqa: SIM110 - a generator costs twice as much, and this runs on every row
        if sign in text:
            return True
    return False


def find_token(text: str) -> str | None:
    """The first credential in a text; the cheap tests come first."""
    if not _has_sign(text):
        return None
    found = _TOKEN.search(text)
    return found.group() if found else None


def find_argument_secrets(call: CallView) -> list[Hit] | None:
    """Credentials in arguments: by their form, or by the argument's name."""
    if not call.arguments:
        return None
    hits = None
    for pointer, value in call.leaves:
        if type(value) is not str or value.lower() in _HARMLESS:
            continue
        found = find_token(value) or (value if _SECRET_NAME.search(pointer.rpartition("/")[2]) else None)
        if found is not None:
            hits = hits or []
            hits.append(_hit(call.arguments_at + pointer, found, "stands where secrets stand"))
    return hits


def _hit(at: str, secret: str, reason: str) -> Hit:
    """The secret itself appears nowhere in the finding, only its digest, by which a waiver knows it again."""
    message = f"This looks like a credential: it {reason}; replace it, and revoke it if it is real."
    return Hit(at, message, {"digest": hashlib.sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()[:16]})
