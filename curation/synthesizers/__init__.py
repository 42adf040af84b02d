"""Drafting strategies: each turns tools into candidate examples."""

from curation.errors import NotFoundError
from curation.synthesizers import schema_driven
from curation.synthesizers.contract import Candidate, Order, Synthesizer

SYNTHESIZERS: tuple[Synthesizer, ...] = (schema_driven.SYNTHESIZER,)


def get_synthesizer(name: str) -> Synthesizer:
    """The synthesizer of this name."""
    for synthesizer in SYNTHESIZERS:
        if synthesizer.name == name:
            return synthesizer
    names = ", ".join(synthesizer.name for synthesizer in SYNTHESIZERS)
    raise NotFoundError(f"There is no synthesizer `{name}`.", hint=f"Choose one of: {names}.")


__all__ = ["SYNTHESIZERS", "Candidate", "Order", "Synthesizer", "get_synthesizer"]
