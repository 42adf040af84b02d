"""What came out of an evaluation: answers read, scored, summed up and stored."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from curation.llm.budget import Price
from curation.metrics.answers import Answer, read_answers
from curation.metrics.effects import Tools
from curation.metrics.held import Held
from curation.metrics.lengths import Lengths, count_cut
from curation.metrics.repairs import last_answers, sum_up
from curation.metrics.report import Report, digest
from curation.metrics.score import Gold, Known, read_golds, score_golds
from curation.model.states import JobState
from curation.model.values import Json
from curation.services.answer_details import say_answer, write_details
from curation.services.evaluation_plans import Plan, read_plan
from curation.services.questions import Question
from db import evaluations
from db.evaluations import AnswerRecord, EvaluationRecord

UNTOLD = Held()
"""Of answers that came without a word about a grammar."""
UNKNOWN = Lengths()
"""Of answers that came without a word about how long they could be."""
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


class Result(msgspec.Struct, frozen=True):
    """The answers of one model with their report."""

    report: Report
    answers: tuple[AnswerRecord, ...]
    summary: dict[str, Json]


def read_run_answers(path: Path) -> list[Answer]:
    """The answers a worker left; half a line at the end of a killed one is not counted."""
    with path.open("rb") as stream:
        return list(read_answers(stream, path.name, is_run=True))


def make_result(
    record: EvaluationRecord,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    tools: Tools,
    held: Held = UNTOLD,
    lengths: Lengths = UNKNOWN,
) -> Result:
    """Score answers to the questions of an evaluation.

    Args:
        record: the evaluation.
        questions: what was asked.
        answers: one to each question.
        tools: what was known of the tools when the version was frozen.
        held: how far the grammar, where there was one, held them.
        lengths: how long they could be, and how long the right ones are.
    """
    plan = read_plan(record)
    golds = read_asked(questions, plan)
    report = score_asked(golds, answers, tools)
    stored = tuple(
        AnswerRecord(
            position=i,
            example_id=question.example_id,
            text=say_answer(answer),
            verdict=scored.verdict.value,
            latency_ms=answer.latency_ms,
            tokens=answer.tokens,
            cost=answer.cost,
            question_key=question.key,
            details=write_details(answer),
        )
        for i, (question, answer, scored) in enumerate(zip(questions, answers, report.scored, strict=True))
    )
    summary = summarise(report, record, plan, stored)
    summary["answer_length"] = msgspec.to_builtins(count_cut(answers, lengths))
    if plan.grammar:
        closed = sum(one.is_closed for one in answers)
        summary["grammar"] = msgspec.to_builtins(msgspec.structs.replace(held, closed=closed))
    if plan.repairs:
        summary["repairs"] = sum_repairs(golds, answers, tools, plan.repairs)
    return Result(report, stored, summary)


def sum_repairs(golds: Sequence[Gold], answers: Sequence[Answer], tools: Tools, most: int) -> dict[str, Json]:
    """What saying findings back adds, over these rows; at most so many times each."""
    after = score_asked(golds, last_answers(answers), tools).overall.metrics
    told: dict[str, Json] = msgspec.to_builtins(sum_up(answers, most, after))
    return told


def read_asked(questions: Sequence[Question], plan: Plan) -> tuple[Gold, ...]:
    """The gold rows of questions; rows of one example without a group belong together."""
    golds = [msgspec.structs.replace(one.gold, group=one.gold.group or one.example_id) for one in questions]
    return read_golds(golds, router=True if plan.style == "router" else None)


def score_asked(golds: Sequence[Gold], answers: Sequence[Answer], tools: Tools, known: Known | None = None) -> Report:
    """Score the answers of one of several models to the same rows; `known` is what the others said."""
    return score_golds(golds, answers, tools=tools, known=known)


def score_own(golds: Sequence[Gold], answers: Sequence[Answer], tools: Tools) -> Report | None:
    """As if an answer whose end a grammar wrote could not be read; None where there is no such answer."""
    if not any(one.is_closed for one in answers):
        return None
    own = [msgspec.structs.replace(one, text="") if one.is_closed else one for one in answers]
    return score_asked(golds, own, tools)


def score_mended(golds: Sequence[Gold], answers: Sequence[Answer], tools: Tools, known: Known) -> Report | None:
    """As if the last answer to each row had been the first; None where none was sent back."""
    if not any(one.repairs for one in answers):
        return None
    return score_asked(golds, last_answers(answers), tools, known)


def summarise(report: Report, record: EvaluationRecord, plan: Plan, answers: Sequence[AnswerRecord]) -> dict[str, Json]:
    """The machine shape with what asking cost; `digest` pins the figures alone."""
    return {
        **report.to_json(),
        "model": plan.label,
        "decoding": "grammar" if plan.grammar else record.decoding,
        "look": record.look_no,
        **_sum_costs(answers),
        "price": _tell_price(plan.price),
        "digest": digest(report),
    }


def show_summary(
    stored: dict[str, Json], report: Report, answers: Sequence[AnswerRecord], lengths: Lengths
) -> dict[str, Json]:
    """A stored summary with everything counted over the rows that the look shows, as all else of it is.

    Args:
        stored: what was summed up when the model had answered; empty until then.
        report: the rows that all models of the look answered, by the metrics of today.
        answers: those to these rows.
        lengths: theirs.
    """
    if not stored:
        return stored
    shown = {**stored, **report.to_json(), **_sum_costs(answers), "digest": digest(report)}
    # What looks of earlier versions lack is said of them too; how long answers were is not known of all.
    shown["vacuous"] = report.overall.vacuous
    if "answer_length" in stored:
        shown["answer_length"] = msgspec.to_builtins(lengths)
    if is_short(stored, report):
        shown["all_answers"] = {name: stored[name] for name in ("n", "metrics", "failures", "digest") if name in stored}
    return shown


def is_short(stored: dict[str, Json], report: Report) -> bool:
    """Whether a model answered other rows than those that the look shows of it."""
    n: Json = (stored.get("n") or {}).get("rows", report.overall.n.rows)
    return bool(n != report.overall.n.rows)


def _sum_costs(answers: Sequence[AnswerRecord]) -> dict[str, Json]:
    """Time, tokens and money of answers."""
    latencies = sorted(one.latency_ms for one in answers if one.latency_ms is not None)
    costs = [one.cost for one in answers if one.cost is not None]
    return {
        "latency_ms": {name: _percentile(latencies, share) for name, share in PERCENTILES.items()},
        "tokens": sum(one.tokens or 0 for one in answers),
        "cost": round(sum(costs), 6) if costs else None,
        "cost_per_1000": round(1000 * sum(costs) / len(costs), 4) if costs else None,
    }


def _tell_price(price: Price | None) -> dict[str, Json] | None:
    """What a million tokens cost, and where that was read; None: nobody has said so."""
    if price is None:
        return None
    told = {"input": price.per_million_in, "output": price.per_million_out, "currency": price.currency}
    return {**told, "source": price.source, "date": price.date}


def store_result(connection: Connection, record: EvaluationRecord, result: Result, at: str) -> None:
    """Write answers and summary; the evaluation has succeeded."""
    evaluations.replace_answers(connection, record.id, result.answers)
    summary = msgspec.json.encode(result.summary).decode()
    evaluations.end_evaluation(connection, record.id, JobState.SUCCEEDED.value, at, summary=summary)


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest value that this share of all does not exceed."""
    if not ordered:
        return None
    return round(ordered[max(0, math.ceil(len(ordered) * share) - 1)], 3)
