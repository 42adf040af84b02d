"""Evaluations: models answer the test split of a frozen version; each one is a look at it, counted and shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import JobError, NotFoundError, StateError
from curation.finetune.contract import Outcome
from curation.finetune.rows import TRAIN
from curation.finetune.run_folder import RunFolder
from curation.metrics.answers import Answer
from curation.metrics.held import Held
from curation.model.people import Actor
from curation.model.states import JobState, Portion, Split, portion_of
from curation.model.values import Json
from curation.rendering import RowStyle
from curation.services.acts import Act, perform
from curation.services.evaluation_matching import find_by_rows
from curation.services.evaluation_plans import (
    Plan,
    common_style,
    known_tools,
    make_plan,
    make_plans,
    place,
    plan_everything,
    plan_questions,
    read_plan,
    write_plan,
)
from curation.services.evaluation_results import UNTOLD, make_result, read_run_answers, store_result
from curation.services.evaluation_views import (
    EvaluationEntry,
    EvaluationView,
    count_looks,
    get_evaluation,
    list_evaluations,
)
from curation.services.freezing import DatasetView, get_dataset
from curation.services.job_kinds import JobKind, Record
from curation.services.jobs import JobView, get_job, intend_job
from curation.services.models import ModelView, ensure_base, find_model, get_model, list_models
from curation.services.portions import name_portion
from curation.services.questions import Question
from curation.services.row_files import walk_rows, write_rows
from curation.services.workspace import Workspace
from db import evaluations
from db.acts import Deed
from db.evaluations import EvaluationRecord
from db.jobs import JobRecord

ACT = "launch evaluation"
DECODING = "greedy"
"""The most likely token, always: the same model gives the same answers."""
MAX_NEW_TOKENS = 128
TEST = "test.jsonl"


class Recorded(msgspec.Struct, frozen=True):
    """Answers of one model that were given elsewhere, one per question, in order."""

    model_id: str
    answers: Sequence[Answer]
    shots: int = 0
    grammar: bool = False
    repairs: int = 0
    """How often, at most, it was told what is wrong with an answer."""
    held: Held = UNTOLD
    """How far a grammar held them, where there was one."""


def launch_evaluation(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    model_ids: Sequence[str],
    *,
    limit: int | None = None,
    four_shot: bool = False,
    grammar: bool = False,
    repairs: int = 0,
    split: Portion | str = Split.TEST,
    provider: str = "local",
    nonce: str,
) -> JobView:
    """Let models answer the test split or its shifted copy, one job a model; all of them together are one look.

    With `four_shot` every base answers once more, after four worked examples from the training split; with `grammar`
    every model answers once more, held to the tools on offer. With `repairs` a model is told up to so many times what
    is wrong with an answer; its first answers are what is scored. Returns the first job; `get_evaluation` takes its id.
    """
    dataset = get_dataset(ws, project_id, dataset_n)
    chosen = [find_model(ws, project_id, model_id) for model_id in model_ids]
    _require_here(chosen)
    style = common_style(chosen)
    planned = make_plans(chosen, style, limit=limit, four_shot=four_shot, grammar=grammar, repairs=repairs)
    asked = require_asked(split, chosen)
    plan_questions(ws, dataset.id, asked, planned[0][1])

    def work(act: Act) -> str:
        jobs = [
            _intend(act, project_id, dataset, asked, plan, provider, f"{nonce}/{plan.position}") for _, plan in planned
        ]
        _add_records(act, project_id, dataset, asked, planned, jobs)
        return jobs[0]

    return get_job(ws, perform(ws, actor, ACT, nonce, str, work))


def _require_here(models: Sequence[ModelView]) -> None:
    remote = next((one for one in models if one.remote_name), None)
    if remote is not None:
        raise StateError(
            f"The model `{remote.name}` stays with its host, so it cannot answer here.",
            hint="Let it answer there, then score its answers with `callwright score`.",
        )
    gone = next((one for one in models if one.is_gone), None)
    if gone is not None:
        raise StateError(
            f"The model `{gone.name}` does not lie in {gone.location}, so it cannot answer.",
            hint="Put it back there, or choose another.",
        )


def record_answers(
    ws: Workspace,
    actor: Actor,
    project_id: str,
    dataset_n: int,
    runs: Sequence[Recorded],
    *,
    limit: int | None = None,
    split: Portion | str = Split.TEST,
    nonce: str,
) -> EvaluationView:
    """Score answers that were given elsewhere exactly as those of a job, and store them as one look."""
    dataset = get_dataset(ws, project_id, dataset_n)
    chosen = [find_model(ws, project_id, run.model_id) for run in runs]
    style = common_style(chosen)
    planned = place(
        [(model, _plan_recorded(model, run, style, limit)) for model, run in zip(chosen, runs, strict=True)]
    )
    asked = require_asked(split, chosen)
    questions, tools = plan_questions(ws, dataset.id, asked, planned[0][1]), known_tools(ws, dataset.id)

    def work(act: Act) -> str:
        records = _add_records(act, project_id, dataset, asked, planned, [None] * len(planned))
        for record, run in zip(records, runs, strict=True):
            store_result(act.connection, record, make_result(record, questions, run.answers, tools, run.held), act.at)
        return records[0].id

    return get_evaluation(ws, perform(ws, actor, ACT, nonce, str, work))


def _plan_recorded(model: ModelView, run: Recorded, style: RowStyle, limit: int | None) -> Plan:
    return make_plan(model, style, limit=limit, shots=run.shots, grammar=run.grammar, repairs=run.repairs)


def register_base(ws: Workspace, actor: Actor, project_id: str, folder: Path, *, nonce: str) -> ModelView:
    """Make a base model's folder known to a project, so that it can be evaluated; a known one stays as it is."""

    def work(act: Act) -> str:
        model_id = ensure_base(ws, act.connection, project_id, folder, act.at)
        act.note(Deed(model_id, after=folder.name, project_id=project_id))
        return model_id

    return get_model(ws, perform(ws, actor, ACT, nonce, str, work))


def require_asked(split: Portion | str, models: Sequence[ModelView]) -> Portion:
    """Models are asked from what nothing was learnt or chosen by: the test split, as it is or shifted.

    A base has learnt nothing here, so whether it needs a training at all is asked on validation rows.
    """
    asked = portion_of(split)
    if asked is Split.TRAIN or (asked is Split.VALIDATION and any(one.adapter is not None for one in models)):
        whom = "Nobody" if asked is Split.TRAIN else "No trained model"
        raise StateError(f"{whom} is evaluated on {asked.value} rows.", hint="Ask from the test split.")
    return asked


def _intend(
    act: Act, project_id: str, dataset: DatasetView, split: Portion, plan: Plan, provider: str, nonce: str
) -> str:
    spec: dict[str, Json] = {"dataset_id": dataset.id, "dataset_n": dataset.n, **msgspec.to_builtins(plan)}
    name = f"{plan.label} on version {dataset.n}"
    if split is not Split.TEST:
        spec["split"] = split.value
        name += f", {name_portion(split)}"
    return intend_job(act, project_id=project_id, kind="evaluate", name=name, provider=provider, spec=spec, nonce=nonce)


def _add_records(
    act: Act,
    project_id: str,
    dataset: DatasetView,
    split: Portion,
    planned: Sequence[tuple[ModelView, Plan]],
    jobs: Sequence[str | None],
) -> list[EvaluationRecord]:
    """One record a plan; opening the split is counted here, in the transaction that asks for it."""
    look_no = evaluations.last_look(act.connection, project_id, split.value) + 1
    records = [
        EvaluationRecord(
            id=act.ws.new_id(),
            project_id=project_id,
            model_id=model.id,
            dataset_id=dataset.id,
            job_id=job_id,
            split=split.value,
            decoding=DECODING,
            settings=write_plan(plan),
            look_no=look_no,
            state=JobState.INTENT.value,
            by=act.actor.person_id,
            created_at=act.at,
        )
        for (model, plan), job_id in zip(planned, jobs, strict=True)
    ]
    for record in records:
        evaluations.add_evaluation(act.connection, record)
    labels = ", ".join(plan.label for _, plan in planned)
    act.note(Deed(records[0].id, after=f"look {look_no}: {labels}", project_id=project_id))
    return records


def _prepare(ws: Workspace, job: JobRecord, run_dir: Path) -> dict[str, Json]:
    """Write the questions into the run folder; the version is frozen, so a second time writes the same bytes."""
    record = _need_record(ws, job)
    plan, model = read_plan(record), get_model(ws, record.model_id)
    folder = RunFolder(run_dir)
    folder.create()
    questions = plan_questions(ws, record.dataset_id, portion_of(record.split), plan)
    (folder.data / TEST).write_bytes(b"".join(question.row + b"\n" for question in questions))
    if plan.shots:
        write_rows(folder.data / TRAIN, walk_rows(ws, record.dataset_id, Split.TRAIN, plan.style))
    return {
        "kind": "evaluate",
        "model": str(model.base if model.adapter else model.location),
        "adapter": str(model.adapter) if model.adapter else None,
        "style": plan.style,
        "rows": TEST,
        "examples": TRAIN if plan.shots else None,
        "shots": plan.shots,
        "grammar": plan.grammar,
        "repairs": plan.repairs,
        "decoding": record.decoding,
        "max_new_tokens": MAX_NEW_TOKENS,
    }


def _finish(ws: Workspace, job: JobRecord, state: JobState, outcome: Outcome) -> Record:
    """Score what a whole run answered; one that was stopped or failed counts as a look and gives no figures."""
    record = _need_record(ws, job)
    at = ws.now()
    if state is not JobState.SUCCEEDED:
        return lambda connection: evaluations.end_evaluation(connection, record.id, state.value, at)
    folder = RunFolder(ws.home / (job.run_dir or f"runs/{job.id}"))
    questions = _find_questions(ws, record, folder)
    answers = read_run_answers(folder.answers)
    if len(answers) != len(questions):
        raise JobError(f"The run answered {len(answers)} of {len(questions)} questions.", hint="Retry the job.")
    held = msgspec.convert(outcome.summary.get("grammar") or {}, Held)
    result = make_result(record, questions, answers, known_tools(ws, record.dataset_id), held)

    def write(connection: Connection) -> None:
        store_result(connection, record, result, at)

    return write


def _find_questions(ws: Workspace, record: EvaluationRecord, folder: RunFolder) -> tuple[Question, ...]:
    """What the run was really asked: a job may end under a version that would draw another sample."""
    plan, split = read_plan(record), portion_of(record.split)
    everything = plan_everything(ws, record.dataset_id, split, plan)
    asked = _read_asked(folder)
    found = find_by_rows(everything, asked) if asked else None
    return found if found is not None else plan_questions(ws, record.dataset_id, split, plan)


def _read_asked(folder: RunFolder) -> list[bytes]:
    """The rows a run was given; a tidied run folder has none any more."""
    try:
        return (folder.data / TEST).read_bytes().splitlines()
    except OSError:
        return []


def _need_record(ws: Workspace, job: JobRecord) -> EvaluationRecord:
    with ws.reading() as connection:
        record = evaluations.find_by_job(connection, job.id)
    if record is None:
        raise NotFoundError(f"The job `{job.name}` belongs to no evaluation.")
    return record


JOB_KIND = JobKind("evaluate", _prepare, _finish)

__all__ = [
    "JOB_KIND",
    "EvaluationEntry",
    "EvaluationView",
    "Recorded",
    "count_looks",
    "get_evaluation",
    "launch_evaluation",
    "list_evaluations",
    "list_models",
    "record_answers",
    "register_base",
]
