"""Whole conversations by a language model that plays the person, the assistant and, where need be, the tools.

Some talks run side by side and each is asked one question a round, so that a pause, a spent budget or a crash costs
one round at most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

from curation.errors import CurationError
from curation.model.parameter import Parameter
from curation.synthesizers.contract import Candidate, Drafter, Order, Synthesizer
from curation.synthesizers.situations import Situation, set_situations
from curation.synthesizers.speech import choose_speech
from curation.synthesizers.talking import Talk

NAME = "conversations"
SIDE_BY_SIDE = 8
MOST_TURNS = 6
_REMEMBERED = 6
"""Openings that the next people are told not to repeat."""


def require_drafter(order: Order, name: str) -> Drafter:
    """The order's model."""
    if order.drafter is None:
        raise CurationError(f"The strategy `{name}` needs a language model.", hint="Choose one in the order.")
    return order.drafter


def draft(order: Order) -> Iterator[Candidate]:
    """Conversations of an order, as they are finished.

    Raises:
        BudgetSpentError: nothing more may be asked; what was finished before has been yielded.
    """
    drafter = require_drafter(order, NAME)
    waiting = _situations(order, drafter)
    beside = int(order.parameters.get("side_by_side") or SIDE_BY_SIDE)
    most_turns = int(order.parameters.get("most_turns") or MOST_TURNS)
    begun: deque[str] = deque(maxlen=_REMEMBERED)
    talks: list[Talk] = []
    while True:
        while len(talks) < beside and (situation := next(waiting, None)) is not None:
            talks.append(Talk(situation, tuple(begun), most_turns))
        if not talks:
            return
        _ask_round(talks, drafter)
        yield from _finished(talks, drafter)
        begun.extend(talk.opening for talk in talks if talk.opening and talk.opening not in begun)
        talks = [talk for talk in talks if not talk.is_over]


def _situations(order: Order, drafter: Drafter) -> Iterator[Situation]:
    """Every situation the tools can make; the others are counted."""
    for situation in set_situations(_with_standing(order)):
        if situation is None:
            drafter.give_up("no_such_situation")
        else:
            yield situation


def _with_standing(order: Order) -> Order:
    """The order with the standing instructions of the desk, where nobody wrote others."""
    standing = order.parameters.get("system") or choose_speech(order.tools).system
    return msgspec.structs.replace(order, parameters={**order.parameters, "system": standing or ""})


def _ask_round(talks: list[Talk], drafter: Drafter) -> None:
    """One question for every talk."""
    answers = drafter.ask([talk.question() for talk in talks])
    for talk, answer in zip(talks, answers, strict=True):
        talk.take(answer)


def _finished(talks: list[Talk], drafter: Drafter) -> Iterator[Candidate]:
    for talk in talks:
        if talk.is_over and talk.trouble:
            drafter.give_up(talk.trouble)
        elif talk.is_over:
            yield talk.candidate()


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Conversations by a language model",
    about="The most natural conversations: a model plays the person, the assistant and the tools, one step at a time.",
    needs=frozenset({"model"}),
    parameters=(
        Parameter(
            "system", "System text", "text", "", why="Opens every conversation; empty: the domain's own, if it has one."
        ),
        Parameter(
            "most_turns",
            "Steps of the assistant at most",
            "integer",
            MOST_TURNS,
            why="A conversation that has not ended by then is given up.",
            low=1,
            high=12,
        ),
        Parameter(
            "side_by_side",
            "Conversations side by side",
            "integer",
            SIDE_BY_SIDE,
            why="More are faster where the provider answers in parallel; a pause waits for one round of them.",
            low=1,
            high=64,
            is_rare=True,
        ),
    ),
    draft=draft,
)
