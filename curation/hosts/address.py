"""An address with its key: the key is read from the environment each time, and written nowhere."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from curation.errors import JobError

_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
"""A host as it is registered: letters of other scripts may look like these, or become them in capitals."""


class Access(msgspec.Struct, frozen=True):
    """An address with its key; the key is never part of what is shown of it."""

    address: str
    key: str

    @property
    def host(self) -> str:
        return host_of(self.address)

    def __repr__(self) -> str:
        return f"Access({self.host})"


def host_of(address: str) -> str:
    """The name of the host, with its port where one is given."""
    return urlsplit(address).netloc


def read_place(address: str) -> tuple[str, int | None]:
    """Host and port of an address as somebody typed it, and nothing of a name or password in it; ("", None): none."""
    try:
        parts = urlsplit(address)
        return parts.hostname or "", parts.port
    except ValueError:
        return "", None


def read_key(title: str, variable: str, environment: Mapping[str, str]) -> str:
    """The key as the environment holds it now.

    Raises:
        JobError: there is none, or none that can travel in a header.
    """
    key = environment.get(variable, "").strip()
    if not key:
        raise JobError(
            f"There is no key for {title}.",
            hint=f"Set {variable} where Callwright is started, and start it again.",
        )
    return require_printable(key, f"The key in {variable}")


def require_printable(key: str, name: str) -> str:
    """A key that can travel in a header."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise JobError(f"{name} holds characters that cannot belong to it.", hint="Copy it again.")
    return key


def require_safe(address: str, place: str) -> None:
    """A key travels encrypted, or not at all; on this very machine it may do without."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here(host))
    if not _is_plain(host):
        raise JobError(
            f"The host in the address {place} is written in a way that may be taken for another one.",
            hint="Write its name in the letters a to z, digits, hyphens and dots, as domain names are registered.",
        )
    if not host or not is_safe or parts.username is not None or parts.query or parts.fragment:
        raise JobError(
            f"The address {place} is not one a key may be sent to.",
            hint="It begins with https:// and holds neither a name and password nor a question mark.",
        )


def _is_plain(host: str) -> bool:
    """Whether no two hosts written so look alike, or share the name that is made of them for a key."""
    return not host or is_here(host) or _HOST.fullmatch(host) is not None


def is_here(host: str) -> bool:
    """Whether nobody but this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
