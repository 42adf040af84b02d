"""A cluster's word about a job and its run folder's, put together: the folder tells how far, the cluster whether."""

from __future__ import annotations

import msgspec

from curation.finetune.contract import JobEvent, Launch, Status
from curation.finetune.ray_jobs.cluster import RemoteJob
from curation.finetune.run_folder import Exit, Progress, RunFolder
from curation.finetune.watching import describe_deafness, describe_phase, last_line, last_words, say_where, tell
from curation.hosts.troubles import clean
from curation.model.states import JobState

PENDING, RUNNING, STOPPED, SUCCEEDED = "PENDING", "RUNNING", "STOPPED", "SUCCEEDED"
ENDED = frozenset({STOPPED, SUCCEEDED, "FAILED"})
"""The only words that end a job; every other one is shown as it is."""
LATE_FILES_S = 30.0
"""How long after we first saw its end a job's last files may still be on their way over shared storage."""
NO_ROOM = "JOB_SUPERVISOR_ACTOR_START_TIMEOUT"
"""Ray's name for giving a job up that waited too long."""
OF_RAY = "Running entrypoint for job "
GO_ON = "Retry it: it goes on from its last checkpoint."


class Seen(msgspec.Struct, frozen=True):
    """The run folder at one moment, read after the cluster was asked."""

    ended: Exit | None
    has_begun: bool
    was_stopped: bool
    progress: Progress
    events: tuple[JobEvent, ...]
    words: str
    """The last line of its log."""


def look_into(launch: Launch, after_seq: int) -> Seen:
    folder, launch_id = RunFolder(launch.run_dir), launch.launch_id
    # In this order: a worker that ends between the looks has said all before it left its exit file.
    ended = folder.read_exit(launch_id)
    return Seen(
        ended,
        folder.read_started(launch_id) is not None,
        folder.is_asked_to_stop(launch_id),
        folder.read_progress(),
        folder.read_events(after_seq),
        last_words(folder),
    )


def has_ended(job: RemoteJob) -> bool:
    return job.status in ENDED


def describe(job: RemoteJob | None, seen: Seen, over_s: float, host: str) -> Status:
    """How the job is; None is one that the cluster does not know any more. It has been seen over for `over_s`."""
    is_over = job is None or has_ended(job)
    if seen.ended is not None and is_over:
        return describe_end(seen.ended, seen)
    if job is None and seen.was_stopped and not seen.has_begun:
        return tell(JobState.CANCELLED, seen.progress, events=seen.events)
    if job is None:
        return _lose(seen, f"The Ray cluster at {host} does not know the job any more; it was {_where(seen)}. {GO_ON}")
    if not is_over:
        return tell(JobState.RUNNING, seen.progress, phase=_name_phase(job, seen), events=seen.events)
    if (seen.has_begun or job.status == SUCCEEDED) and over_s < LATE_FILES_S:
        return tell(JobState.RUNNING, seen.progress, phase="ending", events=seen.events)
    return _describe_silence(job, seen, host)


def describe_end(ended: Exit, seen: Seen) -> Status:
    """What the worker itself said at its end."""
    return tell(JobState(ended.state), seen.progress, events=seen.events, error=ended.error)


def _name_phase(job: RemoteJob, seen: Seen) -> str:
    if job.status == PENDING and seen.was_stopped:
        return "asked to stop; ends as soon as the cluster has room for it or gives it up"
    if job.status == PENDING:
        return "waiting for room in the cluster"
    if job.status != RUNNING:
        return f"the cluster says {clean(job.status, '').lower()}"
    return describe_phase(seen.progress) if seen.has_begun else "starting"


def _describe_silence(job: RemoteJob, seen: Seen, host: str) -> Status:
    """The cluster says that it is over, and the worker never did."""
    if seen.was_stopped and not seen.has_begun:
        return tell(JobState.CANCELLED, seen.progress, events=seen.events)
    if seen.was_stopped and job.status == STOPPED:
        # Before its first step there was nothing to keep, so nobody needs to know how it ended.
        words = describe_deafness(seen.progress) if seen.progress.steps else ""
        return tell(JobState.CANCELLED, seen.progress, events=seen.events, error=words)
    if seen.has_begun and job.status == STOPPED:
        return _lose(seen, f"Somebody stopped the job at the Ray cluster at {host} {_where(seen)}. {GO_ON}")
    if seen.has_begun:
        return _lose(
            seen,
            f"The worker ended without a word {_where(seen)}; it was killed, or its machine in the cluster at {host} "
            f"ran out of memory or went away. {GO_ON}",
        )
    if job.error_type == NO_ROOM:
        return tell(JobState.FAILED, seen.progress, events=seen.events, error=_describe_no_room(job, host))
    words = clean(seen.words or _last_of_its_own(job.message or ""), "").rstrip(".") or "it said nothing"
    hint = (
        "The cluster needs Callwright with its training packages, and this workspace under the same path: see "
        "`docs/ray.md`."
    )
    return tell(JobState.FAILED, seen.progress, events=seen.events, error=f"The job could not start: {words}. {hint}")


def _describe_no_room(job: RemoteJob, host: str) -> str:
    return (
        f"The Ray cluster at {host} had no room {_say_wait(job)}and gave the job up. Ask for fewer GPUs or cores, or "
        "retry it when others are done; how long a job may wait stands in RAY_JOB_START_TIMEOUT_SECONDS where the "
        "cluster is started."
    )


def _say_wait(job: RemoteJob) -> str:
    """Both moments are the cluster's, so its clock may stand where it will."""
    if job.start_time is None or job.end_time is None:
        return ""
    minutes = max(1, round((job.end_time - job.start_time) / 60_000))
    return f"for {minutes} minute{'s' if minutes > 1 else ''} "


def _last_of_its_own(message: str) -> str:
    """What the command said last; Ray's own line about it may stand behind that."""
    return last_line("\n".join(line for line in message.splitlines() if not line.startswith(OF_RAY)))


def _where(seen: Seen) -> str:
    return say_where(seen.progress)


def _lose(seen: Seen, sentence: str) -> Status:
    return tell(JobState.LOST, seen.progress, events=seen.events, error=sentence)
