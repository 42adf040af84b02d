"""Orders for candidates: launched, looked at by a sample, paused, gone on with, and taken into the queue."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from curation.errors import JobError, StateError
from curation.finetune.contract import Outcome
from curation.finetune.run_folder import RunFolder
from curation.llm.budget import Limits
from curation.llm.pacing import Rate
from curation.model.people import Actor
from curation.model.states import JobState
from curation.model.traits import parse_trait
from curation.model.values import Json
from curation.producing.asking_models import Asking
from curation.producing.record import CANDIDATES, read_candidates
from curation.producing.spec import Material, write_material
from curation.services.acts import Act, perform
from curation.services.candidate_intake import take_in
from curation.services.domain_values import read_values
from curation.services.drafting_prompts import own_texts, require_usable
from curation.services.job_kinds import JobKind, Record
from curation.services.jobs import (
    RETRYABLE,
    JobView,
    ask_to_stop,
    get_job,
    intend_job,
    list_jobs,
    need_job,
    read_spec,
    reopen,
    rewrite_spec,
    run_folder,
)
from curation.services.known_examples import walk_known
from curation.services.models import SMALL_NAME, resolve_base
from curation.services.projects import find_project
from curation.services.seed_examples import choose_seeds, require_seeds
from curation.services.synthesis_costs import list_asked
from curation.services.synthesis_sheets import HOSTED, LOCAL, SAMPLE, Sheet, require_sound, starts_from_examples
from curation.services.synthesizing import choose_tools
from curation.services.trait_tallying import tally_waiting
from curation.services.workspace import Workspace
from curation.services.writing_tasks import MOST as MOST_ASKED
from curation.services.writing_tasks import ask_for
from curation.synthesizers import get_synthesizer
from db import people
from db.jobs import JobRecord

KIND = "synthesise"
WHERE = "local"
TRIED_FOR_ONE = 40
MOST_TRIED = 2_000


def order_candidates(
    ws: Workspace, actor: Actor, project_id: str, sheet: Sheet, *, name: str = "", sample: bool = False, nonce: str
) -> JobView:
    """Write an order down; the keeper has it made. With `sample` only the first ones, to be looked at.

    Args:
        sheet: what is ordered.
        name: what it is called in lists; the strategy's title without it.
        sample: whether the rest waits for a word.
    """
    strategy = require_sound(sheet)
    project = find_project(ws, project_id)
    choose_tools(ws, project.id, sheet.tools)
    require_usable(ws, project.id, list_asked(sheet))
    if starts_from_examples(sheet):
        require_seeds(ws, project.id, sheet.seed_examples)
    sheet = msgspec.structs.replace(sheet, values=read_values(ws, project.id) | sheet.values)
    spec: dict[str, Json] = {
        "sheet": msgspec.to_builtins(sheet),
        "target": project.working_target,
        "sample": sample and sheet.n_wanted > SAMPLE,
        # Kept with the order: a sample and its rest are asked for in the same words.
        "prompts": own_texts(ws, project.id) if sheet.endpoint else {},
    }

    def work(act: Act) -> str:
        called = f"{sheet.n_wanted:,} candidates: {name or strategy.title}"
        return intend_job(act, project_id=project.id, kind=KIND, name=called, provider=WHERE, spec=spec, nonce=nonce)

    return get_job(ws, perform(ws, actor, "order candidates", nonce, str, work))


def list_orders(ws: Workspace, project_id: str) -> tuple[JobView, ...]:
    """Newest first."""
    return tuple(job for job in list_jobs(ws, project_id) if job.kind == KIND)


def read_sheet(job: JobView) -> Sheet:
    """What was ordered."""
    return msgspec.convert(job.spec["sheet"], Sheet)


def is_sample(job: JobView) -> bool:
    """Whether only the first ones were made, and somebody is to say whether the rest is wanted."""
    return bool(job.spec.get("sample"))


def is_discarded(job: JobView) -> bool:
    """Whether somebody has looked at its sample and wanted none of it."""
    return bool(job.spec.get("discarded"))


def make_rest(ws: Workspace, actor: Actor, job_id: str, *, nonce: str) -> JobView:
    """The sample was looked at: make everything, beginning with what is made already."""

    def work(act: Act) -> str:
        record = _need_order(act.connection, job_id)
        spec = read_spec(record)
        if not spec.get("sample"):
            raise StateError("Of this order the rest is being made already.", hint="Watch it below.")
        if not record.state.is_final:
            raise StateError("The sample is not made yet.", hint="Wait until it is there.")
        return reopen(act, record, "the rest ordered", {**spec, "sample": False, "discarded": False})

    return get_job(ws, perform(ws, actor, "make the rest", nonce, str, work))


def discard_sample(ws: Workspace, actor: Actor, job_id: str, *, nonce: str) -> JobView:
    """The sample was looked at and is not wanted: nothing of it comes into the queue, and its folder stays."""

    def work(act: Act) -> str:
        record = _need_order(act.connection, job_id)
        spec = read_spec(record)
        if not spec.get("sample") or not record.state.is_final:
            raise StateError(f"“{record.name}” is no sample that waits for a word.", hint="Pause or stop it instead.")
        return rewrite_spec(act, record, "sample discarded", {**spec, "discarded": True})

    return get_job(ws, perform(ws, actor, "discard sample", nonce, str, work))


def pause_order(ws: Workspace, actor: Actor, job_id: str, *, nonce: str) -> JobView:
    """Stop after the candidate at work; what has passed goes into the queue, and the order can go on later."""

    def work(act: Act) -> str:
        return ask_to_stop(act, _need_order(act.connection, job_id).id)

    return get_job(ws, perform(ws, actor, "pause order", nonce, str, work))


def resume_order(ws: Workspace, actor: Actor, job_id: str, *, nonce: str) -> JobView:
    """Go on behind the last candidate that was made."""

    def work(act: Act) -> str:
        record = _need_order(act.connection, job_id)
        if record.state not in RETRYABLE:
            raise StateError(f"“{record.name}” is not paused.", hint="There is nothing to go on with.")
        return reopen(act, record, "resumed")

    return get_job(ws, perform(ws, actor, "resume order", nonce, str, work))


def _need_order(connection: Connection, job_id: str) -> JobRecord:
    record = need_job(connection, job_id)
    if record.kind != KIND:
        raise StateError(f"The job `{record.name}` is no order for candidates.", hint="Look at it under Jobs.")
    return record


def _prepare(ws: Workspace, job: JobRecord, run_dir: object) -> dict[str, Json]:  # noqa: ARG001 - as the kinds are called
    """Write the tools and whatever the order starts from into the run folder."""
    spec = read_spec(job)
    sheet = msgspec.convert(spec["sheet"], Sheet)
    require_sound(sheet)
    tools = choose_tools(ws, job.project_id, sheet.tools)
    others = tuple(tool for tool in choose_tools(ws, job.project_id) if tool not in tools)
    seeds = choose_seeds(ws, job.project_id, sheet.seed_examples) if starts_from_examples(sheet) else ()
    with ws.reading() as connection:
        known = tuple(walk_known(connection, job.project_id))
    write_material(RunFolder(run_folder(ws, job)), Material(tools, others, seeds, sheet.records, known))
    return {
        "kind": KIND,
        "name": job.name,
        "strategy": sheet.strategy,
        "count": _times(sheet) * sheet.n_wanted,
        "shows": sheet.shows,
        "seed": sheet.seed,
        "mix": sheet.mix,
        "cells": [{**msgspec.to_builtins(cell), "count": _times(sheet) * cell.count} for cell in sheet.cells],
        "parameters": {**_usual_knobs(sheet.strategy), **sheet.parameters},
        "voice": msgspec.to_builtins(sheet.voice),
        "values": {name: list(values) for name, values in sheet.values.items()},
        "target": spec.get("target"),
        "stop_after": SAMPLE if spec.get("sample") else sheet.n_wanted if sheet.shows else None,
        "drafter": sheet.endpoint.kind if sheet.endpoint else "",
        "asking": _asking(ws, sheet, spec.get("prompts", {})),
    }


def _usual_knobs(strategy: str) -> dict[str, Json]:
    """What a form shows before anybody turns a knob: an order from the terminal is drafted as one from the page."""
    return {parameter.name: parameter.default for parameter in get_synthesizer(strategy).parameters}


def _times(sheet: Sheet) -> int:
    """Drafts looked through for each one wanted: most calls do not happen to give the value or leave it out."""
    return max(1, min(TRIED_FOR_ONE, MOST_TRIED // sheet.n_wanted)) if sheet.shows else 1


def _asking(ws: Workspace, sheet: Sheet, prompts: dict[str, str]) -> dict[str, Json]:
    """Which model is asked, in whose words, how fast and for how much."""
    endpoint, spending = sheet.endpoint, sheet.spending
    if endpoint is None:
        return {}
    is_local = endpoint.kind == LOCAL
    folder = str(resolve_base(ws, endpoint.model or SMALL_NAME)) if is_local else ""
    limits = Limits(spending.requests or None, spending.tokens or None, spending.money or None)
    asking = Asking(
        model="" if is_local else endpoint.model,
        folder=folder,
        prompts=prompts,
        limits=limits,
        rate=Rate(requests=endpoint.per_minute if endpoint.kind == HOSTED else None),
        at_once=endpoint.at_once,
        judges=endpoint.judges,
    )
    told: dict[str, Json] = msgspec.to_builtins(asking)
    return told


def _finish(ws: Workspace, job: JobRecord, state: JobState, outcome: Outcome) -> Record:  # noqa: ARG001
    """What has passed goes into the queue, however the job ended; a sample waits for somebody's word.

    Of what was to show one thing people are asked for those that nothing drafted.
    """
    spec = read_spec(job)
    if not spec.get("sample"):
        with ws.reading() as connection:
            actor = people.find_person(connection, job.by)
        if actor is None:
            raise JobError(f"Nobody is known any more who ordered `{job.name}`.")
        nonce = f"{job.id}.{job.attempt}.candidates"
        take_in(ws, actor, job.project_id, job.id, run_folder(ws, job), name=job.name, nonce=nonce)
        if state is JobState.SUCCEEDED:
            _ask_for_rest(ws, actor, job, msgspec.convert(spec["sheet"], Sheet))
    return lambda _connection: None


def _ask_for_rest(ws: Workspace, actor: Actor, job: JobRecord, sheet: Sheet) -> None:
    missing = sheet.n_wanted - sum(1 for _ in read_candidates(run_folder(ws, job) / CANDIDATES)) if sheet.shows else 0
    if missing > 0:
        # What was just drafted does not count as written for the task.
        tally_waiting(ws)
        nonce = f"{job.id}.{job.attempt}.task"
        ask_for(ws, actor, job.project_id, parse_trait(sheet.shows), min(missing, MOST_ASKED), nonce=nonce)


JOB_KIND = JobKind(KIND, _prepare, _finish, is_light=True)
