"""The states things go through, and the splits."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias


class ExampleState(StrEnum):
    """Where an example stands on its way into a dataset version."""

    CANDIDATE = "candidate"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ARCHIVED = "archived"


GONE = (ExampleState.REJECTED, ExampleState.ARCHIVED)
"""What nobody works on any more; lists and figures leave it out unless it is asked for."""


class Split(StrEnum):
    """What a group is used for; drawn once, never moved by itself."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Shifted(StrEnum):
    """Copies of a split that look different and ask the same; made on request, never learnt from."""

    TEST = "test_shifted"


Portion: TypeAlias = Split | Shifted
"""What a frozen version is read by: a split, or a shifted copy of one."""


def portion_of(value: str) -> Portion:
    """The portion of that name."""
    return Shifted(value) if value in SHIFTED else Split(value)


SHIFTED = frozenset(one.value for one in Shifted)


class JobState(StrEnum):
    """Where a job stands; the last four are final."""

    INTENT = "intent"
    STARTING = "starting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def is_final(self) -> bool:
        return self in FINAL_JOB_STATES


FINAL_JOB_STATES = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED, JobState.LOST})
