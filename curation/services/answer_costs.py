"""What answers cost: time, tokens and money, model by model, over all rows of a look."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.model.values import Json
from curation.services.evaluation_views import EvaluationView, ModelResult
from curation.services.look_memory import remember

PER = 1_000
ON_THIS_MACHINE = "on this machine"
"""Stands where the source of a price would: nobody charges for such answers."""


class AnswerCost(msgspec.Struct, frozen=True):
    """The costs of one model; None where nobody measured it."""

    label: str
    n: int
    p50: float | None
    p90: float | None
    p99: float | None
    mean: float | None
    """Milliseconds of one answer."""
    tokens: float | None
    """Written for one answer, on the average."""
    per_thousand: float | None
    """Money for a thousand answers, by those of which it is known."""
    currency: str = ""
    price: str = ""
    """Where the price is from, and of what date; empty where nobody said."""
    is_here: bool = False
    """Whether it answered on this machine, where no answer costs money and rows share the time of their batch."""

    @property
    def is_known(self) -> bool:
        """Whether anything was measured; that answers cost nothing here is no measurement."""
        priced = self.per_thousand is not None and not self.is_here
        return priced or self.p50 is not None or self.tokens is not None


def cost_of(view: EvaluationView, one: ModelResult) -> AnswerCost | None:
    """What a model of a look took for its answers to all rows; None before it has answered."""
    if one.report is None or not one.summary:
        return None
    summary, n = one.summary, one.report.overall.n.rows
    answered = max(1, summary.get("n", {}).get("rows", n))
    latency: Mapping[str, Json] = summary.get("latency_ms") or {}
    tokens, price = summary.get("tokens"), summary.get("price") or {}
    is_here = is_answered_here(one)
    return AnswerCost(
        one.label,
        answered,
        latency.get("p50"),
        latency.get("p90"),
        latency.get("p99"),
        remember(view, "mean latency", one.evaluation_id, make=lambda: _mean_latency(view, one)),
        tokens / answered if tokens else None,
        _per_thousand(summary, answered, free=is_here),
        str(price.get("currency") or ""),
        ", ".join(str(price[name]) for name in ("source", "date") if price.get(name)),
        is_here,
    )


def is_answered_here(one: ModelResult) -> bool:
    """Whether a model answered on this machine; of answers in a file nobody knows."""
    return one.model.remote_name is None and not one.is_from_file


def _per_thousand(summary: Mapping[str, Json], answered: int, *, free: bool) -> float | None:
    money = summary.get("cost")
    found: float | None = summary.get("cost_per_1000", PER * money / answered if money is not None else None)
    return 0.0 if found is None and free else found


def _mean_latency(view: EvaluationView, one: ModelResult) -> float | None:
    """From the stored answers: what looks of earlier versions summed up has no mean."""
    at = next((i for i, model in enumerate(view.models) if model.evaluation_id == one.evaluation_id), None)
    given = [row.answers[at] for row in view.rows] if at is not None else []
    times = [answer.latency_ms for answer in given if answer is not None and answer.latency_ms is not None]
    return sum(times) / len(times) if times else None
