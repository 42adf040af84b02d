"""Who acts."""

from __future__ import annotations

from typing import Literal

import msgspec

Role = Literal["annotator", "expert", "lead", "admin"]
ROLES: tuple[Role, ...] = ("annotator", "expert", "lead", "admin")


class Actor(msgspec.Struct, frozen=True):
    """The person behind an act, and what they may do."""

    person_id: str
    roles: frozenset[Role] = frozenset(ROLES)
    name: str = ""
