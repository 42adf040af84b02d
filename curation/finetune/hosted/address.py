"""Where a host is and the key to it, read from the environment each time and written nowhere."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from curation.errors import JobError
from curation.finetune.hosted.profile import Profile


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


def read_access(profile: Profile, environment: Mapping[str, str]) -> Access:
    """What the environment says.

    Raises:
        JobError: there is no address, it is not safe to send a key to, or there is no key.
    """
    address = read_address(profile, environment)
    key = environment.get(profile.key_variable, "").strip()
    if not key:
        raise JobError(
            f"There is no key for {profile.title}.",
            hint=f"Set {profile.key_variable} where Callwright is started, and start it again.",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise JobError(f"The key in {profile.key_variable} holds characters that no key has.", hint="Copy it again.")
    return Access(address, key)


def read_address(profile: Profile, environment: Mapping[str, str]) -> str:
    """The host's address, which ends in a slash."""
    address = profile.address or environment.get(profile.address_variable, "").strip()
    if not address:
        raise JobError(
            f"There is no address for {profile.title}.",
            hint=f"Set {profile.address_variable} where Callwright is started, and start it again.",
        )
    _require_safe(address, profile)
    address = address.rstrip("/")
    end = profile.address_end.rstrip("/")
    return f"{address}/" if address.endswith(end) else f"{address}{end}/"


def _require_safe(address: str, profile: Profile) -> None:
    """A key travels encrypted, or not at all; on this very machine it may do without."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here(host))
    if not host or not is_safe or parts.username is not None or parts.query or parts.fragment:
        raise JobError(
            f"The address in {profile.address_variable} is not one a key may be sent to.",
            hint="It begins with https:// and holds neither a name and password nor a question mark.",
        )


def is_here(host: str) -> bool:
    """Whether nobody but this machine can reach it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
