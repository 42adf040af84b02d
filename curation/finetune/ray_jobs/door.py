"""The way to the cluster that the environment names now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from curation.finetune.ray_jobs.address import ADDRESS_VARIABLE, Access, read_access
from curation.hosts.entrance import Entrance

if TYPE_CHECKING:
    import httpx2

    from curation.finetune.ray_jobs.cluster import Cluster


def make_door(environment: Mapping[str, str], transport: httpx2.BaseTransport | None) -> Entrance[Access, Cluster]:
    """To one cluster at a time."""

    def open_cluster(access: Access) -> Cluster:
        from curation.finetune.ray_jobs.cluster import Cluster

        return Cluster(access, transport)

    return Entrance(partial(read_access, environment), open_cluster, ADDRESS_VARIABLE)
