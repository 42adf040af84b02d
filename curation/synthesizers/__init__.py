"""Drafting strategies: each turns tools into candidate examples."""

from curation.model.members import find_member
from curation.synthesizers import (
    contrast_pairs,
    conversations,
    hard_case_orders,
    near_misses,
    recoveries,
    rewording,
    scenarios,
    schema_driven,
    translation,
    variations,
)
from curation.synthesizers.contract import Candidate, Order, Synthesizer

SYNTHESIZERS: tuple[Synthesizer, ...] = (
    schema_driven.SYNTHESIZER,
    near_misses.SYNTHESIZER,
    contrast_pairs.SYNTHESIZER,
    recoveries.SYNTHESIZER,
    hard_case_orders.SYNTHESIZER,
    variations.SYNTHESIZER,
    scenarios.SYNTHESIZER,
    conversations.SYNTHESIZER,
    rewording.SYNTHESIZER,
    translation.SYNTHESIZER,
)


def get_synthesizer(name: str) -> Synthesizer:
    """The synthesizer of this name."""
    return find_member(SYNTHESIZERS, name, "synthesizer")


__all__ = ["SYNTHESIZERS", "Candidate", "Order", "Synthesizer", "get_synthesizer"]
