"""What a host told about a job, in the order in which we heard it: told once, numbered for ever, lost never.

Hosts repeat events, mix their order and add some later; a sequence number is given when an event is first heard and
written down, so that another keeper goes on with the same numbers.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from curation.errors import UnreadableError
from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.contract import JobEvent
from curation.finetune.hosted.answers import moment
from curation.finetune.hosted.remote import RemoteEvent
from curation.finetune.run_folder import RunFolder

FILE = "heard.jsonl"
_LEVELS = {"warn": "warning"}


class Heard(msgspec.Struct, frozen=True):
    """One event, whose it is, and what the host calls it."""

    job_id: str
    event_id: str
    event: JobEvent
    steps: int = 0
    """How many steps the whole job has, as this event says."""


class _Order(msgspec.Struct, frozen=True):
    """Of a job's specification, what its numbers go on behind."""

    last_seq: int = 0


class Story:
    """The events of a run folder, read once; those of an earlier attempt keep their numbers."""

    def __init__(self, run_dir: Path, job_id: str) -> None:
        self._path = run_dir / FILE
        self._earlier = _read_earlier(RunFolder(run_dir))
        self._job_id = job_id
        self._heard = _read(self._path)

    @property
    def known(self) -> set[str]:
        return {one.event_id for one in self._mine()}

    def hear(self, events: Iterable[RemoteEvent]) -> None:
        """Write down what is new, by its time; a point that belongs before points told already is marked late."""
        known = self.known
        fresh = {one.id: one for one in events if one.id not in known}
        furthest = self._furthest()
        last = max(self._heard[-1].event.seq if self._heard else 0, self._earlier)
        told = []
        for seq, one in enumerate(sorted(fresh.values(), key=_in_time), last + 1):
            told.append(Heard(self._job_id, one.id, _tell(one, seq, furthest), one.steps or 0))
        if told:
            _append(self._path, told)
            self._heard += told

    def after(self, seq: int) -> tuple[JobEvent, ...]:
        return tuple(one.event for one in self._heard if one.event.seq > seq)

    def progress(self) -> tuple[int, int]:
        """The furthest step of this job that was told, and of how many."""
        mine = self._mine()
        return max((one.event.step or 0 for one in mine), default=0), max((one.steps for one in mine), default=0)

    def _mine(self) -> list[Heard]:
        return [one for one in self._heard if one.job_id == self._job_id]

    def _furthest(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for one in self._mine():
            for name in one.event.metrics:
                found[name] = max(found.get(name, -1), one.event.step or 0)
        return found


def _read_earlier(folder: RunFolder) -> int:
    """The last number that was given before this launch, as its order says; its own file may be gone since."""
    try:
        return msgspec.json.decode(folder.read_spec(), type=_Order).last_seq
    except (UnreadableError, msgspec.DecodeError):
        return 0


def _in_time(event: RemoteEvent) -> tuple[float, float, str]:
    """Hosts tell whole seconds; words without a step belong after the steps of their second."""
    return event.at, math.inf if event.step is None else event.step, event.id


def _tell(event: RemoteEvent, seq: int, furthest: dict[str, int]) -> JobEvent:
    step = event.step or 0
    late = any(step <= furthest.get(name, -1) for name in event.metrics)
    for name in event.metrics:
        furthest[name] = max(furthest.get(name, -1), step)
    level = _LEVELS.get(event.level, event.level)
    return JobEvent(seq, moment(event.at), level, event.text, event.step, event.metrics, late)


def _read(path: Path) -> list[Heard]:
    """All whole lines; what a killed process left unfinished at the end is cut off."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        put_whole(path, whole, PRIVATE_MODE)
    return [msgspec.json.decode(line, type=Heard) for line in whole.splitlines()]


def _append(path: Path, told: list[Heard]) -> None:
    """One write: a killed process leaves at most one unfinished line at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PRIVATE_MODE)
    try:
        os.write(handle, b"".join(msgspec.json.encode(one) + b"\n" for one in told))
    finally:
        os.close(handle)
