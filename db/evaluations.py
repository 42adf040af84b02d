"""Evaluations and their answers; every one of the test split counts as a look at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from db.tables import answer, evaluation


class EvaluationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One model on one split of one version."""

    id: str
    project_id: str
    model_id: str
    dataset_id: str
    job_id: str | None = None
    split: str
    decoding: str
    settings: str
    look_no: int
    state: str
    summary: str = "{}"
    by: str
    created_at: str
    finished_at: str | None = None


class AnswerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One answer, at the position of its row."""

    position: int
    example_id: str
    text: str
    verdict: str = ""
    latency_ms: float | None = None
    tokens: int | None = None
    cost: float | None = None
    details: str = "{}"
    question_key: str = ""
    """Which question was answered; empty in what was stored before there were keys."""


def add_evaluation(connection: Connection, record: EvaluationRecord) -> None:
    connection.execute(insert(evaluation).values(**msgspec.structs.asdict(record)))


def end_evaluation(connection: Connection, evaluation_id: str, state: str, at: str, *, summary: str = "{}") -> None:
    """Write how it ended; a retried one is written anew."""
    values = {"state": state, "finished_at": at, "summary": summary}
    connection.execute(update(evaluation).where(evaluation.c.id == evaluation_id).values(**values))


def find_evaluation(connection: Connection, evaluation_id: str) -> EvaluationRecord | None:
    row = connection.execute(select(evaluation).where(evaluation.c.id == evaluation_id)).mappings().one_or_none()
    return EvaluationRecord(**row) if row else None


def find_by_job(connection: Connection, job_id: str) -> EvaluationRecord | None:
    row = connection.execute(select(evaluation).where(evaluation.c.job_id == job_id)).mappings().one_or_none()
    return EvaluationRecord(**row) if row else None


def list_evaluations(connection: Connection, project_id: str, splits: Collection[str] = ()) -> list[EvaluationRecord]:
    """Oldest first, without their summaries: those are long, and a list shows none of them.

    `splits`: those that are wanted; none named: all.
    """
    columns = [evaluation.c[field] for field in EvaluationRecord.__struct_fields__ if field != "summary"]
    query = select(*columns).where(evaluation.c.project_id == project_id).order_by(evaluation.c.id)
    if splits:
        query = query.where(evaluation.c.split.in_(splits))
    return [EvaluationRecord(**row) for row in connection.execute(query).mappings()]


def list_look(connection: Connection, record: EvaluationRecord) -> list[EvaluationRecord]:
    """Those that were asked for in one go; they share one look."""
    same = (
        evaluation.c.project_id == record.project_id,
        evaluation.c.split == record.split,
        evaluation.c.look_no == record.look_no,
    )
    rows = connection.execute(select(evaluation).where(*same)).mappings()
    return [EvaluationRecord(**row) for row in rows]


def last_look(connection: Connection, project_id: str, split: str) -> int:
    """The number of the last look at a split of this project; 0 before the first."""
    last = func.max(evaluation.c.look_no)
    query = select(last).where(evaluation.c.project_id == project_id, evaluation.c.split == split)
    return connection.execute(query).scalar_one() or 0


def replace_answers(connection: Connection, evaluation_id: str, answers: Iterable[AnswerRecord]) -> None:
    """Store all answers of an evaluation in place of earlier ones."""
    connection.execute(delete(answer).where(answer.c.evaluation_id == evaluation_id))
    rows: list[dict[str, Any]] = [{"evaluation_id": evaluation_id, **msgspec.structs.asdict(one)} for one in answers]
    if rows:
        connection.execute(insert(answer), rows)


def list_answers(connection: Connection, evaluation_id: str) -> list[AnswerRecord]:
    """In the order of the rows."""
    columns = [answer.c[field] for field in AnswerRecord.__struct_fields__]
    query = select(*columns).where(answer.c.evaluation_id == evaluation_id).order_by(answer.c.position)
    return [AnswerRecord(**row) for row in connection.execute(query).mappings()]
