"""What asking a model for an order takes, as far as it is known beforehand, and the prompts it is asked with."""

from __future__ import annotations

import os

import msgspec

from curation.hosts.address import is_here, read_place
from curation.llm.budget import Price
from curation.llm.endpoints import read_access
from curation.llm.prices import find_price
from curation.services.drafting_prompts import own_texts
from curation.services.synthesis_sheets import HOSTED, Sheet
from curation.services.workspace import Workspace
from curation.synthesizers import get_synthesizer
from curation.synthesizers.contract import Asks
from curation.synthesizers.prompts import Prompts, show_prompt

ANSWER_S = {"scripted": 0.01, "hosted": 3.0, "local": 6.0}
"""Seconds one answer takes, about."""
JUDGING, REPAIRING = "judge", "repair"


class Cost(msgspec.Struct, frozen=True):
    """For each candidate."""

    requests_each: float = 0.0
    tokens_in_each: float = 0.0
    tokens_out_each: float = 0.0
    request_s: float = 0.0
    price: Price | None = None
    is_free: bool = False
    """Whether the model runs on this machine, where nobody asks for money."""

    def money_of(self, n: int) -> float | None:
        """For so many; None where nobody has said what a token costs."""
        if self.price is None:
            return None
        each = self.tokens_in_each * self.price.per_million_in + self.tokens_out_each * self.price.per_million_out
        return n * each / 1e6


def estimate_cost(sheet: Sheet, asks: Asks | None) -> Cost:
    """By what the strategy asks for one candidate, and what the host is known to charge.

    Raises:
        JobError: the order asks a host, and none is set up.
    """
    endpoint = sheet.endpoint
    judges = is_judged(sheet)
    if endpoint is None or (asks is None and not judges):
        return Cost()
    asks = asks or Asks((JUDGING,), times=0.0)
    times = asks.times + (1.0 if judges else 0.0)
    host, _ = read_place(read_access(os.environ).address) if endpoint.kind == HOSTED else ("", None)
    return Cost(
        times,
        times * asks.tokens_in,
        times * asks.tokens_out,
        ANSWER_S.get(endpoint.kind, 3.0),
        find_price(host, endpoint.model) if host else None,
        is_free=is_here(host),
    )


def is_judged(sheet: Sheet) -> bool:
    """Whether the model is asked what it thinks of each candidate: as ordered, or as the strategy demands."""
    return sheet.endpoint is not None and (sheet.endpoint.judges or get_synthesizer(sheet.strategy).is_judged)


def list_asked(sheet: Sheet) -> tuple[str, ...]:
    """Names of the prompts an order would put to its model."""
    asks = get_synthesizer(sheet.strategy).asks
    judges = is_judged(sheet)
    if sheet.endpoint is None or (asks is None and not judges):
        return ()
    return (*(asks.prompts if asks else ()), REPAIRING, *((JUDGING,) if judges else ()))


def preview_prompts(ws: Workspace, project_id: str, sheet: Sheet) -> dict[str, str]:
    """The prompts an order would put, filled with samples: name and edition → the whole text."""
    prompts = Prompts(own_texts(ws, project_id))
    return {
        f"{name} {prompts.get(name).edition}": show_prompt(prompts.fill_with_samples(name, seed=sheet.seed))
        for name in list_asked(sheet)
    }
