"""What all the checks of one row against schemas may cost together."""

from __future__ import annotations

from curation.schemas.limits import ROW_CPU_S, ROW_ERRORS, ROW_WORK


class Allowance:
    """One row's share: a row may hold thousands of calls, each of them just cheap enough on its own."""

    __slots__ = ("cpu_s", "errors", "work")

    def __init__(self) -> None:
        self.work = ROW_WORK
        """What is left for checks in this process, in the units of `Compiled.cost` times values."""
        self.cpu_s = ROW_CPU_S
        """Seconds of the sandbox that are left."""
        self.errors = ROW_ERRORS
        """Places that may still be named."""
