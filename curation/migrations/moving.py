"""Moves one example to new definitions: the tools it offers, its calls, and what is said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from curation.migrations.arguments import move_arguments
from curation.migrations.said import Hand, Hands, move_acceptable, move_comparators, move_missing
from curation.migrations.steps import Step
from curation.model.definition import Definition
from curation.model.example import Call, Example, Message
from curation.model.source import quote
from curation.model.values import UNSET, UnsetType


class Move(msgspec.Struct, frozen=True):
    """From one definition to the next, with what is done in calls; `after` None: the tool is gone."""

    before: Definition
    after: Definition | None
    steps: tuple[Step, ...] = ()

    @property
    def offered(self) -> Definition | None:
        """What is offered afterwards; a tool that is gone stays where nobody wants to drop it."""
        is_kept = self.after is None and not any(step.kind == "drop tool" for step in self.steps)
        return self.before if is_kept else self.after


class Change(msgspec.Struct, frozen=True):
    """One call before and after."""

    turn: int
    call: int
    tool: str
    before: str
    after: str
    name_after: str


class Moved(msgspec.Struct, frozen=True):
    """The example after a move, and the calls that read differently."""

    example: Example
    changes: tuple[Change, ...] = ()


def move_example(example: Example, moves: Mapping[str, Move]) -> Moved:
    """Put the new definitions in and do the steps in every call; `moves` by the text of the definition before."""
    offered = example.tools if isinstance(example.tools, tuple) else ()
    open_moves = {one.view.name or "": _hand(moves[one.text]) for one in offered if one.text in moves}
    if not open_moves:
        return Moved(example)
    changes: list[Change] = []
    messages = tuple(
        _label(_message(turn, one, open_moves, changes), offered, open_moves)
        for turn, one in enumerate(example.messages)
    )
    moved = msgspec.structs.replace(
        example,
        tools=_offer(offered, moves),
        messages=messages,
        acceptable=move_acceptable(example.acceptable, open_moves),
        extra=_extra(example.extra, open_moves),
    )
    return Moved(moved, tuple(changes))


def _hand(move: Move) -> Hand:
    return Hand(move.before, move.steps)


def _offer(offered: Sequence[Definition], moves: Mapping[str, Move]) -> tuple[Definition, ...] | UnsetType:
    """The new definitions in the old places, each once; no key at all when none is left."""
    new = (moves[one.text].offered if one.text in moves else one for one in offered)
    return tuple(dict.fromkeys(one for one in new if one is not None)) or UNSET


def _message(turn: int, message: Message, hands: Hands, changes: list[Change]) -> Message:
    if message.calls:
        calls = tuple(_call(turn, at, one, hands, changes) for at, one in enumerate(message.calls))
        message = msgspec.structs.replace(message, calls=calls)
    if message.role == "tool" and isinstance(message.name, str) and message.name in hands:
        message = msgspec.structs.replace(message, name=hands[message.name].name)
    return message


def _label(message: Message, offered: Sequence[Definition], hands: Hands) -> Message:
    """What the label says about arguments follows them."""
    if message.label is None:
        return message
    label = msgspec.structs.replace(
        message.label,
        comparators=move_comparators(message.label.comparators, hands),
        missing=move_missing(message.label.missing, offered, hands),
    )
    return msgspec.structs.replace(message, label=label)


def _call(turn: int, at: int, call: Call, hands: Hands, changes: list[Change]) -> Call:
    hand = hands.get(call.name) if isinstance(call.name, str) else None
    if hand is None or isinstance(call.arguments, UnsetType):
        return call
    text = move_arguments(call.arguments.text, hand.steps)
    if text == call.arguments.text and hand.name == call.name:
        return call
    changes.append(Change(turn, at, str(call.name), call.arguments.text, text, hand.name))
    return msgspec.structs.replace(call, name=hand.name, arguments=msgspec.structs.replace(call.arguments, text=text))


def _extra(extra: dict[str, str], hands: Hands) -> dict[str, str]:
    """A `tool_choice` that names a tool follows its new name."""
    chosen = extra.get("tool_choice")
    if chosen is None:
        return extra
    for was, hand in hands.items():
        if hand.name != was and f'"name":{quote(was)}' in chosen.replace(" ", ""):
            return extra | {"tool_choice": chosen.replace(quote(was), quote(hand.name))}
    return extra
