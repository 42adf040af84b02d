"""Who a process is: known for certain, although its number alone may be given to another one later."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import psutil

_PROC = Path("/proc")
_START_FIELD = 19
"""Where the start time stands in a process's `stat`, counted from the state behind the name in brackets."""
_GONE = frozenset("ZXx")
"""States of a process that has ended and only waits to be taken away."""


class Identity(msgspec.Struct, frozen=True):
    """A process of one start of the machine. Nothing here moves when somebody sets the clock."""

    pid: int
    start_ticks: int
    boot_id: str

    def __str__(self) -> str:
        return f"{self.pid}:{self.start_ticks}:{self.boot_id}"


def own_identity() -> Identity:
    """This process."""
    return identify(os.getpid())


def identify(pid: int) -> Identity:
    """The process that has this number now; one that is not alive when there is none."""
    return Identity(pid, _start_ticks(pid) or 0, read_boot_id())


def is_alive(identity: Identity) -> bool:
    """Whether this very process still runs; one that has ended and was not waited for does not."""
    return identity.boot_id == read_boot_id() and _start_ticks(identity.pid) == identity.start_ticks


def parse_identity(text: str) -> Identity | None:
    """Read back what `str` wrote; None for anything else."""
    pid, _, rest = text.partition(":")
    ticks, _, boot = rest.partition(":")
    if not (pid.isdecimal() and ticks.isdecimal() and boot):
        return None
    return Identity(int(pid), int(ticks), boot)


def read_boot_id() -> str:
    """Changes at every start of the machine."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"{psutil.boot_time():.0f}"


def _start_ticks(pid: int) -> int | None:
    """Clock ticks between the start of the machine and of the process; None when it does not run."""
    if not _PROC.joinpath("self/stat").exists():
        return _start_without_proc(pid)
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name in brackets may itself hold spaces and brackets.
    state, *rest = stat.rpartition(b")")[2].split()
    return None if state.decode("ascii") in _GONE else int(rest[_START_FIELD - 1])


def _start_without_proc(pid: int) -> int | None:
    """The same on a system without /proc, which keeps each process's start as it was once noted."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time() * 100)
    except psutil.Error:
        return None
