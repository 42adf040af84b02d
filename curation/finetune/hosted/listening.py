"""A host's words about a job as what we keep: events, state, and the outcome."""

from __future__ import annotations

from contextlib import suppress

from curation.errors import TryLaterError
from curation.finetune.contract import Outcome, Status
from curation.finetune.hosted.host import Host
from curation.finetune.hosted.remote import RemoteCheckpoint, RemoteEvent, RemoteJob
from curation.finetune.hosted.story import Story
from curation.hosts.troubles import HostRefusedError, clean
from curation.model.states import JobState
from curation.model.values import Json

STATES = {"succeeded": JobState.SUCCEEDED, "failed": JobState.FAILED, "cancelled": JobState.CANCELLED}
"""The only words of a host that end a job; every other one is shown as it is."""
PHASES = {"validating_files": "the host checks the rows", "queued": "waiting at the host", "running": "training"}
NAMING_S = 600.0
"""How long after the end a host may take to name the model."""


def hear(host: Host, story: Story, job: RemoteJob, key: str) -> None:
    """Fetch events until a page brings nothing new; at the end of a job all pages, for those that came late."""
    collected = [RemoteEvent("launched", job.created_at, "info", f"The host calls the job {job.id}.")]
    known = story.known
    # A host without events still has jobs.
    with suppress(HostRefusedError):
        for page in host.list_events(job.id):
            collected += [_cleaned(one, key) for one in page]
            if job.status not in STATES and known.issuperset(one.id for one in page):
                break
    story.hear(collected)


def _cleaned(event: RemoteEvent, key: str) -> RemoteEvent:
    return RemoteEvent(
        event.id, event.at, clean(event.level, key)[:20], clean(event.text, key), event.step, event.steps, event.metrics
    )


def describe(title: str, job: RemoteJob, story: Story, after_seq: int, now: float, key: str) -> Status:
    """Where the job stands; a state that nobody knows is one of a job that goes on."""
    told_step, told_steps = story.progress()
    step, steps, events = max(told_step, job.step), max(told_steps, job.steps), story.after(after_seq)
    state = STATES.get(job.status)
    if state is None:
        eta = max(0.0, job.finish_at - now) if job.finish_at else None
        phase = PHASES.get(job.status) or f"{clean(job.status, key)[:40]}, as the host says"
        return Status(JobState.RUNNING, phase, step, steps, eta, events)
    return Status(state, "", step, steps, None, events, _say_failure(title, job, key))


def is_named(host: Host, job: RemoteJob, now: float) -> bool:
    """Whether a job that succeeded has left something with a name; some hosts name it a moment later."""
    if STATES.get(job.status) is not JobState.SUCCEEDED or job.model or now - (job.finished_at or 0) > NAMING_S:
        return True
    with suppress(HostRefusedError):
        return bool(host.list_checkpoints(job.id))
    return False


def _say_failure(title: str, job: RemoteJob, key: str) -> str:
    if job.status != "failed":
        return ""
    said = clean(job.error, key).rstrip(".")
    return f"{title} says: {said}." if said else f"{title} gave no reason why the job failed."


def describe_outcome(host: Host, host_name: str, job_id: str) -> Outcome:
    """What a job left: the tuned model, or the last state that was kept before it was stopped."""
    job = host.look_at_job(job_id)
    if job.status not in STATES:
        # Hosts have more than one copy of the truth; the model's name is in the one that knows of the end.
        raise TryLaterError(f"{host_name} says again that the job goes on.")
    kept: list[RemoteCheckpoint] = []
    with suppress(HostRefusedError):
        kept = host.list_checkpoints(job_id)
    summary: dict[str, Json] = {
        "host": host_name,
        "remote_job": job.id,
        "trained_tokens": job.trained_tokens,
        "result_files": list(job.result_files),
        "checkpoints": [{"step": one.step, "model": one.model, "files": list(one.result_files)} for one in kept],
    }
    last = kept[-1] if kept and job.status != "failed" else None
    return Outcome(None, summary, job.model or (last.model or last.id if last else ""))
