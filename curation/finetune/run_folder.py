"""A run folder: the truth about one job, readable by anybody at any moment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from curation.errors import JobError, UnreadableError
from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.contract import JobEvent
from curation.model.values import Json
from curation.processes import Identity

T = TypeVar("T")


class Progress(msgspec.Struct, frozen=True):
    """`state.json`: how far the worker is."""

    phase: str
    step: int = 0
    steps: int = 0
    eta_s: float | None = None
    beat_at: float = 0.0
    """Seconds since the epoch; the worker's sign of life."""
    slowest_s: float = 0.0
    """The slowest recent step, so that a reader knows how long silence is normal."""


class Exit(msgspec.Struct, frozen=True):
    """`exit.json`: how it ended."""

    launch_id: str
    state: Literal["succeeded", "failed", "cancelled"]
    error: str = ""
    location: str | None = None
    summary: dict[str, Json] = {}


class Started(msgspec.Struct, frozen=True):
    """`process.json`: which process works here, for which launch."""

    launch_id: str
    identity: Identity


class RunFolder:
    """Names and exact meaning of the files in a run folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.spec = path / "spec.json"
        self.state = path / "state.json"
        self.events = path / "events.jsonl"
        self.exit = path / "exit.json"
        self.process = path / "process.json"
        self.cancel = path / "cancel"
        self.lock = path / "lock"
        self.log = path / "log.txt"
        self.data = path / "data"
        self.checkpoints = path / "checkpoints"
        self.model = path / "model"
        self.answers = path / "answers.jsonl"

    def create(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise JobError(f"The run folder {self.path} cannot be made: {error.strerror}.") from error

    # Whole files

    def write_spec(self, spec: dict[str, Json]) -> None:
        self.create()
        _keep(self.spec, msgspec.json.format(msgspec.json.encode(spec, order="deterministic"), indent=2))

    def read_spec(self) -> bytes:
        try:
            return self.spec.read_bytes()
        except OSError as error:
            raise UnreadableError(f"The run folder {self.path} has no readable spec.json.") from error

    def write_progress(self, progress: Progress) -> None:
        _keep(self.state, msgspec.json.encode(progress))

    def read_progress(self) -> Progress:
        return _read(self.state, Progress) or Progress("starting")

    def write_exit(self, ended: Exit) -> None:
        _keep(self.exit, msgspec.json.encode(ended))

    def read_exit(self, launch_id: str) -> Exit | None:
        """How this launch ended; the end of an earlier attempt does not count."""
        ended = _read(self.exit, Exit)
        return ended if ended and ended.launch_id == launch_id else None

    def write_started(self, started: Started) -> None:
        _keep(self.process, msgspec.json.encode(started))

    def read_started(self, launch_id: str) -> Started | None:
        started = _read(self.process, Started)
        return started if started and started.launch_id == launch_id else None

    # Cancelling

    def ask_to_stop(self, launch_id: str) -> None:
        """Raise the flag; raising it twice keeps the first moment."""
        if not self.is_asked_to_stop(launch_id):
            _keep(self.cancel, launch_id.encode())

    def is_asked_to_stop(self, launch_id: str) -> bool:
        try:
            return self.cancel.read_bytes() == launch_id.encode()
        except OSError:
            return False

    def asked_to_stop_at(self) -> float:
        return self.cancel.stat().st_mtime

    # Events

    def append_event(self, event: JobEvent) -> None:
        """One write, one line: a killed worker leaves at most one unfinished line at the end."""
        handle = os.open(self.events, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, msgspec.json.encode(event) + b"\n")
        finally:
            os.close(handle)

    def mend_events(self) -> int:
        """Cut off an unfinished last line and return the last sequence number."""
        if not self.events.exists():
            return 0
        content = self.events.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            _keep(self.events, whole)
        return max((event.seq for event in self.read_events(0)), default=0)

    def read_events(self, after_seq: int) -> tuple[JobEvent, ...]:
        """The finished lines with a higher sequence number; damaged ones are passed over."""
        try:
            lines = self.events.read_bytes().split(b"\n")[:-1]
        except OSError:
            return ()
        events = (_decode(line, JobEvent) for line in lines)
        return tuple(event for event in events if event is not None and event.seq > after_seq)

    def log_tail(self, lines: int = 40, size_bytes: int = 64 * 1024) -> list[str]:
        try:
            with self.log.open("rb") as stream:
                stream.seek(max(0, self.log.stat().st_size - size_bytes))
                return stream.read().decode("utf-8", "replace").splitlines()[-lines:]
        except OSError:
            return []


def _keep(path: Path, content: bytes) -> None:
    put_whole(path, content, PRIVATE_MODE)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return _decode(path.read_bytes(), kind)
    except OSError:
        return None


def _decode(content: bytes, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError:
        return None
