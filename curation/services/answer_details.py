"""What is kept of a stored answer beside its text: how it was repaired, and whether a grammar wrote its end."""

from __future__ import annotations

import msgspec

from curation.metrics.answers import Answer, Repair
from db.evaluations import AnswerRecord


class _Details(msgspec.Struct, frozen=True, omit_defaults=True):
    """The details of one answer, as they are stored."""

    repairs: tuple[Repair, ...] = ()
    is_closed: bool = False


def write_details(answer: Answer) -> str:
    return msgspec.json.encode(_Details(answer.repairs, answer.is_closed)).decode()


def read_answer(stored: AnswerRecord) -> Answer:
    """The answer as it was given."""
    details = msgspec.json.decode(stored.details, type=_Details)
    return Answer(
        text=stored.text,
        latency_ms=stored.latency_ms,
        tokens=stored.tokens,
        cost=stored.cost,
        repairs=details.repairs,
        is_closed=details.is_closed,
    )
