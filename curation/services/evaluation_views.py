"""Evaluations as screens and commands see them: figures of each model, differences, and rows side by side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError
from curation.metrics.contract import Rate
from curation.metrics.held import Held, Noted, gather_notes
from curation.metrics.lengths import Lengths, count_cut
from curation.metrics.repairs import Repairs
from curation.metrics.report import Report
from curation.metrics.score import Gold, Known
from curation.metrics.warnings import gather_warnings
from curation.model.definition import Tool
from curation.model.states import JobState, Portion, Shifted, Split, portion_of
from curation.model.values import Json
from curation.services.answer_details import read_answer
from curation.services.askable import is_choosy
from curation.services.evaluation_matching import match_answers
from curation.services.evaluation_plans import Plan, known_tools, plan_pool, read_plan
from curation.services.evaluation_results import (
    is_short,
    read_asked,
    score_asked,
    score_mended,
    score_own,
    show_summary,
    sum_repairs,
)
from curation.services.evaluation_rows import AnsweredRow, GivenAnswer, make_rows
from curation.services.freezing import need_version
from curation.services.models import ModelView, distinguish, get_model
from curation.services.questions import Question, draw_sample
from curation.services.run_watching import digest_facts, stamp_run
from curation.services.unasked import Unasked, count_unasked
from curation.services.workspace import Workspace
from db import datasets, evaluations, jobs, people
from db.evaluations import AnswerRecord, EvaluationRecord

ASKED: tuple[Portion, ...] = (Split.TEST, Shifted.TEST)
"""What finished models are compared on."""
MOST_REMEMBERED = 8
"""Looks of a workspace that are kept worked out, those asked for last."""


class ModelResult(msgspec.Struct, frozen=True):
    """One model in an evaluation."""

    evaluation_id: str
    model: ModelView
    label: str
    state: JobState
    job_id: str | None
    shots: int
    grammar: bool
    report: Report | None
    """None until it has answered everything."""
    summary: dict[str, Json]
    """The machine shape with latency, tokens and cost, over the rows of `report`; empty until then."""
    own: Report | None = None
    """As `report`, with every answer counted as unreadable that a grammar, not the model, brought to its end."""
    is_from_file: bool = False
    """Whether somebody brought its answers in a file, although the model itself can be asked."""
    lengths: Lengths = Lengths()
    """How long its answers could be, and how many were cut."""
    held: Held | None = None
    """How far a grammar held the answers; None where there was none, or no answers yet."""
    repairs: Repairs | None = None
    """What saying the findings back adds; None where nothing was to be said back."""
    mended: Report | None = None
    """As `report`, with every answer as its last repair left it; None where none was sent back."""
    n_learnt: int = 0
    """Rows asked that the version it was trained on has in its training split: another version tests with them."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to know of its figures."""
        learnt = f"{self.n_learnt:,} of the rows asked were trained on: its figures there show memory, not skill."
        return (*((learnt,) if self.n_learnt else ()), *(self.report.warnings if self.report else ()))

    @property
    def is_raw(self) -> bool:
        """Whether it answered without examples and without a grammar."""
        return not self.shots and not self.grammar


class EvaluationEntry(msgspec.Struct, frozen=True):
    """One look in a list."""

    id: str
    look_no: int
    split: Portion
    dataset_n: int
    labels: tuple[str, ...]
    state: JobState
    by: str
    created_at: str
    raw_models: tuple[str, ...] = ()
    """Ids of the models that answer without examples and without a grammar."""


class EvaluationView(msgspec.Struct, frozen=True):
    """One look at the test split: the models that were asked, and how they did."""

    id: str
    project_id: str
    dataset_n: int
    split: Portion
    look_no: int
    decoding: str
    state: JobState
    by: str
    created_at: str
    models: tuple[ModelResult, ...]
    rows: tuple[AnsweredRow, ...]
    unasked: Unasked = Unasked()
    """What it leaves out, as nobody can ask it in this way."""
    every_turn: bool = False
    """Whether conversations were asked at each of their decisions."""

    @property
    def warnings(self) -> dict[str, tuple[str, ...]]:
        """What to know of the figures → the models that it is about; none are named where it is about all of them."""
        return gather_warnings({one.label: one.warnings for one in self.models if one.report})

    @property
    def held(self) -> dict[str, Held]:
        """Label of each model that answered under a grammar → how far that held it."""
        return {one.label: one.held for one in self.models if one.held is not None}

    @property
    def lengths(self) -> dict[str, Lengths]:
        """Label of each model → how long its answers could be, and how many were cut."""
        return {one.label: one.lengths for one in self.models}


_worked_out: WeakKeyDictionary[Workspace, dict[str, tuple[tuple[object, ...], EvaluationView]]] = WeakKeyDictionary()


def list_evaluations(
    ws: Workspace, project_id: str, portions: Collection[Portion] = ASKED
) -> tuple[EvaluationEntry, ...]:
    """One entry a look, newest first; looks of bases at validation rows only where they are asked for."""
    wanted = {portion.value for portion in portions}
    with ws.reading() as connection:
        records = [_told(connection, one) for one in evaluations.list_evaluations(connection, project_id, wanted)]
        names = people.name_people(connection)
        numbers = _number_versions(connection, records)
    looks: dict[tuple[str, int], list[EvaluationRecord]] = {}
    for record in records:
        looks.setdefault((record.split, record.look_no), []).append(record)
    return tuple(_enter(_in_order(look), names, numbers) for look in reversed(looks.values()))


def count_looks(ws: Workspace, project_id: str, split: Portion = Split.TEST) -> int:
    """How often the test split of a project, or its shifted copy, has been opened."""
    with ws.reading() as connection:
        return evaluations.last_look(connection, project_id, split.value)


def get_evaluation(ws: Workspace, evaluation_id: str) -> EvaluationView:
    """A look by the id of any of its evaluations, or of any of its jobs."""
    with ws.reading() as connection:
        found = evaluations.find_evaluation(connection, evaluation_id)
        found = found or evaluations.find_by_job(connection, evaluation_id)
        if found is None:
            raise NotFoundError("This evaluation is not here.")
        records = _in_order(_told(connection, one) for one in evaluations.list_look(connection, found))
        names = people.name_people(connection)
        numbers = _number_versions(connection, records)
    return _remember(ws, _enter(records, names, numbers), records)


def stamp_look(ws: Workspace, evaluation_id: str) -> str:
    """Another word whenever one of the models of a look has come further; nothing is worked out for it."""
    with ws.reading() as connection:
        found = evaluations.find_evaluation(connection, evaluation_id)
        if found is None:
            raise NotFoundError("This evaluation is not here.")
        records = evaluations.list_look(connection, found)
    return digest_facts([(one.id, one.finished_at, stamp_run(ws, one.job_id) if one.job_id else "") for one in records])


def _remember(ws: Workspace, entry: EvaluationEntry, records: Sequence[EvaluationRecord]) -> EvaluationView:
    """The view of a look until one of its models comes further; a page asks for it on every rerun."""
    known = _worked_out.setdefault(ws, {})
    stamp = (entry, *((record.state, record.finished_at or "") for record in records))
    found = known.pop(entry.id, None)
    if found is None or found[0] != stamp:
        found = stamp, _work_out(ws, entry, records)
    known[entry.id] = found
    while len(known) > MOST_REMEMBERED:
        known.pop(next(iter(known)), None)
    return found[1]


def _work_out(ws: Workspace, entry: EvaluationEntry, records: Sequence[EvaluationRecord]) -> EvaluationView:
    first = records[0]
    with ws.reading() as connection:
        answers = [evaluations.list_answers(connection, record.id) for record in records]
    plan = read_plan(first)
    pool = plan_pool(ws, first.dataset_id, portion_of(first.split), plan)
    sample = draw_sample(pool.questions, plan.limit)
    asked = match_answers(pool.questions, sample, answers)
    tools = known_tools(ws, first.dataset_id)
    golds = read_asked(asked.questions, plan)
    known = Known()
    shown = (
        _show_model(ws, *one, golds, tools, known) for one in zip(records, entry.labels, asked.answers, strict=True)
    )
    models = tuple(_with_learnt(ws, one, first.dataset_id, asked.questions) for one in shown)
    return EvaluationView(
        id=entry.id,
        project_id=first.project_id,
        dataset_n=entry.dataset_n,
        split=portion_of(first.split),
        look_no=entry.look_no,
        decoding=first.decoding,
        state=entry.state,
        by=entry.by,
        created_at=entry.created_at,
        models=models,
        rows=tuple(make_rows(asked.questions, [one.report for one in models], asked.answers)),
        unasked=count_unasked(pool, plan, len(sample), _count_choosy(models, answers, plan)),
        every_turn=plan.every_turn,
    )


def _with_learnt(ws: Workspace, result: ModelResult, asked_of: str, questions: Sequence[Question]) -> ModelResult:
    """A group may have been moved between the version that is asked and the one that was trained on."""
    trained_on = result.model.dataset_id
    if trained_on in (None, asked_of):
        return result
    with ws.reading() as connection:
        learnt = datasets.list_examples_in(connection, trained_on, Split.TRAIN)
    return msgspec.structs.replace(result, n_learnt=sum(one.example_id in learnt for one in questions))


def _count_choosy(
    models: Sequence[ModelResult], answers: Sequence[Sequence[AnswerRecord]], plan: Plan
) -> dict[str, int]:
    """Label of each model that was asked what its template writes → answers it gave."""
    return {
        one.label: len(given)
        for one, given in zip(models, answers, strict=True)
        if given and one.job_id is not None and is_choosy(one.model, plan.style)
    }


def _told(connection: Connection, record: EvaluationRecord) -> EvaluationRecord:
    """The record with its job's state as long as it has no figures."""
    if not record.job_id or record.state == JobState.SUCCEEDED.value:
        return record
    job = jobs.find_job(connection, record.job_id)
    return record if job is None else msgspec.structs.replace(record, state=job.state.value)


def _number_versions(connection: Connection, records: Iterable[EvaluationRecord]) -> dict[str, int]:
    """Id of each version that was asked from → its number."""
    return {one: need_version(connection, one).n for one in {record.dataset_id for record in records}}


def _in_order(records: Iterable[EvaluationRecord]) -> list[EvaluationRecord]:
    return sorted(records, key=lambda record: read_plan(record).position)


def _enter(
    records: Sequence[EvaluationRecord], names: Mapping[str, str], numbers: Mapping[str, int]
) -> EvaluationEntry:
    """One look; `numbers`: id of a version → its number."""
    first, plans = records[0], [read_plan(record) for record in records]
    return EvaluationEntry(
        id=first.id,
        look_no=first.look_no,
        split=portion_of(first.split),
        dataset_n=numbers[first.dataset_id],
        # Looks of earlier versions may hold one label twice.
        labels=distinguish([plan.label for plan in plans]),
        state=_common_state([JobState(record.state) for record in records]),
        by=names.get(first.by, first.by),
        created_at=first.created_at,
        raw_models=tuple(record.model_id for record, plan in zip(records, plans, strict=True) if plan.is_raw),
    )


def _common_state(states: Sequence[JobState]) -> JobState:
    """The first state that is not success; a look has succeeded when all its models have."""
    unfinished = [state for state in states if not state.is_final]
    return next((state for state in (*unfinished, *states) if state is not JobState.SUCCEEDED), JobState.SUCCEEDED)


def _show_model(
    ws: Workspace,
    record: EvaluationRecord,
    label: str,
    answers: Sequence[AnswerRecord],
    golds: Sequence[Gold],
    tools: Mapping[str, Tool],
    known: Known,
) -> ModelResult:
    """A model with its report, scored again from the stored answers by the metrics of today."""
    plan = read_plan(record)
    given = [read_answer(one) for one in answers]
    report = score_asked(golds, given, tools, known) if given else None
    stored = msgspec.json.decode(record.summary, type=dict[str, Json])
    # Counted anew: looks of earlier versions have no such figures, and answers whose ends a grammar wrote.
    lengths = count_cut(given, msgspec.convert(stored.get("answer_length") or {}, Lengths))
    summary = show_summary(stored, report, answers, lengths) if report else stored
    if report and "repairs" in stored and is_short(stored, report):
        summary["repairs"] = sum_repairs(golds, given, tools, plan.repairs)
    if "model" in stored:
        summary["model"] = label
    return ModelResult(
        evaluation_id=record.id,
        model=get_model(ws, record.model_id),
        label=label,
        state=JobState(record.state),
        job_id=record.job_id,
        shots=plan.shots,
        grammar=plan.grammar,
        is_from_file=plan.is_from_file,
        report=report,
        own=score_own(golds, given, tools) or report,
        summary=summary,
        lengths=lengths,
        held=msgspec.convert(summary["grammar"], Held) if "grammar" in summary else None,
        repairs=msgspec.convert(summary["repairs"], Repairs) if "repairs" in summary else None,
        mended=score_mended(golds, given, tools, known),
    )


__all__ = [
    "AnsweredRow",
    "EvaluationEntry",
    "EvaluationView",
    "GivenAnswer",
    "Held",
    "ModelResult",
    "Noted",
    "Rate",
    "Repairs",
    "count_looks",
    "gather_notes",
    "get_evaluation",
    "list_evaluations",
    "stamp_look",
]
