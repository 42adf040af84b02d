"""A member of a family (formats, forms of tools, synthesizers, providers) by the name that people call it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from curation.errors import NotFoundError


class Named(Protocol):
    """What every member of a family has."""

    @property
    def name(self) -> str: ...


Member = TypeVar("Member", bound=Named)


def find_member(members: Iterable[Member], name: str, what: str) -> Member:
    """The member called `name`.

    Raises:
        NotFoundError: there is none; the hint lists the names there are.
    """
    known = {one.name: one for one in members}
    if name in known:
        return known[name]
    raise NotFoundError(f"There is no {what} `{name}`.", hint=f"Choose one of: {', '.join(sorted(known))}.")
