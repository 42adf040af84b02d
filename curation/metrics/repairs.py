"""What saying the validator's findings back is good for, and what it costs. The first answers stay the headline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from curation.metrics.answers import Answer, Repair
from curation.metrics.contract import Rate

SHOWN = ("valid_call_rate", "tool_name_accuracy", "argument_match", "false_call_rate")
"""Rates that are told for the last answers too."""


class SaidBack(Protocol):
    """An answer with those that came after what is wrong was said back."""

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """In their order; none where it was valid, or nothing was to be said back."""


class Repairs(msgspec.Struct, frozen=True):
    """The repairs of one model, summed up."""

    most: int
    """Rounds allowed for one answer."""
    rows: int
    """Answers that were sent back at least once."""
    rounds: int
    """Requests beyond the first, over all rows."""
    tokens: int
    """Written in those."""
    latency_ms: float
    """Spent on those."""
    metrics: dict[str, Rate]
    """As if the last answer of each row had been the first."""
    cost: float | None = None
    """Of those requests, in the currency of the price; None: nobody has said what they cost."""


def last_answers(answers: Sequence[Answer]) -> list[Answer]:
    """Each answer as its last repair left it."""
    return [_repaired(one) if one.repairs else one for one in answers]


def _repaired(answer: Answer) -> Answer:
    last = answer.repairs[-1].answer
    return msgspec.structs.replace(answer, text=last.text, message=last.message, is_empty=last.is_empty)


def sum_up(answers: Sequence[SaidBack], most: int, metrics: dict[str, Rate]) -> Repairs:
    """Rounds, tokens and time of all repairs, beside the rates of the last answers."""
    repairs = [repair for one in answers for repair in one.repairs]
    return Repairs(
        most=most,
        rows=sum(bool(one.repairs) for one in answers),
        rounds=len(repairs),
        tokens=sum(repair.tokens for repair in repairs),
        latency_ms=round(sum(repair.latency_ms for repair in repairs), 1),
        metrics={name: metrics[name] for name in SHOWN},
        cost=_sum_costs([repair.cost for repair in repairs]),
    )


def _sum_costs(costs: Sequence[float | None]) -> float | None:
    told = [cost for cost in costs if cost is not None]
    return round(sum(told), 6) if told else None
