"""Jobs, their events and curves: each write of a keeper names the fence it was given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from curation.model.states import FINAL_JOB_STATES, JobState
from db.tables import job, job_event, job_metric


class JobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table, field by field."""

    id: str
    project_id: str
    kind: str
    name: str
    provider: str
    spec: str
    spec_hash: str
    nonce: str
    state: JobState
    phase: str = ""
    step: int = 0
    steps: int = 0
    eta_s: float | None = None
    fence: int = 0
    attempt: int = 1
    launch_id: str | None = None
    remote_id: str | None = None
    run_dir: str | None = None
    pid: int | None = None
    pid_start: float | None = None
    boot_id: str | None = None
    cancel_requested: int = 0
    by: str
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    updated_at: str | None = None
    error: str | None = None
    model_id: str | None = None
    details: str = "{}"


class EventRecord(msgspec.Struct, frozen=True):
    """One line a worker wrote."""

    seq: int
    at: str
    level: str
    text: str


def add_job(connection: Connection, record: JobRecord) -> None:
    connection.execute(insert(job).values(**_columns(record)))


def find_job(connection: Connection, job_id: str) -> JobRecord | None:
    row = connection.execute(select(job).where(job.c.id == job_id)).mappings().one_or_none()
    return _record(row) if row else None


def list_jobs(connection: Connection, project_id: str) -> list[JobRecord]:
    """Newest first."""
    query = select(job).where(job.c.project_id == project_id).order_by(job.c.id.desc())
    return [_record(row) for row in connection.execute(query).mappings()]


def list_open_jobs(connection: Connection) -> list[JobRecord]:
    """Those a keeper has to do with, oldest first."""
    query = select(job).where(job.c.state.not_in([state.value for state in FINAL_JOB_STATES])).order_by(job.c.id)
    return [_record(row) for row in connection.execute(query).mappings()]


def take_fence(connection: Connection, job_id: str) -> int:
    """Claim a job: every write with an older number fails from now on."""
    query = update(job).where(job.c.id == job_id).values(fence=job.c.fence + 1).returning(job.c.fence)
    return int(connection.execute(query).scalar_one())


def update_fenced(connection: Connection, job_id: str, fence: int, values: dict[str, Any]) -> bool:
    """Change a job in the name of a keeper; False when another keeper has claimed it since."""
    query = update(job).where(job.c.id == job_id, job.c.fence == fence).values(**values)
    return connection.execute(query).rowcount == 1


def update_job(connection: Connection, job_id: str, values: dict[str, Any]) -> None:
    """Change a job in the name of a person."""
    connection.execute(update(job).where(job.c.id == job_id).values(**values))


def last_seq(connection: Connection, job_id: str) -> int:
    return connection.execute(select(func.max(job_event.c.seq)).where(job_event.c.job_id == job_id)).scalar() or 0


def add_events(connection: Connection, job_id: str, events: Iterable[EventRecord]) -> None:
    """Copy lines; one that is there already stays as it is."""
    rows = [{"job_id": job_id, **msgspec.structs.asdict(event)} for event in events]
    if rows:
        connection.execute(upsert(job_event).on_conflict_do_nothing(), rows)


def add_metrics(connection: Connection, job_id: str, points: Sequence[tuple[str, int, float]]) -> None:
    """Copy points of curves. What stands at or after a new point is of an abandoned attempt and goes."""
    first: dict[str, int] = {}
    for name, step, _ in points:
        first[name] = min(step, first.get(name, step))
    for name, step in first.items():
        mine = (job_metric.c.job_id == job_id, job_metric.c.name == name, job_metric.c.step >= step)
        connection.execute(delete(job_metric).where(*mine))
    latest = {(name, step): value for name, step, value in points}
    rows = [{"job_id": job_id, "name": name, "step": step, "value": value} for (name, step), value in latest.items()]
    if rows:
        connection.execute(insert(job_metric), rows)


def add_late_metrics(connection: Connection, job_id: str, points: Sequence[tuple[str, int, float]]) -> None:
    """Copy points that belong before ones copied already; those stay, and a point that is there already too."""
    rows = [{"job_id": job_id, "name": name, "step": step, "value": value} for name, step, value in points]
    if rows:
        connection.execute(upsert(job_metric).on_conflict_do_nothing(), rows)


def list_events(connection: Connection, job_id: str, after: int = 0) -> list[EventRecord]:
    columns = (job_event.c.seq, job_event.c.at, job_event.c.level, job_event.c.text)
    query = select(*columns).where(job_event.c.job_id == job_id, job_event.c.seq > after).order_by(job_event.c.seq)
    return [EventRecord(*row) for row in connection.execute(query)]


def list_metrics(connection: Connection, job_id: str) -> dict[str, list[tuple[int, float]]]:
    """Curves by name, in the order of steps."""
    columns = (job_metric.c.name, job_metric.c.step, job_metric.c.value)
    query = select(*columns).where(job_metric.c.job_id == job_id).order_by(job_metric.c.name, job_metric.c.step)
    curves: dict[str, list[tuple[int, float]]] = {}
    for name, step, value in connection.execute(query):
        curves.setdefault(name, []).append((step, value))
    return curves


def _columns(record: JobRecord) -> dict[str, Any]:
    return {**msgspec.structs.asdict(record), "state": record.state.value}


def _record(row: Any) -> JobRecord:
    return JobRecord(**{**row, "state": JobState(row["state"])})
