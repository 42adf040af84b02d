"""Where a host of fine-tuning is and the key to it, as its profile names the variables."""

from __future__ import annotations

from collections.abc import Mapping

from curation.errors import JobError
from curation.finetune.hosted.profile import Profile
from curation.hosts.address import Access, read_key, require_safe


def read_access(profile: Profile, environment: Mapping[str, str]) -> Access:
    """What the environment says.

    Raises:
        JobError: there is no address, it is not safe to send a key to, or there is no key.
    """
    return Access(read_address(profile, environment), read_key(profile.title, profile.key_variable, environment))


def read_address(profile: Profile, environment: Mapping[str, str]) -> str:
    """The host's address, which ends in a slash."""
    address = profile.address or environment.get(profile.address_variable, "").strip()
    if not address:
        raise JobError(
            f"There is no address for {profile.title}.",
            hint=f"Set {profile.address_variable} where Callwright is started, and start it again.",
        )
    require_safe(address, f"in {profile.address_variable}")
    address = address.rstrip("/")
    end = profile.address_end.rstrip("/")
    return f"{address}/" if address.endswith(end) else f"{address}{end}/"
