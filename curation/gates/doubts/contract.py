"""What every doubt is made of: a reason to think that a candidate teaches something wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from curation.rules.row import CallView, Row


class Doubted(NamedTuple):
    """Why a candidate is not believed: a short code, and a sentence."""

    reason: str
    told: str


Doubt = Callable[[Row], Doubted | None]


def learnt_calls(row: Row) -> Iterator[CallView]:
    """The calls that a model would learn to make."""
    return (call for call in row.calls if call.arguments is not None and not call.turn.is_weightless)


def asked_before(call: CallView, row: Row) -> list[str]:
    """What people asked before a call, in order."""
    return [turn.text for turn in row.turns[: call.turn.index] if turn.role == "user" and turn.text]


def request_of(call: CallView, row: Row) -> str:
    """What was said last by a person before a call."""
    asked = asked_before(call, row)
    return asked[-1] if asked else ""


def said_before(call: CallView, row: Row) -> list[str]:
    """Every text before a call, and what earlier calls gave."""
    turns = row.turns[: call.turn.index]
    given = [earlier.text for turn in turns for earlier in turn.calls if earlier.text]
    return [turn.text for turn in turns if turn.text] + given
