"""Whole conversations by a language model that plays the person, the assistant and, where need be, the tools.

Some talks run side by side and each is asked one question a round, so that a pause, a spent budget or a crash costs
one round at most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import msgspec

from curation.errors import BudgetSpentError
from curation.model.parameter import Parameter
from curation.synthesizers.contract import Asks, Candidate, Drafter, Order, Synthesizer
from curation.synthesizers.goals import values_of
from curation.synthesizers.planning import Planned, plan_cells
from curation.synthesizers.rounds import SIDE_BY_SIDE, ask_as_far, require_drafter
from curation.synthesizers.situation_setting import set_situation
from curation.synthesizers.speech import choose_speech
from curation.synthesizers.talking import Talk

NAME = "conversations"
MOST_TURNS = 6
ATTEMPTS = 2
NO_SUCH_SITUATION = "no_such_situation"
_REMEMBERED = 6
"""Openings that the next people are told not to repeat."""


def draft(order: Order) -> Iterator[Candidate]:
    """Conversations of an order, as they are finished.

    Raises:
        BudgetSpentError: nothing more may be asked; what was finished before has been yielded.
    """
    drafter = require_drafter(order, NAME)
    round_ = _Round(_with_standing(order), drafter)
    while round_.fill():
        spent = round_.ask()
        yield from round_.finished()
        if spent is not None:
            raise spent


class _Round:
    """The conversations under way side by side."""

    def __init__(self, order: Order, drafter: Drafter) -> None:
        self._order = order
        self._values = values_of(order)
        self._drafter = drafter
        self._waiting = deque((number, planned, 0) for number, planned in enumerate(plan_cells(order)))
        self._beside = int(order.parameters.get("side_by_side") or SIDE_BY_SIDE)
        self._most_turns = int(order.parameters.get("most_turns") or MOST_TURNS)
        self._begun: deque[str] = deque(maxlen=_REMEMBERED)
        self._talks: list[tuple[Talk, int, Planned, int]] = []

    def fill(self) -> bool:
        """Begin new ones where there is room; whether any is under way."""
        while self._waiting and len(self._talks) < self._beside:
            number, planned, attempt = self._waiting.popleft()
            situation = set_situation(self._order, self._values, planned, number, attempt)
            if situation is None:
                self._drafter.give_up(NO_SUCH_SITUATION)
            else:
                talk = Talk(situation, self._values, tuple(self._begun), self._most_turns)
                self._talks.append((talk, number, planned, attempt))
        return bool(self._talks)

    def ask(self) -> BudgetSpentError | None:
        """One question for every conversation; what ended the asking, if the budget has no room for all of them."""
        talks = [talk for talk, *_ in self._talks]
        answers, spent = ask_as_far(self._drafter, [talk.question() for talk in talks])
        for talk, answer in zip(talks, answers, strict=False):
            talk.take(answer)
        self._begun.extend(talk.opening for talk in talks if talk.opening and talk.opening not in self._begun)
        return spent

    def finished(self) -> Iterator[Candidate]:
        """Those that came to their end; what came to nothing is begun again with other values, once."""
        over = [one for one in self._talks if one[0].is_over]
        self._talks = [one for one in self._talks if not one[0].is_over]
        for talk, number, planned, attempt in over:
            if not talk.trouble:
                yield talk.candidate()
                continue
            self._drafter.give_up(talk.trouble)
            if attempt + 1 < ATTEMPTS:
                self._waiting.appendleft((number, planned, attempt + 1))


def _with_standing(order: Order) -> Order:
    """The order with the standing instructions of the desk, where nobody wrote others."""
    standing = order.parameters.get("system") or choose_speech(order.tools).system
    return msgspec.structs.replace(order, parameters={**order.parameters, "system": standing or ""})


SYNTHESIZER = Synthesizer(
    name=NAME,
    title="Conversations by a language model",
    about="The most natural conversations: a model plays the person, the assistant and the tools, one step at a time.",
    needs=frozenset({"model"}),
    asks=Asks(("user_turn", "assistant_turn", "tool_result"), times=5.0),
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
    mixes=True,
)
