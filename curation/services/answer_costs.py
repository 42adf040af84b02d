"""What answers cost: time, tokens and money, model by model, over all rows of a look."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.model.values import Json
from curation.services.evaluation_views import ModelResult

PER = 1_000


class AnswerCost(msgspec.Struct, frozen=True):
    """The costs of one model; None where nobody measured it."""

    label: str
    n: int
    p50: float | None
    p90: float | None
    p99: float | None
    """Milliseconds of one answer."""
    tokens: float | None
    """Written for one answer, on the average."""
    per_thousand: float | None
    """Money for a thousand answers, by those of which it is known."""
    currency: str = ""
    price: str = ""
    """Where the price is from, and of what date; empty where nobody said."""


def cost_of(one: ModelResult) -> AnswerCost | None:
    """What a model's summary says of its costs; None before it has answered."""
    if one.report is None or not one.summary:
        return None
    summary, n = one.summary, one.report.overall.n.rows
    answered = max(1, summary.get("n", {}).get("rows", n))
    latency: Mapping[str, Json] = summary.get("latency_ms") or {}
    tokens, money = summary.get("tokens"), summary.get("cost")
    price = summary.get("price") or {}
    return AnswerCost(
        one.label,
        answered,
        latency.get("p50"),
        latency.get("p90"),
        latency.get("p99"),
        tokens / answered if tokens else None,
        summary.get("cost_per_1000", PER * money / answered if money is not None else None),
        str(price.get("currency") or ""),
        ", ".join(str(price[name]) for name in ("source", "date") if price.get(name)),
    )
