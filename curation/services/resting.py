"""How long each job is left alone between two looks: hosts are not asked twice a second, and less often in trouble."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from db.jobs import JobRecord

LONGEST_S = 10.0
"""A host that is back must be noticed soon, so the pauses do not grow beyond this by themselves."""


class _Rest(msgspec.Struct, frozen=True):
    """Until when, and whether the wish to stop was known then."""

    until: datetime
    began: datetime
    is_stopping: bool
    troubles: int


class Rests:
    """The pauses of the jobs one keeper tends; in memory only, as another keeper may look at once."""

    def __init__(self) -> None:
        self._rests: dict[str, _Rest] = {}

    def is_due(self, record: JobRecord, now: datetime) -> bool:
        """Whether its pause is over; a new wish to stop ends it, and so does a clock that went back."""
        rest = self._rests.get(record.id)
        return (
            rest is None or now >= rest.until or now < rest.began or rest.is_stopping != bool(record.cancel_requested)
        )

    def rest(self, record: JobRecord, now: datetime, seconds: float) -> None:
        """After a look that went well."""
        self._set(record, now, seconds, troubles=0)

    def back_off(self, record: JobRecord, now: datetime, usual_s: float, asked_s: float) -> None:
        """After trouble: longer each time, scattered, and at least as long as the other side asked for."""
        before = self._rests.get(record.id)
        troubles = before.troubles + 1 if before else 1
        pause = min(LONGEST_S, usual_s * 2 ** min(troubles - 1, 8)) * random.uniform(0.5, 1.0)
        self._set(record, now, max(asked_s, pause), troubles=troubles)

    def forget_others(self, open_ids: Collection[str]) -> None:
        self._rests = {job_id: rest for job_id, rest in self._rests.items() if job_id in open_ids}

    def _set(self, record: JobRecord, now: datetime, seconds: float, *, troubles: int) -> None:
        until = now + timedelta(seconds=seconds)
        self._rests[record.id] = _Rest(until, now, bool(record.cancel_requested), troubles)
