"""The way to a host of fine-tuning, as its profile names it, and to where a launch runs already."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from curation.finetune.contract import Launch
from curation.finetune.hosted.address import read_access
from curation.finetune.hosted.host import Host
from curation.finetune.hosted.profile import Profile
from curation.finetune.hosted.records import Records
from curation.hosts.address import Access
from curation.hosts.entrance import Entrance

if TYPE_CHECKING:
    import httpx2


HostEntrance = Entrance[Access, Host]


def make_entrance(
    profile: Profile, environment: Mapping[str, str], transport: httpx2.BaseTransport | None, answer_s: float
) -> HostEntrance:
    """To the host of a profile."""

    def open_host(access: Access) -> Host:
        return Host(profile, access, transport, answer_s)

    return Entrance(partial(read_access, profile, environment), open_host, profile.address_variable)


def open_for(entrance: HostEntrance, launch: Launch) -> tuple[Host, Access]:
    """The host at which this launch runs."""
    known = Records(launch).read_known()
    return entrance.open(known.host if known else "")
