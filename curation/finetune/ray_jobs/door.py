"""The cluster that the environment names now, opened once and anew whenever its address or token changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from curation.errors import JobError
from curation.finetune.ray_jobs.address import ADDRESS_VARIABLE, Access, read_access

if TYPE_CHECKING:
    import httpx2

    from curation.finetune.ray_jobs.cluster import Cluster


class Door:
    """Leads to one cluster at a time; a job never moves to another one."""

    def __init__(self, environment: Mapping[str, str], transport: httpx2.BaseTransport | None) -> None:
        self._environment = environment
        self._transport = transport
        self._opened: tuple[Access, Cluster] | None = None

    def find_obstacle(self) -> str:
        """Why it does not open, as far as this machine knows."""
        try:
            read_access(self._environment)
        except JobError as error:
            return str(error)
        return ""

    def open(self, expected: str = "") -> tuple[Cluster, Access]:
        """The cluster, which must be the expected one where a job is there already."""
        from curation.finetune.ray_jobs.cluster import Cluster

        access = read_access(self._environment)
        if expected and access.host != expected:
            raise JobError(
                f"This job belongs to the Ray cluster at {expected}, and the address set now is {access.host}.",
                hint=f"Set {ADDRESS_VARIABLE} back until it has ended.",
            )
        if self._opened is None or self._opened[0] != access:
            if self._opened is not None:
                self._opened[1].close()
            self._opened = access, Cluster(access, self._transport)
        return self._opened[1], access
