"""What lies and happens at a host, as values of ours."""

from __future__ import annotations

import msgspec

LAUNCH_KEY = "callwright_launch"
"""The key of the launch id in a job's metadata."""


class RemoteFile(msgspec.Struct, frozen=True):
    """A file that lies at the host."""

    id: str
    name: str
    size: int | None = None
    status: str = ""


class RemoteJob(msgspec.Struct, frozen=True):
    """A job as its host tells it."""

    id: str
    status: str
    training_file: str = ""
    suffix: str = ""
    launch_id: str = ""
    created_at: float = 0.0
    finish_at: float | None = None
    """When the host thinks it will end."""
    finished_at: float | None = None
    model: str = ""
    error: str = ""
    step: int = 0
    steps: int = 0
    trained_tokens: int | None = None
    result_files: tuple[str, ...] = ()


class RemoteEvent(msgspec.Struct, frozen=True):
    """One line of a job's story."""

    id: str
    at: float
    level: str
    text: str
    step: int | None = None
    steps: int | None = None
    metrics: dict[str, float] = {}


class RemoteCheckpoint(msgspec.Struct, frozen=True):
    """A state of the model that the host kept."""

    id: str
    step: int
    model: str
    result_files: tuple[str, ...] = ()
