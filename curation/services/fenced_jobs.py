"""A keeper's writes: each names the fence under which it claimed the job, and is void once another has claimed it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection

from curation.finetune.contract import Status
from curation.services.workspace import Workspace
from db import jobs
from db.jobs import EventRecord, JobRecord


class FencedOutError(Exception):
    """Another keeper has claimed this job; what this one was about to write is void."""


class FencedJobs:
    """The jobs one keeper has claimed."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._fences: dict[str, int] = {}

    def claim(self, job_id: str) -> JobRecord:
        """Make a job ours, once; then read it as it is now."""
        if job_id not in self._fences:
            with self._ws.unit() as unit:
                self._fences[job_id] = jobs.take_fence(unit.connection, job_id)
                unit.commit()
        with self._ws.reading() as connection:
            record = jobs.find_job(connection, job_id)
        if record is None or record.state.is_final or record.fence != self._fences[job_id]:
            raise FencedOutError
        return record

    def forget(self, job_id: str) -> None:
        """Give a job up; claiming it again takes a new fence."""
        self._fences.pop(job_id, None)

    def forget_others(self, open_ids: Collection[str]) -> None:
        self._fences = {job_id: fence for job_id, fence in self._fences.items() if job_id in open_ids}

    def write(self, record: JobRecord, at: str, values: dict[str, Any]) -> None:
        with self._ws.unit() as unit:
            self._update(unit.connection, record, {**values, "updated_at": at})
            unit.commit()

    def copy(
        self,
        record: JobRecord,
        at: str,
        status: Status,
        values: dict[str, Any],
        write_outcome: Callable[[Connection], str | None] = lambda _connection: None,
    ) -> None:
        """Copy what a poll saw, and what it led to, in one transaction."""
        progress = {"step": status.step, "steps": status.steps, "eta_s": status.eta_s, "updated_at": at}
        points, late = _list_points(status, late=False), _list_points(status, late=True)
        events = [EventRecord(event.seq, event.at, event.level, event.text) for event in status.events]
        with self._ws.unit() as unit:
            model_id = write_outcome(unit.connection) or record.model_id
            self._update(unit.connection, record, {**progress, **values, "model_id": model_id})
            jobs.add_events(unit.connection, record.id, events)
            jobs.add_metrics(unit.connection, record.id, points)
            jobs.add_late_metrics(unit.connection, record.id, late)
            unit.commit()

    def _update(self, connection: Connection, record: JobRecord, values: dict[str, Any]) -> None:
        fence = self._fences.get(record.id)
        if fence is None or not jobs.update_fenced(connection, record.id, fence, values):
            raise FencedOutError


def _list_points(status: Status, *, late: bool) -> list[tuple[str, int, float]]:
    events = (event for event in status.events if event.late is late)
    return [(name, event.step or 0, value) for event in events for name, value in event.metrics.items()]
