"""The one warm sandbox of this process: started at first need, replaced when it was killed."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
import time
from functools import lru_cache
from typing import IO

import msgspec

from curation.model.values import Json
from curation.schemas.frames import pack, receive
from curation.schemas.limits import DEADLINE_S
from curation.schemas.wording import SchemaError

START_S = 20.0
WALL_S = DEADLINE_S * 8
"""Backstop on the wall clock; the sandbox itself counts its CPU time."""


class Sandbox:
    """A child process that judges one value at a time; safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = os.getpid()
        self.starts = 0

    def ask(self, request: Json, *, wall_s: float = WALL_S) -> Json:
        """The answer.

        Raises:
            TimeoutError: it took too long, or too much memory; the process was replaced.
        """
        with self._lock:
            process = self._ready()
            try:
                _input(process).write(pack(request))
                _input(process).flush()
                return receive(_output(process).fileno(), time.monotonic() + wall_s)
            except (TimeoutError, EOFError, OSError) as error:
                self._stop()
                raise TimeoutError("the sandbox gave no answer in time") from error

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
        process = subprocess.Popen(
            [sys.executable, "-m", "curation.schemas.sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._process = process
        self.starts += 1
        try:
            receive(_output(process).fileno(), time.monotonic() + START_S)
        except (EOFError, TimeoutError) as error:
            self._stop()
            raise TimeoutError("the schema sandbox did not start") from error
        return process

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


SANDBOX = Sandbox()
atexit.register(SANDBOX.close)


def judge_in_sandbox(text: str, value: Json) -> tuple[SchemaError, ...]:
    """The errors of a value against a costly schema; running out of time or memory is itself an error."""
    try:
        key = msgspec.json.encode(value)
    except (ValueError, TypeError, OverflowError):
        return _ask(text, value)
    return _ask_once(text, key)


@lru_cache(maxsize=1024)
def _ask_once(text: str, key: bytes) -> tuple[SchemaError, ...]:
    """Kept by text and value, so that a costly row costs its deadline once and its verdict does not change."""
    return _ask(text, msgspec.json.decode(key))


def _ask(text: str, value: Json) -> tuple[SchemaError, ...]:
    try:
        answer = SANDBOX.ask({"schema": text, "value": value})
    except TimeoutError:
        message = (
            f"could not be checked within {round(DEADLINE_S * 1000)} ms: the schema is too costly; make it simpler"
        )
        return (SchemaError("", "deadline", message, ""),)
    return tuple(msgspec.convert(answer, type=list[SchemaError]))
