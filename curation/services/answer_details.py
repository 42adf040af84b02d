"""What is kept of a stored answer beside its text: its message, its repairs, and whether and how it ended."""

from __future__ import annotations

import msgspec

from curation.metrics.answers import Answer, Repair
from curation.metrics.messages import read_message, say_message, write_message
from db.evaluations import AnswerRecord


class _Details(msgspec.Struct, frozen=True, omit_defaults=True):
    """The details of one answer, as they are stored."""

    repairs: tuple[Repair, ...] = ()
    is_closed: bool = False
    is_empty: bool = False
    is_cut: bool = False
    message: str = ""
    """JSON text of an answer that is a message; the stored text then says it for people."""


def write_details(answer: Answer) -> str:
    message = write_message(answer.message) if answer.message else ""
    details = _Details(answer.repairs, answer.is_closed, answer.is_empty, answer.is_cut, message)
    return msgspec.json.encode(details).decode()


def say_answer(answer: Answer) -> str:
    """The answer as people read it."""
    return say_message(answer.message) if answer.message else answer.text or ""


def read_answer(stored: AnswerRecord) -> Answer:
    """The answer as it was given."""
    details = msgspec.json.decode(stored.details, type=_Details)
    message = read_message(details.message.encode()) if details.message else None
    return Answer(
        text=None if message else stored.text,
        message=message,
        latency_ms=stored.latency_ms,
        tokens=stored.tokens,
        cost=stored.cost,
        repairs=details.repairs,
        is_closed=details.is_closed,
        is_empty=details.is_empty,
        is_cut=details.is_cut,
    )
