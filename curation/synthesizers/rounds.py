"""Questions put a few at a time, so that a pause or a spent budget costs one round at most."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from curation.errors import BudgetSpentError, CurationError
from curation.synthesizers.contract import Answer, Drafter, Order, Question

About = TypeVar("About")
SIDE_BY_SIDE = 8


def require_drafter(order: Order, name: str) -> Drafter:
    """The order's model."""
    if order.drafter is None:
        raise CurationError(f"The strategy `{name}` needs a language model.", hint="Choose one in the order.")
    return order.drafter


def ask_in_rounds(
    drafter: Drafter, asked: Iterable[tuple[About, Question]], beside: int = SIDE_BY_SIDE
) -> Iterator[tuple[About, Answer]]:
    """Each question's subject with its answer, in order.

    Raises:
        BudgetSpentError: nothing more may be asked; what was answered before has been yielded.
    """
    waiting = iter(asked)
    while round_ := list(islice(waiting, beside)):
        answers, spent = ask_as_far(drafter, [question for _, question in round_])
        yield from zip((about for about, _ in round_), answers, strict=False)
        if spent is not None:
            raise spent


def ask_as_far(drafter: Drafter, questions: Sequence[Question]) -> tuple[Sequence[Answer], BudgetSpentError | None]:
    """The answers, or those to the first questions with what ended the asking."""
    try:
        return drafter.ask(questions), None
    except BudgetSpentError as spent:
        return spent.came, spent
