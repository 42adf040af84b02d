"""What a gold row expects: the calls, or the silence, of its last assistant turn.

A last turn without calls makes a no-tool row, also where it only reports a result: answering it with a call is a false
call all the same. Health counts otherwise: there such a turn decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from curation.formats.router_answer import RouterAbstention, RouterCall, parse_answer
from curation.metrics.offers import Offer, offer_of
from curation.model.acceptable import match_objects
from curation.model.example import Call, Example, Label, Message
from curation.model.values import Arguments, Json
from curation.reading.strict import parse_strict

Acceptable = dict[str, list[Json]]


class ExpectedCall(msgspec.Struct, frozen=True):
    """One call of the gold row, with what else would be right."""

    name: str
    arguments: dict[str, Json] = {}
    acceptable: Acceptable | None = None
    """Argument → values that are right; None: the row lists none."""


class Expected(msgspec.Struct, frozen=True):
    """The gold side of one row."""

    offer: Offer
    calls: tuple[ExpectedCall, ...] = ()
    reason: str | None = None
    recovery: str | None = None
    in_order: bool = False
    comparators: dict[str, Json] = {}
    failed: tuple[ExpectedCall, ...] = ()
    """The calls of the turn before, for a decision that answers a failure."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(call.name for call in self.calls)

    @property
    def is_call_row(self) -> bool:
        return bool(self.calls)


def expect(example: Example, *, is_router: bool, fallback: Iterable[str] = ()) -> Expected | None:
    """What a row expects; None when it has no assistant turn to expect anything."""
    turns = [message for message in example.messages if message.role == "assistant"]
    if not turns:
        return None
    last, label = turns[-1], turns[-1].label or Label()
    calls, reason = _read_turn(last, is_router=is_router)
    return Expected(
        offer=offer_of(example, fallback),
        calls=_with_acceptable(calls, acceptable_of_last(example, len(calls)) or ()),
        reason=label.reason or reason,
        recovery=label.recovery,
        in_order=label.order == "sequence",
        comparators=label.comparators,
        failed=_calls_before(turns[:-1], is_router=is_router) if label.recovery else (),
    )


def acceptable_of_last(example: Example, n_calls: int) -> tuple[dict[str, Acceptable], ...] | None:
    """The acceptable values of the last turn's calls, one object a call; a row may list those of all its calls.

    None: their number fits neither.
    """
    listed = example.acceptable or ()
    if len(listed) in (0, n_calls):
        return listed
    n_all = sum(len(message.calls or ()) for message in example.messages)
    return listed[n_all - n_calls :] if len(listed) == n_all else None


def is_router_row(example: Example) -> bool:
    """Whether the last assistant turn is a router answer written as text."""
    content = next((m.content for m in reversed(example.messages) if m.role == "assistant" and not m.calls), None)
    return isinstance(content, str) and isinstance(parse_answer(content), RouterCall | RouterAbstention)


def called_names(examples: Iterable[Example], *, is_router: bool) -> tuple[str, ...]:
    """Every tool the last turns call; what rows without `tools` are taken to offer."""
    found = (expect(example, is_router=is_router) for example in examples if not isinstance(example.tools, tuple))
    return tuple(dict.fromkeys(name for expected in found if expected for name in expected.names))


def _read_turn(message: Message, *, is_router: bool) -> tuple[tuple[ExpectedCall, ...], str | None]:
    """The calls of an assistant turn, or none and the reason a router answer gives."""
    if message.calls:
        return tuple(_open(call) for call in message.calls), None
    if not (is_router and isinstance(message.content, str)):
        return (), None
    parsed = parse_answer(message.content)
    if isinstance(parsed, RouterCall):
        return (ExpectedCall(parsed.tool, _object(parsed.arguments_text)),), None
    return (), parsed.reason if isinstance(parsed, RouterAbstention) else None


def _calls_before(turns: list[Message], *, is_router: bool) -> tuple[ExpectedCall, ...]:
    for turn in reversed(turns):
        calls, _ = _read_turn(turn, is_router=is_router)
        if calls:
            return calls
    return ()


def _open(call: Call) -> ExpectedCall:
    name = call.name if isinstance(call.name, str) else ""
    return ExpectedCall(name, _object(call.arguments.text) if isinstance(call.arguments, Arguments) else {})


def _object(text: str) -> dict[str, Json]:
    value = parse_strict(text).value
    return value if isinstance(value, dict) else {}


def _with_acceptable(
    calls: tuple[ExpectedCall, ...], listed: tuple[dict[str, Acceptable], ...]
) -> tuple[ExpectedCall, ...]:
    """Each call with its own list."""
    places = match_objects([call.name for call in calls], listed)
    return tuple(
        msgspec.structs.replace(call, acceptable=None if place is None else listed[place][call.name])
        for call, place in zip(calls, places, strict=True)
    )
