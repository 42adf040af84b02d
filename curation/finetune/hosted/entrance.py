"""The one way to a host: as the environment names it now, and never to another one than a job belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from curation.errors import JobError
from curation.finetune.contract import Launch
from curation.finetune.hosted.address import read_access
from curation.finetune.hosted.host import Host
from curation.finetune.hosted.profile import Profile
from curation.finetune.hosted.records import Records
from curation.hosts.address import Access

if TYPE_CHECKING:
    import httpx2


class Entrance:
    """Opens the host anew whenever its address or its key has changed."""

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        transport: httpx2.BaseTransport | None,
        answer_s: float,
    ) -> None:
        self._profile = profile
        self._environment = environment
        self._transport = transport
        self._answer_s = answer_s
        self._opened: tuple[Access, Host] | None = None

    def open(self, expected: str = "") -> tuple[Host, Access]:
        """The host, if it is the expected one: a job never moves to another, and its key goes nowhere else."""
        access = read_access(self._profile, self._environment)
        if expected and access.host != expected:
            raise JobError(
                f"This job belongs to {expected}, and the address set now is {access.host}.",
                hint=f"Set {self._profile.address_variable} back until it has ended.",
            )
        if self._opened is None or self._opened[0] != access:
            if self._opened is not None:
                self._opened[1].close()
            self._opened = access, Host(self._profile, access, self._transport, self._answer_s)
        return self._opened[1], access

    def open_for(self, launch: Launch) -> tuple[Host, Access]:
        """The host at which this launch runs."""
        known = Records(launch).read_known()
        return self.open(known.host if known else "")
