"""Watching a job from the terminal: keeps it moving, draws its progress, says how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from curation.errors import JobError
from curation.model.states import JobState
from curation.services.jobs import JobView, get_job, job_events
from curation.services.keeping import kept
from curation.services.workspace import Workspace

LOOK_S = 0.25


def wait_for_job(ws: Workspace, job_id: str, tell: Callable[[str], None] | None = None) -> JobView:
    """Wait until a job has ended; progress goes to stderr. A job that did not succeed is an error with its sentence."""
    with kept(ws), _progress() as progress:
        task = progress.add_task("waiting", total=None, left="")
        ended = _watch(ws, job_id, lambda job: _draw(progress, task, job), tell or progress.console.print)
    if ended.state is not JobState.SUCCEEDED:
        raise JobError(f"The job `{ended.name}` ended as {ended.state}. {ended.error or ''}".strip())
    return ended


def _watch(ws: Workspace, job_id: str, draw: Callable[[JobView], None], tell: Callable[[str], None]) -> JobView:
    seen, pause = 0, threading.Event()
    while True:
        job = get_job(ws, job_id)
        for event in job_events(ws, job_id, seen):
            seen = event.seq
            if not event.text.startswith("Step "):
                tell(event.text)
        draw(job)
        if job.state.is_final:
            return job
        pause.wait(LOOK_S)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.fields[left]}"), console=Console(stderr=True, highlight=False))


def _draw(progress: Progress, task: object, job: JobView) -> None:
    left = f"about {describe_seconds(job.eta_s)} left" if job.eta_s else ""
    words = job.phase or str(job.state)
    progress.update(task, description=words, completed=job.step, total=job.steps or None, left=left)  # type: ignore[arg-type]


def describe_seconds(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
