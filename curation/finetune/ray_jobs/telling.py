"""A cluster's word about a job and its run folder's, put together: the folder tells how far, the cluster whether."""

from __future__ import annotations

import msgspec

from curation.finetune.contract import JobEvent, Launch, Status
from curation.finetune.ray_jobs.cluster import RemoteJob
from curation.finetune.run_folder import Exit, Progress, RunFolder
from curation.finetune.watching import describe_phase, last_line, last_words, say_where, tell
from curation.hosts.troubles import clean
from curation.model.states import JobState

PENDING, RUNNING, STOPPED = "PENDING", "RUNNING", "STOPPED"
ENDED = frozenset({STOPPED, "SUCCEEDED", "FAILED"})
"""The only words that end a job; every other one is shown as it is."""
LATE_FILES_S = 30.0
"""How long after its end a job's last files may still be on their way over shared storage."""
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


def describe(job: RemoteJob | None, seen: Seen, now: float, host: str) -> Status:
    """How the job is; None is one that the cluster does not know any more."""
    is_over = job is None or job.status in ENDED
    if seen.ended is not None and is_over:
        return describe_end(seen.ended, seen)
    if job is None:
        return _lose(seen, f"The Ray cluster at {host} does not know the job any more; it was {_where(seen)}. {GO_ON}")
    if not is_over:
        return tell(JobState.RUNNING, seen.progress, phase=_name_phase(job, seen), events=seen.events)
    if seen.has_begun and 0 <= now - (job.end_time or 0) / 1000 < LATE_FILES_S:
        return tell(JobState.RUNNING, seen.progress, phase="ending", events=seen.events)
    return _describe_silence(job, seen, host)


def describe_end(ended: Exit, seen: Seen) -> Status:
    """What the worker itself said at its end."""
    return tell(JobState(ended.state), seen.progress, events=seen.events, error=ended.error)


def _name_phase(job: RemoteJob, seen: Seen) -> str:
    if job.status == PENDING:
        return "waiting for room in the cluster"
    if job.status != RUNNING:
        return f"the cluster says {clean(job.status, '').lower()}"
    return describe_phase(seen.progress) if seen.has_begun else "starting"


def _describe_silence(job: RemoteJob, seen: Seen, host: str) -> Status:
    """The cluster says that it is over, and the worker never did."""
    if job.status == STOPPED and seen.was_stopped and not seen.progress.steps:
        return tell(JobState.CANCELLED, seen.progress, events=seen.events)
    if seen.has_begun:
        return _lose(
            seen,
            f"The worker ended without a word {_where(seen)}; it was killed, or its machine in the cluster at {host} "
            f"ran out of memory or went away. {GO_ON}",
        )
    words = clean(seen.words or _last_of_its_own(job.message or ""), "").rstrip(".") or "it said nothing"
    hint = (
        "The cluster needs Callwright with its training packages, and this workspace under the same path: see "
        "`docs/ray.md`."
    )
    return tell(JobState.FAILED, seen.progress, events=seen.events, error=f"The job could not start: {words}. {hint}")


def _last_of_its_own(message: str) -> str:
    """What the command said last; Ray's own line about it may stand behind that."""
    return last_line("\n".join(line for line in message.splitlines() if not line.startswith(OF_RAY)))


def _where(seen: Seen) -> str:
    return say_where(seen.progress)


def _lose(seen: Seen, sentence: str) -> Status:
    return tell(JobState.LOST, seen.progress, events=seen.events, error=sentence)
