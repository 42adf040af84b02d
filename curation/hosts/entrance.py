"""The one way to a host: as the environment names it now, and never to another one than a job belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from curation.errors import JobError
from curation.hosts.address import Access


class Closable(Protocol):
    """What holds a line open."""

    def close(self) -> None:
        """Let it go."""


Where = TypeVar("Where", bound=Access)
Host = TypeVar("Host", bound=Closable)


class Entrance(Generic[Where, Host]):
    """Opens the host anew whenever its address or its key has changed."""

    def __init__(self, read: Callable[[], Where], open_host: Callable[[Where], Host], variable: str) -> None:
        self._read = read
        self._open_host = open_host
        self._variable = variable
        """Which one holds the address."""
        self._opened: tuple[Where, Host] | None = None

    def open(self, expected: str = "") -> tuple[Host, Where]:
        """The host, if it is the expected one: a job never moves to another, and its key goes nowhere else."""
        access = self._read()
        if expected and access.host != expected:
            raise JobError(
                f"This job belongs to {expected}, and the address set now is {access.host}.",
                hint=f"Set {self._variable} back until it has ended.",
            )
        if self._opened is None or self._opened[0] != access:
            if self._opened is not None:
                self._opened[1].close()
            self._opened = access, self._open_host(access)
        return self._opened[1], access
