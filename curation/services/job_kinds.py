"""What the keeper must know about each kind of job: how its run folder is filled, and what its outcome means.

A kind lives in the service that launches it, or beside it, as `JOB_KIND`; it is imported when one is met.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError
from curation.finetune.contract import Outcome
from curation.model.states import JobState
from curation.model.values import Json
from curation.services.workspace import Workspace
from db.jobs import JobRecord

Record = Callable[[Connection], str | None]
"""Writes an outcome inside the transaction that ends the job; returns the id of a model it made, if any."""


def _record_nothing(_ws: Workspace, _job: JobRecord, _state: JobState, _outcome: Outcome) -> Record:
    return lambda _connection: None


class JobKind(msgspec.Struct, frozen=True):
    """One kind of job."""

    name: str
    prepare: Callable[[Workspace, JobRecord, Path], dict[str, Json]]
    """Fill `data/` of the run folder and return the worker's spec; called again after a crash."""
    finish: Callable[[Workspace, JobRecord, JobState, Outcome], Record] = _record_nothing
    """Work out the outcome (slow things go here) of a job that ends in this state, the failed and lost included."""
    is_light: bool = False
    """Whether it runs beside a training instead of waiting for its end; light jobs wait for light ones only."""


MODULES = ("training", "evaluation_jobs", "trying_out", "synthesis_jobs")
"""The services with a `JOB_KIND`, by name: what they import imports this file, so it imports them late."""


@cache
def list_job_kinds() -> tuple[JobKind, ...]:
    """Every kind there is."""
    return tuple(importlib.import_module(f"curation.services.{module}").JOB_KIND for module in MODULES)


def get_job_kind(name: str) -> JobKind:
    """The kind of that name."""
    kind = next((one for one in list_job_kinds() if one.name == name), None)
    if kind is None:
        known = ", ".join(one.name for one in list_job_kinds())
        raise NotFoundError(f"There is no kind of job `{name}`.", hint=f"Known: {known}.")
    return kind
