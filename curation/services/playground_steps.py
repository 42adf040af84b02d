"""What happened on the way to one answer and after it: repairs, the mock's result, what a person put right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
from sqlalchemy import Connection

from curation.metrics.answers import Answer
from curation.metrics.messages import read_message
from curation.model.example import Example
from curation.services.judging import read_body
from curation.services.playground_answers import ReadAnswer, read_answer
from db import interactions
from db.interactions import InteractionRecord

Kind = Literal[
    "answer", "repair", "ran", "handed", "edited", "corrected", "written",
    "refused", "waits", "repeated", "approved", "declined",
]  # fmt: skip


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened; requests to the model with what each took."""

    kind: Kind
    text: str = ""
    """An answer as it was given; a result; a turn as a person left it."""
    verdict: str = ""
    why: str = ""
    finding: str = ""
    """What was said back to the model before this answer."""
    tokens: int = 0
    tokens_in: int = 0
    latency_ms: float = 0.0
    cost: float | None = None
    is_router: bool = False
    is_message: bool = False
    """Whether the text is the JSON of a message of its own."""
    is_closed: bool = False
    """Whether the answer ran out of tokens and the grammar wrote its end."""
    is_cut: bool = False
    """Whether it ran out of tokens and has no end."""
    call: str = ""
    """Which call a result belongs to."""
    check: str = ""
    """Which check of the guard spoke."""
    place: str = ""
    remedy: str = ""


class Spent(msgspec.Struct, frozen=True):
    """What repairs of one answer took beyond the first request."""

    rounds: int = 0
    tokens: int = 0
    latency_ms: float = 0.0
    cost: float | None = None


def read_steps(text: str) -> tuple[Step, ...]:
    return msgspec.json.decode(text, type=tuple[Step, ...])


def write_steps(steps: Sequence[Step]) -> str:
    return msgspec.json.encode(steps).decode()


def answers_in(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The answers a model gave, the first one first."""
    return tuple(one for one in steps if one.kind in ("answer", "repair"))


def find_ruling(steps: Sequence[Step]) -> Step | None:
    """What the guard said of an answer's calls that is not settled by a run; None where it let them run."""
    latest = {one.call: one for one in steps if one.call and (one.check or one.kind == "ran")}
    return next((one for one in latest.values() if one.check), None)


def sum_repairs(steps: Sequence[Step]) -> Spent:
    """What the repairs took."""
    repairs = [one for one in steps if one.kind == "repair"]
    costs = [one.cost for one in repairs if one.cost is not None]
    return Spent(
        len(repairs),
        sum(one.tokens + one.tokens_in for one in repairs),
        round(sum(one.latency_ms for one in repairs), 1),
        sum(costs) if costs else None,
    )


def answer_of(step: Step) -> Answer:
    """An answer of the past as the metrics take it."""
    return Answer(message=read_message(step.text.encode())) if step.is_message else Answer(text=step.text)


def read_step(step: Step, example: Example) -> ReadAnswer:
    """An answer of the past, read as it was then."""
    return read_answer(step.text, example, is_router=step.is_router, message=answer_of(step).message)


def read_last(record: InteractionRecord) -> tuple[Example, ReadAnswer, Step]:
    """The conversation an answer was given to, and the answer as its last repair left it."""
    example = read_body(record.request).example
    step = answers_in(read_steps(record.steps))[-1]
    return example, read_step(step, example), step


def add_steps(connection: Connection, interaction_id: str, steps: Sequence[Step]) -> None:
    """More that happened to an answer."""
    record = interactions.find_interaction(connection, interaction_id)
    if record is not None and steps:
        known = read_steps(record.steps)
        interactions.write_steps(connection, interaction_id, write_steps((*known, *steps)))
