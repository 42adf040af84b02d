"""The calls of a conversation, each with what it brought back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from curation.execution.failures import kind_of
from curation.model.example import Example
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict
from curation.rules.outcome import has_failed
from curation.rules.row import said_in


class Ran(NamedTuple):
    """One call of a conversation with what it brought back."""

    tool: str
    arguments: dict[str, Json]
    answer: str | None
    """None: the conversation ends before the answer."""

    @property
    def is_done(self) -> bool:
        return self.answer is None or not has_failed(self.answer)

    @property
    def may_be_done(self) -> bool:
        """Whether nobody knows: it failed in a way that leaves it open."""
        return not self.is_done and kind_of(self.answer or "") == "unknown_outcome"


def runs_of(example: Example) -> Iterator[Ran]:
    """Every call whose name and arguments can be read, in order."""
    answers = {
        message.tool_call_id: said_in(message.content) or "" for message in example.messages if message.role == "tool"
    }
    for message in example.messages:
        for call in message.calls or ():
            given = parse_strict(call.arguments.text).value if isinstance(call.arguments, Arguments) else None
            if isinstance(call.name, str) and isinstance(given, dict):
                yield Ran(call.name, given, answers.get(call.id))
