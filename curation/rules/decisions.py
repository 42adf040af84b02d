"""Which assistant turns are decisions: to call something, or to call nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from curation.model.example import Example, Message

Kind = Literal["calls", "abstains", "reports"]


class AssistantTurn(NamedTuple):
    """One assistant turn: it `calls`, it `abstains`, or it only `reports` what a result says and decides nothing."""

    place: int
    message: Message
    kind: Kind

    @property
    def is_decision(self) -> bool:
        return self.kind != "reports"


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
