"""What a look does not ask, and why: no rate of it says anything about these decisions."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from curation.services.evaluation_plans import Plan
from curation.services.questions import Pool


class Unasked(msgspec.Struct, frozen=True):
    """How many decisions of a split cannot be asked in the way of a look, and rows its models were not asked."""

    n: int = 0
    of: int = 0
    why: str = ""
    """As half a sentence."""
    n_rows: int = 0
    """Rows that were to be asked."""
    refused: Mapping[str, int] = {}
    """Label of a model → rows that its own chat template does not write."""

    @property
    def fact(self) -> str:
        """In a few words; empty where everything is asked."""
        return f"{self.n:,} of {self.of:,} decisions cannot be asked in this way" if self.n else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence on each thing that is not asked."""
        left_out = (f"{self.fact}: {self.why}.",) if self.n else ()
        refused = (
            f"{n:,} of {self.n_rows:,} rows were not asked of `{label}`: its chat template does not write what leads "
            "up to them. No model is compared on them."
            for label, n in self.refused.items()
        )
        return (*left_out, *refused)


def count_unasked(pool: Pool, plan: Plan, n_rows: int, answered: Mapping[str, int]) -> Unasked:
    """What is left out of a look.

    Args:
        pool: the questions of the split.
        plan: how its first model was asked; they all share the way.
        n_rows: rows that were to be asked.
        answered: label of each model whose template may refuse rows → rows that it has answered.
    """
    # In looks of old every model answered one row a conversation, whatever the count of today.
    refused = {label: n_rows - n for label, n in answered.items() if n < n_rows} if plan.every_turn else {}
    return Unasked(pool.n_unasked, pool.n_decisions, _explain(plan), n_rows, refused)


def _explain(plan: Plan) -> str:
    if plan.style == "router":
        return (
            "a router answers with one call, so for it a conversation ends before the first turn that makes several or "
            "holds no plain text"
        )
    if not plan.every_turn:
        return "this look asked each conversation at its first decision alone"
    return "their rows cannot be written"
