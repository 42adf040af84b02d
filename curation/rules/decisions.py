"""Which assistant turns are decisions: to call something, or to call nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from curation.model.example import Example, Message
from curation.model.values import Exact

Kind = Literal["calls", "abstains", "reports"]
_SHOWN_ONLY = (Exact("0"), Exact("0.0"))


class AssistantTurn(NamedTuple):
    """One assistant turn: it `calls`, it `abstains`, or it only `reports` what a result says and decides nothing."""

    place: int
    message: Message
    kind: Kind

    @property
    def is_learnt(self) -> bool:
        """Whether training reads it as something to say: a turn of weight 0 is only shown, often as a mistake."""
        return self.message.weight not in _SHOWN_ONLY

    @property
    def is_decision(self) -> bool:
        return self.kind != "reports" and self.is_learnt


def assistant_turns(example: Example) -> Iterator[AssistantTurn]:
    """Every assistant turn in its order."""
    before: object = None
    for place, message in enumerate(example.messages):
        if message.role == "assistant":
            yield AssistantTurn(place, message, _kind(message, before))
        before = message.role


def _kind(message: Message, before: object) -> Kind:
    if message.calls:
        return "calls"
    return "reports" if before == "tool" else "abstains"
