"""Detached worker processes: started once, holding a lock, ended as a group."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from curation.processes import Identity, is_alive

INHERITED_LOCK = 3
"""File descriptor under which a worker holds its run folder's lock."""
REAP_LOOKS = 100
REAP_PAUSE_S = 0.02


def try_lock(path: Path) -> int | None:
    """Lock a file without waiting; None when somebody holds it. The caller closes the descriptor."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def start_detached(command: Sequence[str], environment: Mapping[str, str], log: Path, lock: int) -> int:
    """Start a process in a session of its own, holding `lock` from its first instant to its last."""
    with _not_held_elsewhere(lock) as held:
        return os.posix_spawn(
            command[0],
            list(command),
            dict(environment),
            file_actions=[
                (os.POSIX_SPAWN_DUP2, held, INHERITED_LOCK),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )


@contextlib.contextmanager
def _not_held_elsewhere(lock: int) -> Iterator[int]:
    """A copy of the descriptor that is surely not number 3: duplicating 3 onto itself would close it in the child."""
    copy = fcntl.fcntl(lock, fcntl.F_DUPFD_CLOEXEC, INHERITED_LOCK + 1)
    try:
        yield copy
    finally:
        os.close(copy)


def reap(pid: int) -> None:
    """Take away a finished child so that no zombie stays; somebody else's process is left alone.

    Its first thread may be gone a moment before the others, so this looks a few times.
    """
    with contextlib.suppress(ChildProcessError):
        for _ in range(REAP_LOOKS):
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
            time.sleep(REAP_PAUSE_S)


def signal_group(identity: Identity, number: signal.Signals) -> None:
    """Send a signal to the worker and its children, if it is still that worker."""
    if is_alive(identity):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(identity.pid, number)
