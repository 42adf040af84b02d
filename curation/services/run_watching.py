"""A run as people watch it: whether it has moved, which phase it is in, its curves, and its best look so far."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from curation.finetune.looks import WATCHED, overall
from curation.model.states import JobState
from curation.services.jobs import JobView, job_metrics, list_jobs, need_job
from curation.services.workspace import Workspace
from db import jobs
from db.jobs import EventRecord

Series = Mapping[str, Sequence[tuple[int, float]]]
Event: TypeAlias = EventRecord
"""One line a worker wrote."""
LOOK_PREFIX = "validation_"
PHASES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("prepare", ("waiting for its turn", "preparing", "starting", "reading rows", "loading model")),
    ("train", ("training", "looking at validation rows")),
    ("save", ("saving",)),
)
"""The stretches of a run on this machine, and the phases a worker tells in each."""
MOST_OVERLAID = 4


class Stretch(msgspec.Struct, frozen=True):
    """One part of a run's way."""

    name: str
    state: Literal["done", "now", "ahead", "ended here"]


class BestLook(msgspec.Struct, frozen=True):
    """The look at validation rows whose adapter is kept, by its tool calls and not by its loss."""

    step: int
    metrics: dict[str, float]


class Curves(msgspec.Struct, frozen=True):
    """All figures of a run, a row for every step that has any."""

    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[float | None, ...]], ...]


def stamp_run(ws: Workspace, job_id: str) -> str:
    """Another word whenever a run has moved; cheap enough to ask for every second."""
    with ws.reading() as connection:
        job = need_job(connection, job_id)
        seq = jobs.last_seq(connection, job_id)
    return digest_facts((job.state.value, job.phase, job.step, job.attempt, job.cancel_requested, job.error, seq))


def stamp_runs(ws: Workspace, project_id: str) -> str:
    """Another word whenever a job of a project has begun, ended, or come a percent further."""
    return stamp_listed(list_jobs(ws, project_id))


def stamp_listed(listed: Iterable[JobView]) -> str:
    """The same word, for jobs that were read already."""
    return digest_facts([(job.id, job.state.value, percent(job), job.name) for job in listed])


def digest_facts(facts: object) -> str:
    """A short word for all of them together."""
    return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()[:16]


def percent(job: JobView) -> int:
    return min(100, 100 * job.step // job.steps) if job.steps else 0


def list_stretches(job: JobView) -> tuple[Stretch, ...]:
    """Where a run on this machine is; () where its phases are somebody else's."""
    names = [name for name, _ in PHASES]
    if job.state is JobState.SUCCEEDED:
        return tuple(Stretch(name, "done") for name in names)
    at = next((n for n, (_, phases) in enumerate(PHASES) if _plain(job.phase) in phases), None)
    if at is None:
        at = None if job.phase else _guess(job)
    if at is None:
        return ()
    here: Literal["now", "ended here"] = "ended here" if job.state.is_final else "now"
    return tuple(Stretch(name, "done" if n < at else here if n == at else "ahead") for n, name in enumerate(names))


def _plain(phase: str) -> str:
    """Without what the provider adds in brackets."""
    return phase.partition(" (")[0]


def _guess(job: JobView) -> int:
    """One that ended says no phase any more."""
    return 1 if job.steps else 0


def find_best(series: Series) -> BestLook | None:
    """Chosen as the worker chooses: the highest sum of its rates, of equals the later."""
    looks: dict[int, dict[str, float]] = {}
    for name in WATCHED:
        for step, value in series.get(LOOK_PREFIX + name, ()):
            looks.setdefault(step, {})[name] = value
    if not looks:
        return None
    step = max(looks, key=lambda one: (overall(looks[one]), one))
    return BestLook(step, looks[step])


def tabulate(series: Series) -> Curves:
    """The curves side by side, every step that says anything."""
    names = tuple(series)
    at: dict[int, dict[str, float]] = {}
    for name, points in series.items():
        for step, value in points:
            at.setdefault(step, {})[name] = value
    return Curves(names, tuple((step, tuple(at[step].get(name) for name in names)) for step in sorted(at)))


def overlay(ws: Workspace, job_ids: Sequence[str], name: str) -> dict[str, list[tuple[int, float]]]:
    """One curve of several runs: id → points; a run without it is left out."""
    found = {job_id: job_metrics(ws, job_id).get(name, []) for job_id in job_ids[:MOST_OVERLAID]}
    return {job_id: points for job_id, points in found.items() if points}


def search_log(events: Sequence[Event], wanted: str) -> tuple[Event, ...]:
    """The lines that hold these words, whatever their case; all of them for no words."""
    folded = wanted.strip().casefold()
    return tuple(event for event in events if folded in event.text.casefold())
