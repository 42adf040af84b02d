"""The job of an evaluation: questions go into its run folder, and what a whole run answered is scored."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.errors import JobError, NotFoundError
from curation.finetune.answering import choose_shown
from curation.finetune.contract import Outcome
from curation.finetune.posed import NATIVE
from curation.finetune.rows import TRAIN
from curation.finetune.run_folder import RunFolder
from curation.finetune.spec import Remote
from curation.llm.budget import Limits
from curation.metrics.held import Held
from curation.metrics.lengths import Lengths
from curation.model.states import JobState, portion_of
from curation.model.values import Json
from curation.rendering import ChatRow
from curation.services.askable import is_choosy, keep_askable, walk_examples
from curation.services.evaluation_matching import find_by_rows
from curation.services.evaluation_plans import Plan, known_tools, plan_everything, plan_questions, read_plan
from curation.services.evaluation_results import make_result, read_run_answers, store_result
from curation.services.job_kinds import JobKind, Record
from curation.services.models import ModelView, get_model
from curation.services.questions import Question, write_native
from curation.services.row_files import chat_rows, write_rows
from curation.services.served_models import require_served
from curation.services.workspace import Workspace
from db import evaluations
from db.evaluations import EvaluationRecord
from db.jobs import JobRecord

TEST = "test.jsonl"


def _prepare(ws: Workspace, job: JobRecord, run_dir: Path) -> dict[str, Json]:
    """Write the questions into the run folder; the version is frozen, so a second time writes the same bytes."""
    record = _need_record(ws, job)
    plan, model = read_plan(record), get_model(ws, record.model_id)
    folder = RunFolder(run_dir)
    folder.create()
    shown = _write_examples(ws, record, folder, model, plan) if plan.shots else ()
    planned = plan_questions(ws, record.dataset_id, portion_of(record.split), plan)
    questions = keep_askable(planned, model, plan.style, shown)
    (folder.data / TEST).write_bytes(b"".join(question.row + b"\n" for question in questions))
    if model.is_native:
        (folder.data / NATIVE).write_bytes(b"".join(write_native(question) + b"\n" for question in questions))
    return _place_of(model, plan) | {
        "kind": "evaluate",
        "style": plan.style,
        "rows": TEST,
        "examples": TRAIN if plan.shots else None,
        "shots": plan.shots,
        "grammar": plan.grammar,
        "repairs": plan.repairs,
        "decoding": record.decoding,
        "max_new_tokens": plan.longest_answer,
    }


def _write_examples(
    ws: Workspace, record: EvaluationRecord, folder: RunFolder, model: ModelView, plan: Plan
) -> tuple[ChatRow, ...]:
    """Leave the worker the rows to show; returns those it will choose, where a template may refuse them."""
    rows = walk_examples(ws, record.dataset_id, model, plan.style)
    if not is_choosy(model, plan.style):
        write_rows(folder.data / TRAIN, rows)
        return ()
    takeable = list(rows)
    write_rows(folder.data / TRAIN, iter(takeable))
    return choose_shown(chat_rows(takeable, plan.style), plan.shots)


def _place_of(model: ModelView, plan: Plan) -> dict[str, Json]:
    """Where the model is: its folders, or the address at which it is asked."""
    if model.remote_name is None:
        adapter = str(model.adapter) if model.adapter else None
        return {"model": str(model.base if model.adapter else model.location), "adapter": adapter}
    served = msgspec.structs.replace(require_served(model), price=plan.price)
    told = plan.asking.spending
    limits = Limits(told.requests or None, told.tokens or None, told.money or None)
    remote = Remote(
        served,
        limits,
        at_once=plan.asking.at_once,
        per_minute=plan.asking.per_minute or None,
        longest_answer=plan.asking.longest_answer,
    )
    return {"remote": msgspec.to_builtins(remote)}


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
    lengths = msgspec.convert(outcome.summary.get("answer_length") or {}, Lengths)
    result = make_result(record, questions, answers, known_tools(ws, record.dataset_id), held, lengths)

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
