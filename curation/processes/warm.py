"""A warm child of this process: started at first need, replaced when it was killed."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import threading
import time
from typing import IO

from curation.errors import CurationError
from curation.model.values import Json
from curation.processes.environment import listed_environment, module_command
from curation.processes.frames import pack, receive

START_S = 20.0
EXIT_S = 5.0
WALL_S = 20.0
"""A backstop: the child counts its CPU time, which a crowded machine may spread over many seconds."""
STOPPED_FROM_OUTSIDE = frozenset(-number for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))


class OverrunError(Exception):
    """The question took more time or memory than it may: asked again it would do so again."""


class ChildUnavailableError(CurationError):
    """The child did not start, or was stopped from outside: nothing is known about the question."""

    hint = "Try again; when it stays, the machine is short of memory or processes."
    retryable = True


class WarmChild:
    """A child process that answers one question at a time; safe to ask from any thread."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self.starts = 0
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """Number of the process while there is one."""
        return self._process.pid if self._process else None

    def ask(self, request: Json) -> Json:
        """The answer.

        Raises:
            OverrunError: it ran out of time or memory; the process was replaced.
            ChildUnavailableError: the process itself could not be had.
        """
        with self._lock:
            process = self._ready()
            try:
                _input(process).write(pack(request))
                _input(process).flush()
                return receive(_output(process).fileno(), time.monotonic() + WALL_S)
            except TimeoutError as error:
                self._stop()
                raise ChildUnavailableError(f"The process `{self._module}` got no time to answer.") from error
            except (EOFError, OSError) as error:
                raise self._explain_end(process) from error

    def close(self) -> None:
        """End the process; the next question starts a new one."""
        with self._lock:
            if self._owner == os.getpid():
                self._stop()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._owner != os.getpid():  # a forked child must not talk through its parent's pipes
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = self._start()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                module_command(self._module),
                env=listed_environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._process = process
            self.starts += 1
            receive(_output(process).fileno(), time.monotonic() + START_S)
        except (EOFError, TimeoutError, OSError) as error:
            self._stop()
            raise ChildUnavailableError(f"The process `{self._module}` did not start.") from error
        return process

    def _explain_end(self, process: subprocess.Popen[bytes]) -> Exception:
        """An end by its own limits speaks about the question, one from outside does not."""
        try:
            code = process.wait(EXIT_S)
        except subprocess.TimeoutExpired:
            code = -signal.SIGKILL
        self._stop()
        if code in STOPPED_FROM_OUTSIDE:
            return ChildUnavailableError(f"The process `{self._module}` was stopped.")
        return OverrunError("the answer took too much time or memory")

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            _close(pipe)


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is None:
        return
    try:
        pipe.close()
    except OSError:  # bytes left in the buffer of a broken pipe
        return


def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise EOFError("no input pipe")
    return process.stdin


def _output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdout is None:
        raise EOFError("no output pipe")
    return process.stdout
