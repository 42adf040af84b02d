"""Jobs as people see them: what runs, how far it is, what it said; stop it, or try again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError, StateError
from curation.finetune.contract import Outcome
from curation.finetune.run_folder import RunFolder
from curation.model.people import Actor
from curation.model.states import JobState
from curation.model.values import Json
from curation.services.acts import Act, perform
from curation.services.job_kinds import get_job_kind
from curation.services.workspace import Workspace
from db import jobs
from db.acts import Deed
from db.jobs import EventRecord, JobRecord

RETRYABLE = frozenset({JobState.FAILED, JobState.LOST, JobState.CANCELLED})


class JobView(msgspec.Struct, frozen=True):
    """One job as screens and commands see it."""

    id: str
    project_id: str
    name: str
    kind: str
    provider: str
    state: JobState
    phase: str
    step: int
    steps: int
    eta_s: float | None
    spec: dict[str, Json]
    error: str | None
    attempt: int
    by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    run_dir: Path
    model_id: str | None

    @property
    def can_cancel(self) -> bool:
        return not self.state.is_final

    @property
    def can_retry(self) -> bool:
        return self.state in RETRYABLE


def list_jobs(ws: Workspace, project_id: str) -> tuple[JobView, ...]:
    """Newest first."""
    with ws.reading() as connection:
        return tuple(view_job(ws, record) for record in jobs.list_jobs(connection, project_id))


def get_job(ws: Workspace, job_id: str) -> JobView:
    with ws.reading() as connection:
        return view_job(ws, need_job(connection, job_id))


def job_events(ws: Workspace, job_id: str, after: int = 0) -> tuple[EventRecord, ...]:
    """What the worker said after that sequence number, in order."""
    with ws.reading() as connection:
        return tuple(jobs.list_events(connection, job_id, after))


def job_metrics(ws: Workspace, job_id: str) -> dict[str, list[tuple[int, float]]]:
    """The curves of a job: name → (step, value)."""
    with ws.reading() as connection:
        return jobs.list_metrics(connection, job_id)


def log_tail(ws: Workspace, job_id: str, lines: int = 40) -> list[str]:
    """The last lines of the worker's own output."""
    return RunFolder(get_job(ws, job_id).run_dir).log_tail(lines)


def cancel_job(ws: Workspace, actor: Actor, job_id: str, *, nonce: str) -> JobView:
    """Ask a job to stop and keep what it has; one that never started ends at once."""
    return get_job(ws, perform(ws, actor, "cancel job", nonce, str, lambda act: ask_to_stop(act, job_id)))


def ask_to_stop(act: Act, job_id: str) -> str:
    """Do so inside an act."""
    record = need_job(act.connection, job_id)
    if record.state.is_final:
        raise StateError(f"The job `{record.name}` has already ended.", hint="There is nothing to stop.")
    if record.state is JobState.INTENT:
        _end_unstarted(act, record)
    else:
        jobs.update_job(act.connection, job_id, {"cancel_requested": 1})
    act.note(Deed(job_id, before=record.state.value, after="stop asked", project_id=record.project_id))
    return job_id


def _end_unstarted(act: Act, record: JobRecord) -> None:
    """The fence moves too, so that a keeper about to start the job is too late."""
    ended = {"state": JobState.CANCELLED.value, "phase": "", "finished_at": act.at, "fence": record.fence + 1}
    write_outcome = get_job_kind(record.kind).finish(act.ws, record, JobState.CANCELLED, Outcome(None))
    write_outcome(act.connection)
    jobs.update_job(act.connection, record.id, ended)


def retry_job(ws: Workspace, actor: Actor, job_id: str, *, nonce: str) -> JobView:
    """Let a failed, lost or stopped job go on from its last checkpoint, in the same run folder."""

    def work(act: Act) -> str:
        record = need_job(act.connection, job_id)
        if record.state not in RETRYABLE:
            raise _refuse_retry(record)
        return reopen(act, record, "retried")

    return get_job(ws, perform(ws, actor, "retry job", nonce, str, work))


def reopen(act: Act, record: JobRecord, told: str, spec: dict[str, Json] | None = None) -> str:
    """Let an ended job begin another attempt in the same run folder, by the same order or a changed one."""
    fresh = dict.fromkeys(("launch_id", "remote_id", "pid", "pid_start", "boot_id", "error", "finished_at"))
    again = {"state": JobState.INTENT.value, "attempt": record.attempt + 1, "cancel_requested": 0, "phase": ""}
    ordered = {} if spec is None else {"spec": _write_spec(spec), "spec_hash": _hash_spec(spec)}
    jobs.update_job(act.connection, record.id, {**fresh, **again, **ordered, "eta_s": None, "fence": record.fence + 1})
    act.note(Deed(record.id, before=record.state.value, after=told, project_id=record.project_id))
    return record.id


def rewrite_spec(act: Act, record: JobRecord, told: str, spec: dict[str, Json]) -> str:
    """Note something on the order of an ended job, which stays as it ended."""
    jobs.update_job(act.connection, record.id, {"spec": _write_spec(spec), "spec_hash": _hash_spec(spec)})
    act.note(Deed(record.id, before=record.state.value, after=told, project_id=record.project_id))
    return record.id


def _refuse_retry(record: JobRecord) -> StateError:
    if record.state is JobState.SUCCEEDED:
        return StateError(
            f"The job `{record.name}` has succeeded, so there is nothing to retry.", hint="Launch a new one instead."
        )
    return StateError(f"The job `{record.name}` has not ended yet.", hint="Wait for its end, or stop it first.")


def intend_job(
    act: Act, *, project_id: str, kind: str, name: str, provider: str, spec: dict[str, Json], nonce: str
) -> str:
    """Write the intent row inside an act; the keeper does the rest."""
    job_id = act.ws.new_id()
    record = JobRecord(
        id=job_id,
        project_id=project_id,
        kind=kind,
        name=name,
        provider=provider,
        spec=_write_spec(spec),
        spec_hash=_hash_spec(spec),
        nonce=nonce,
        state=JobState.INTENT,
        run_dir=f"runs/{job_id}",
        by=act.actor.person_id,
        created_at=act.at,
    )
    jobs.add_job(act.connection, record)
    act.note(Deed(job_id, after=f"{kind}: {name}", project_id=project_id))
    return job_id


def _write_spec(spec: dict[str, Json]) -> str:
    return msgspec.json.encode(spec, order="deterministic").decode()


def _hash_spec(spec: dict[str, Json]) -> str:
    return hashlib.sha256(_write_spec(spec).encode()).hexdigest()


def need_job(connection: Connection, job_id: str) -> JobRecord:
    record = jobs.find_job(connection, job_id)
    if record is None:
        raise NotFoundError(f"There is no job `{job_id}`.")
    return record


def view_job(ws: Workspace, record: JobRecord) -> JobView:
    return JobView(
        id=record.id,
        project_id=record.project_id,
        name=record.name,
        kind=record.kind,
        provider=record.provider,
        state=record.state,
        phase=record.phase,
        step=record.step,
        steps=record.steps,
        eta_s=record.eta_s,
        spec=read_spec(record),
        error=record.error,
        attempt=record.attempt,
        by=record.by,
        created_at=record.created_at,
        started_at=record.started_at,
        finished_at=record.finished_at,
        run_dir=run_folder(ws, record),
        model_id=record.model_id,
    )


def read_spec(record: JobRecord) -> dict[str, Json]:
    """What was ordered, as it was written down at the launch."""
    spec: dict[str, Json] = msgspec.json.decode(record.spec)
    return spec


def run_folder(ws: Workspace, record: JobRecord) -> Path:
    """Where a job works; kept relative, so that a workspace can be moved."""
    return ws.home / (record.run_dir or f"runs/{record.id}")
