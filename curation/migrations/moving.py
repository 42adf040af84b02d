"""Moves one example to new definitions: the tools it offers, its calls, and what is said about them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import msgspec

from curation.migrations.arguments import in_order, move_arguments
from curation.migrations.steps import Step
from curation.model.definition import Definition
from curation.model.example import Call, Example, Label, Message
from curation.model.source import quote
from curation.model.values import UNSET, Json, UnsetType


class Move(msgspec.Struct, frozen=True):
    """From one definition to the next, with what is done in calls; `after` None: the tool is gone."""

    before: Definition
    after: Definition | None
    steps: tuple[Step, ...] = ()


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
    open_moves = {one.view.name or "": _Hand(moves[one.text]) for one in offered if one.text in moves}
    if not open_moves:
        return Moved(example)
    changes: list[Change] = []
    messages = tuple(_message(turn, one, open_moves, changes) for turn, one in enumerate(example.messages))
    moved = msgspec.structs.replace(
        example,
        tools=_offer(offered, moves),
        messages=messages,
        acceptable=_acceptable(example.acceptable, open_moves),
        extra=_extra(example.extra, open_moves),
    )
    return Moved(moved, tuple(changes))


class _Hand:
    """One move made ready: names, and steps in their order."""

    def __init__(self, move: Move) -> None:
        self.steps = in_order(move.steps)
        renamed = next((step.to for step in move.steps if step.kind == "rename tool" and step.to), None)
        self.name = renamed or move.before.view.name or ""
        self.names = {step.path[0]: step.to for step in self.steps if step.kind == "rename" and len(step.path) == 1}
        self.dropped = {step.path[0] for step in self.steps if step.kind == "drop" and len(step.path) == 1}


_Hands = Mapping[str, _Hand]


def _offer(offered: Sequence[Definition], moves: Mapping[str, Move]) -> tuple[Definition, ...] | UnsetType:
    """The new definitions in the old places, each once; no key at all when none is left."""
    new = (moves[one.text].after if one.text in moves else one for one in offered)
    return tuple(dict.fromkeys(one for one in new if one is not None)) or UNSET


def _message(turn: int, message: Message, hands: _Hands, changes: list[Change]) -> Message:
    if message.calls:
        calls = tuple(_call(turn, at, one, hands, changes) for at, one in enumerate(message.calls))
        message = msgspec.structs.replace(message, calls=calls)
    if message.role == "tool" and isinstance(message.name, str) and message.name in hands:
        message = msgspec.structs.replace(message, name=hands[message.name].name)
    if message.label is not None:
        message = msgspec.structs.replace(message, label=_label(message.label, hands))
    return message


def _call(turn: int, at: int, call: Call, hands: _Hands, changes: list[Change]) -> Call:
    hand = hands.get(call.name) if isinstance(call.name, str) else None
    if hand is None or isinstance(call.arguments, UnsetType):
        return call
    text = move_arguments(call.arguments.text, hand.steps)
    if text == call.arguments.text and hand.name == call.name:
        return call
    changes.append(Change(turn, at, str(call.name), call.arguments.text, text, hand.name))
    return msgspec.structs.replace(call, name=hand.name, arguments=msgspec.structs.replace(call.arguments, text=text))


def _label(label: Label, hands: _Hands) -> Label:
    """Comparators are named `tool.argument`; what a request leaves open is a name of an argument."""
    comparators: dict[str, Json] = {}
    for key, value in label.comparators.items():
        tool, dot, argument = key.partition(".")
        hand = hands.get(tool)
        if hand is None:
            comparators[key] = value
        elif argument not in hand.dropped:
            comparators[f"{hand.name}{dot}{hand.names.get(argument, argument)}"] = value
    names = {was: now for hand in hands.values() for was, now in hand.names.items()}
    missing = tuple(names.get(one, one) for one in label.missing)
    return msgspec.structs.replace(label, comparators=comparators, missing=missing)


_Acceptable = tuple[dict[str, dict[str, list[Json]]], ...]


def _acceptable(acceptable: _Acceptable | None, hands: _Hands) -> _Acceptable | None:
    if acceptable is None:
        return None
    return tuple({_name(tool, hands): _values(tool, one[tool], hands) for tool in one} for one in acceptable)


def _name(tool: str, hands: _Hands) -> str:
    return hands[tool].name if tool in hands else tool


def _values(tool: str, arguments: dict[str, list[Json]], hands: _Hands) -> dict[str, list[Json]]:
    """Acceptable values go the way of the values themselves, one by one."""
    hand = hands.get(tool)
    if hand is None:
        return arguments
    steps = [step for step in hand.steps if step.kind not in ("default", "drop", "rename")]
    return {
        hand.names.get(name, name): [_value(name, value, steps) for value in values]
        for name, values in arguments.items()
        if name not in hand.dropped
    }


def _value(name: str, value: Json, steps: Sequence[Step]) -> Json:
    moved = move_arguments(json.dumps({name: value}, ensure_ascii=False), steps)
    return json.loads(moved)[name]


def _extra(extra: dict[str, str], hands: _Hands) -> dict[str, str]:
    """A `tool_choice` that names a tool follows its new name."""
    chosen = extra.get("tool_choice")
    if chosen is None:
        return extra
    for was, hand in hands.items():
        if hand.name != was and f'"name":{quote(was)}' in chosen.replace(" ", ""):
            return extra | {"tool_choice": chosen.replace(quote(was), quote(hand.name))}
    return extra
