"""Signed, short-lived permission to check and to save one text field, handed by a page to the live editor.

The routes of `ui/api.py` stand outside Streamlit's sessions; what they may touch is written in the token.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import msgspec
from itsdangerous import BadData, URLSafeTimedSerializer

from curation.errors import NotAllowedError

MAX_AGE_S = 2 * 60 * 60
"""A page renews the token at every rerun; an expired one makes the editor hand its text to the page instead."""
_KEY_FILE = "editor.key"


class Claim(msgspec.Struct, frozen=True):
    """Which field of which thing, who writes in it, and the revision they began from."""

    person_id: str
    project_id: str
    kind: str
    """`example`, or `tool`."""
    object_id: str
    field: str
    base_rev: int = 0


def signing_key(home: Path) -> str:
    """The workspace's own key, made at first use; it outlives a restart, so that an open tab can still save."""
    path = home / _KEY_FILE
    if not path.exists():
        fresh = home / f".{_KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        try:
            os.link(fresh, path)  # the first of two processes wins; the other reads its key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


def issue(home: Path, claim: Claim) -> str:
    """A token for one field."""
    return _serializer(home).dumps(msgspec.to_builtins(claim))


def redeem(home: Path, token: str, *, max_age_s: int = MAX_AGE_S) -> Claim:
    """The claim of a token; refuses a forged or an old one."""
    try:
        return msgspec.convert(_serializer(home).loads(token, max_age=max_age_s), Claim)
    except (BadData, msgspec.ValidationError) as error:
        raise NotAllowedError("This page has been open too long to save by itself.", hint="Reload the page.") from error


def _serializer(home: Path) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_key(home), salt="callwright.editor")
