"""Evaluations as screens and commands see them: figures of each model, differences, and rows side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection

from curation.errors import NotFoundError
from curation.metrics.answers import Answer
from curation.metrics.intervals import Difference
from curation.metrics.report import Report
from curation.metrics.score import compare_reports
from curation.metrics.scored import Scored
from curation.model.example import Example, Message
from curation.model.states import JobState, Split
from curation.model.values import Arguments, Json
from curation.services.evaluation_plans import plan_questions, read_plan
from curation.services.evaluation_results import score_questions
from curation.services.freezing import read_dataset
from curation.services.models import ModelView, get_model
from curation.services.questions import Question
from curation.services.workspace import Workspace
from db import evaluations, jobs, people
from db.evaluations import AnswerRecord, EvaluationRecord


class ModelResult(msgspec.Struct, frozen=True):
    """One model in an evaluation."""

    evaluation_id: str
    model: ModelView
    label: str
    state: JobState
    job_id: str | None
    shots: int
    report: Report | None
    """None until it has answered everything."""
    summary: dict[str, Json]
    """The machine shape with latency, tokens and cost; empty until then."""


class GivenAnswer(msgspec.Struct, frozen=True):
    """What one model answered to one question."""

    text: str
    verdict: str
    failure: str | None
    """One word for what is wrong; None when it is right."""
    why: str
    latency_ms: float | None


class AnsweredRow(msgspec.Struct, frozen=True):
    """One question with what is right and what each model said, in the order of `models`."""

    position: int
    example_id: str
    turn: int
    request: str
    expected: str
    answers: tuple[GivenAnswer | None, ...]

    @property
    def differs(self) -> bool:
        """Whether one model is right where another is wrong."""
        return len({one.failure is None for one in self.answers if one}) > 1


class EvaluationEntry(msgspec.Struct, frozen=True):
    """One look in a list."""

    id: str
    look_no: int
    dataset_n: int
    labels: tuple[str, ...]
    state: JobState
    by: str
    created_at: str


class EvaluationView(msgspec.Struct, frozen=True):
    """One look at the test split: the models that were asked, and how they did."""

    id: str
    project_id: str
    dataset_n: int
    split: Split
    look_no: int
    decoding: str
    state: JobState
    by: str
    created_at: str
    models: tuple[ModelResult, ...]
    differences: dict[str, dict[str, Difference]]
    """Label of a later model → metric → how it differs from the first one."""
    rows: tuple[AnsweredRow, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        return next((one.report.warnings for one in self.models if one.report), ())


def list_evaluations(ws: Workspace, project_id: str) -> tuple[EvaluationEntry, ...]:
    """One entry a look, newest first."""
    with ws.reading() as connection:
        records = [_told(connection, one) for one in evaluations.list_evaluations(connection, project_id)]
        names = people.name_people(connection)
    looks: dict[tuple[str, int], list[EvaluationRecord]] = {}
    for record in records:
        looks.setdefault((record.split, record.look_no), []).append(record)
    return tuple(_enter(ws, _in_order(look), names) for look in reversed(looks.values()))


def count_looks(ws: Workspace, project_id: str) -> int:
    """How often the test split of a project has been opened."""
    with ws.reading() as connection:
        return evaluations.last_look(connection, project_id, Split.TEST.value)


def get_evaluation(ws: Workspace, evaluation_id: str) -> EvaluationView:
    """A look by the id of any of its evaluations, or of any of its jobs."""
    with ws.reading() as connection:
        found = evaluations.find_evaluation(connection, evaluation_id)
        found = found or evaluations.find_by_job(connection, evaluation_id)
        if found is None:
            raise NotFoundError("This evaluation is not here.")
        records = _in_order(_told(connection, one) for one in evaluations.list_look(connection, found))
        answers = {one.id: evaluations.list_answers(connection, one.id) for one in records}
        names = people.name_people(connection)
    questions = plan_questions(ws, found.dataset_id, Split(found.split), read_plan(found))
    models = tuple(_show_model(ws, one, questions, answers[one.id]) for one in records)
    entry = _enter(ws, records, names)
    return EvaluationView(
        id=entry.id,
        project_id=found.project_id,
        dataset_n=entry.dataset_n,
        split=Split(found.split),
        look_no=entry.look_no,
        decoding=found.decoding,
        state=entry.state,
        by=entry.by,
        created_at=entry.created_at,
        models=models,
        differences=_compare(models),
        rows=tuple(_rows(questions, models, [answers[one.id] for one in records])),
    )


def _told(connection: Connection, record: EvaluationRecord) -> EvaluationRecord:
    """The record with its job's state as long as it has no figures."""
    job = jobs.find_job(connection, record.job_id) if record.job_id else None
    if job is None or record.state == JobState.SUCCEEDED.value:
        return record
    return msgspec.structs.replace(record, state=job.state.value)


def _in_order(records: Iterable[EvaluationRecord]) -> list[EvaluationRecord]:
    return sorted(records, key=lambda record: read_plan(record).position)


def _enter(ws: Workspace, records: Sequence[EvaluationRecord], names: dict[str, str]) -> EvaluationEntry:
    first = records[0]
    return EvaluationEntry(
        id=first.id,
        look_no=first.look_no,
        dataset_n=read_dataset(ws, first.dataset_id).n,
        labels=tuple(read_plan(record).label for record in records),
        state=_common_state([JobState(record.state) for record in records]),
        by=names.get(first.by, first.by),
        created_at=first.created_at,
    )


def _common_state(states: Sequence[JobState]) -> JobState:
    """The first state that is not success; a look has succeeded when all its models have."""
    unfinished = [state for state in states if not state.is_final]
    return next((state for state in (*unfinished, *states) if state is not JobState.SUCCEEDED), JobState.SUCCEEDED)


def _show_model(
    ws: Workspace, record: EvaluationRecord, questions: Sequence[Question], answers: Sequence[AnswerRecord]
) -> ModelResult:
    """A model with its report, scored again from the stored answers by the metrics of today."""
    plan = read_plan(record)
    given = [Answer(text=one.text, latency_ms=one.latency_ms, tokens=one.tokens, cost=one.cost) for one in answers]
    return ModelResult(
        evaluation_id=record.id,
        model=get_model(ws, record.model_id),
        label=plan.label,
        state=JobState(record.state),
        job_id=record.job_id,
        shots=plan.shots,
        report=score_questions(questions, given, plan) if given else None,
        summary=msgspec.json.decode(record.summary, type=dict[str, Json]),
    )


def _compare(models: Sequence[ModelResult]) -> dict[str, dict[str, Difference]]:
    first = models[0].report
    if first is None:
        return {}
    return {one.label: compare_reports(first, one.report) for one in models[1:] if one.report}


def _rows(
    questions: Sequence[Question], models: Sequence[ModelResult], answers: Sequence[Sequence[AnswerRecord]]
) -> list[AnsweredRow]:
    return [
        AnsweredRow(
            position=i,
            example_id=question.example_id,
            turn=question.turn,
            request=_request(question.gold),
            expected=_describe_turn(question.gold.messages[-1]),
            answers=tuple(
                _show_answer(stored[i], one.report.scored[i]) if one.report else None
                for one, stored in zip(models, answers, strict=True)
            ),
        )
        for i, question in enumerate(questions)
    ]


def _show_answer(stored: AnswerRecord, scored: Scored) -> GivenAnswer:
    return GivenAnswer(
        stored.text, scored.verdict.value, scored.failure, _explain(scored), latency_ms=stored.latency_ms
    )


def _explain(scored: Scored) -> str:
    """The sentence of an invalid answer, or the arguments of a valid one that are not right."""
    if scored.given.why:
        return scored.given.why
    wrong = [f"{one.argument}: {one.outcome.value.replace('_', ' ')}" for one in scored.fields if not one.is_right]
    return ", ".join(wrong) if scored.failure == "wrong_arguments" else ""


def _request(example: Example) -> str:
    """What the decision answers: the last turn before it that is text."""
    texts = (message.content for message in reversed(example.messages[:-1]))
    return next((text for text in texts if isinstance(text, str)), "")


def _describe_turn(message: Message) -> str:
    """The right answer in one line: calls as name and arguments, or the text with its reason."""
    if message.calls:
        return "; ".join(f"{call.name} {_arguments(call.arguments)}" for call in message.calls)
    reason = message.label.reason if message.label else None
    text = message.content if isinstance(message.content, str) else ""
    return f"no call ({reason}): {text}" if reason else f"no call: {text}"


def _arguments(arguments: object) -> str:
    return arguments.text if isinstance(arguments, Arguments) else ""
