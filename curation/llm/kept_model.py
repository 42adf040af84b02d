"""A model on this machine that stays loaded between questions, in a process of its own.

Whoever asks never loads the training packages itself. The process starts with the first question, ends when nobody has
asked for a while or this process ends, and is replaced when it breaks. `model_shelf` has those of this process.
"""

from __future__ import annotations

import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal

import msgspec

from curation.errors import JobError
from curation.llm.contract import Prompt, Reply
from curation.llm.warm_model import NO_ADAPTER, Question
from curation.model.values import Json
from curation.processes.environment import listed_environment, module_command
from curation.processes.frames import pack, receive

IDLE_S = 600.0
"""So long a model stays loaded that nobody asks."""
LOAD_S = 600.0
ANSWER_S = 300.0
_LOOK_S = 0.1
PASSED_ON = ("HOME", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "LD_LIBRARY_PATH", "HF_HOME")
"""What a model's process may see beside what every process of ours may."""

Stage = Literal["waiting", "loading", "answering"]


class ModelStoppedError(JobError):
    """Somebody wanted no answer any more."""


class _Ended(Exception):  # noqa: N818 - no error: the process is not there any more
    """The process is gone; `code` says how."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class KeptModel:
    """One model's process; safe to ask from any thread, one question at a time."""

    def __init__(
        self, folder: Path, adapter: Path | None = None, *, idle_s: float = IDLE_S, answer_s: float = ANSWER_S
    ) -> None:
        self.folder = folder
        self.adapter = adapter
        self.asked_at = time.monotonic()
        self.starts = 0
        self._idle_s = idle_s
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._number = 0

    @property
    def pid(self) -> int | None:
        """Number of the process while there is one."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def ask(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int,
        tell: Callable[[Stage], None] = lambda _stage: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> list[Reply]:
        """The replies, in order.

        Raises:
            JobError: it cannot be loaded, broke, or took too long; the next question starts it anew.
            ModelStoppedError: nobody wants the answer any more.
        """
        tell("waiting")
        while not self._lock.acquire(timeout=_LOOK_S):
            _heed(should_stop)
        try:
            self.asked_at = time.monotonic()
            return self._ask(prompts, max_new_tokens, tell, should_stop)
        finally:
            self.asked_at = time.monotonic()
            self._lock.release()

    def close(self) -> None:
        """End the process; the next question starts a new one."""
        process = self._process
        if process is not None:
            self._end(process)

    def _ask(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int,
        tell: Callable[[Stage], None],
        should_stop: Callable[[], bool],
    ) -> list[Reply]:
        was_there = self.pid is not None
        process = self._ready(tell, should_stop)
        tell("answering")
        try:
            return self._put(process, prompts, max_new_tokens, should_stop)
        except _Ended as ended:
            # One that had just ended for want of questions has not heard this one.
            if was_there and ended.code == 0:
                return self._ask(prompts, max_new_tokens, tell, should_stop)
            raise JobError(
                f"The model's process ended in the middle of its answer ({_say_end(ended.code)}).",
                hint="Ask again: it is loaded anew. When it stays, the machine is short of memory.",
            ) from ended

    def _put(
        self,
        process: subprocess.Popen[bytes],
        prompts: Sequence[Prompt],
        max_new_tokens: int,
        should_stop: Callable[[], bool],
    ) -> list[Reply]:
        self._number += 1
        question = Question(self._number, tuple(prompts), max_new_tokens)
        _send(process, msgspec.to_builtins(question))
        told = self._hear(process, self._answer_s, "answer", should_stop)
        # An answer to another question would be of a process that has lost its place.
        if told.get("id") != self._number or len(told.get("replies", prompts)) != len(prompts):
            self._end(process)
            raise JobError("The model's process lost its place.", hint="Ask again: it is loaded anew.")
        _raise_told(told, "The model gave no answer")
        return msgspec.convert(told["replies"], list[Reply])

    def _ready(self, tell: Callable[[Stage], None], should_stop: Callable[[], bool]) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        tell("loading")
        self.close()
        process = self._process = self._start()
        try:
            told = self._hear(process, LOAD_S, "be loaded", should_stop)
        except _Ended as ended:
            raise JobError(
                f"The model in {self.folder.name} was not loaded: its process ended ({_say_end(ended.code)}).",
                hint="When it stays, the machine is short of memory.",
            ) from ended
        if "ready" not in told:
            self._end(process)
        _raise_told(told, f"The model in {self.folder.name} cannot be loaded")
        return process

    def _start(self) -> subprocess.Popen[bytes]:
        arguments = (str(self.folder), str(self.adapter or NO_ADAPTER), str(self._idle_s))
        self.starts += 1
        try:
            return subprocess.Popen(
                module_command("curation.llm.warm_model", *arguments),
                env=listed_environment(*PASSED_ON),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # A key pressed in the terminal is the app's; it ends this one by closing its input.
                start_new_session=True,
            )
        except OSError as error:
            raise JobError(
                f"No process could be started for the model: {error.strerror}.",
                hint="Try again; when it stays, the machine is short of memory or processes.",
            ) from error

    def _hear(
        self, process: subprocess.Popen[bytes], most_s: float, what: str, should_stop: Callable[[], bool]
    ) -> dict[str, Json]:
        """What it says next; one that says nothing in time, or is to say nothing any more, is ended."""
        until = time.monotonic() + most_s
        try:
            _wait(process, until, should_stop)
            told = receive(_output(process), until)
        except ModelStoppedError:
            self._end(process)
            raise
        except TimeoutError as error:
            self._end(process)
            raise JobError(
                f"The model in {self.folder.name} did not {what} within {most_s:,.0f} seconds.",
                hint="Ask again with a shorter conversation, or choose a smaller model.",
            ) from error
        except (EOFError, OSError, ValueError) as error:
            raise _Ended(self._end(process)) from error
        return told if isinstance(told, dict) else {}

    def _end(self, process: subprocess.Popen[bytes]) -> int:
        """Make sure that it is gone, and say how it ended; one that did not end by itself was killed."""
        _close(process.stdin)  # Nothing more is asked: it ends by itself if it can.
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5 if process.poll() is None else 0)
        code = process.poll()
        if code is None:
            process.kill()
            process.wait()
        _close(process.stdout)
        if self._process is process:
            self._process = None
        return -signal.SIGKILL if code is None else code


def _close(pipe: IO[bytes] | None) -> None:
    with suppress(OSError):
        if pipe is not None:
            pipe.close()


def _heed(should_stop: Callable[[], bool]) -> None:
    if should_stop():
        raise ModelStoppedError("The answer was not waited for.", hint="Ask again at any time.")


def _wait(process: subprocess.Popen[bytes], until: float, should_stop: Callable[[], bool]) -> None:
    """Until it says something, or ends."""
    poller = select.poll()
    poller.register(_output(process), select.POLLIN)
    while not poller.poll(_LOOK_S * 1000):
        _heed(should_stop)
        if time.monotonic() > until:
            raise TimeoutError


def _send(process: subprocess.Popen[bytes], request: Json) -> None:
    try:
        if process.stdin is None:
            raise BrokenPipeError
        process.stdin.write(pack(request))
        process.stdin.flush()
    except OSError:
        # Whoever reads next hears that it is gone, and how.
        return


def _output(process: subprocess.Popen[bytes]) -> int:
    if process.stdout is None:
        raise EOFError("no output pipe")
    return process.stdout.fileno()


def _raise_told(told: dict[str, Json], what: str) -> None:
    if "error" in told:
        raise JobError(f"{what}: {told['error']}", hint=str(told.get("hint") or ""))


def _say_end(code: int) -> str:
    if code == -signal.SIGKILL:
        return "killed, as a machine does that is short of memory"
    return f"signal {-code}" if code < 0 else f"exit {code}"
