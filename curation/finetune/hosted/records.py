"""What is known about a hosted job beside its run folder's other files: each line of it safe before the next act.

intent → uploaded → sent → known. `sent` is written before the POST and `known` after it, so that whoever comes next
knows whether a job may exist that nobody has heard of.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from curation.files import PRIVATE_MODE, put_whole
from curation.finetune.contract import Launch

Kind = TypeVar("Kind")


class Uploaded(msgspec.Struct, frozen=True):
    """The files of this launch as the host calls them."""

    launch_id: str
    host: str
    training: str
    validation: str = ""


class Sent(msgspec.Struct, frozen=True):
    """A POST that was about to leave, and when."""

    launch_id: str
    host: str
    at: float


class Known(msgspec.Struct, frozen=True):
    """The job that came of it."""

    launch_id: str
    host: str
    job_id: str


class Records:
    """The files of one run folder; what belongs to another launch counts as missing."""

    def __init__(self, launch: Launch) -> None:
        self._folder = launch.run_dir
        self._launch_id = launch.launch_id

    def write(self, record: Uploaded | Sent | Known) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        put_whole(self._path(type(record)), msgspec.json.encode(record), PRIVATE_MODE)

    def read_uploaded(self) -> Uploaded | None:
        return self._read(Uploaded)

    def read_sent(self) -> Sent | None:
        return self._read(Sent)

    def read_known(self) -> Known | None:
        return self._read(Known)

    def forget_sent(self) -> None:
        """After an answer that says for certain that no job came of it."""
        self._path(Sent).unlink(missing_ok=True)

    def _path(self, kind: type) -> Path:
        return self._folder / f"{kind.__name__.lower()}.json"

    def _read(self, kind: type[Kind]) -> Kind | None:
        try:
            record = msgspec.json.decode(self._path(kind).read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):
            return None
        return record if getattr(record, "launch_id", None) == self._launch_id else None
