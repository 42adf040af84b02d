"""What is said about calls, moved with them: comparators, what a request leaves open, acceptable values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from curation.migrations.arguments import in_order, move_arguments
from curation.migrations.steps import ITEM, Step, label_of
from curation.model.definition import Definition
from curation.model.values import Json

Acceptable = tuple[dict[str, dict[str, list[Json]]], ...]


class Hand:
    """The move of one tool made ready: its name afterwards, and its steps in their order."""

    def __init__(self, before: Definition, steps: Sequence[Step]) -> None:
        self.steps = in_order(steps)
        renamed = next((step.to for step in steps if step.kind == "rename tool" and step.to), None)
        self.name = renamed or before.view.name or ""
        self._inner = [step for step in self.steps if len(step.path) > 1 or step.kind not in _OF_NAMES]
        self._names = [step for step in self.steps if step.kind in ("rename", "drop")]

    def follow(self, written: str) -> str | None:
        """An argument as labels write it (`city`, `to.city`, `lines[].qty`), after the move; None: it is dropped."""
        for step in self._names:
            if step.path == (written,):
                return step.to if step.kind == "rename" else None
        length = 0
        for step in self._names:  # the deepest first, so that what stands before a place is still as it was
            label = step.label
            if len(step.path) == length or not _is_inside(written, label):
                continue
            if step.kind == "drop":
                return None
            length = len(step.path)
            written = label_of((*step.path[:-1], step.to)) + written[len(label) :]
        return written

    def value(self, name: str, value: Json) -> Json:
        """One acceptable value of an argument goes the way of the value itself."""
        moved = move_arguments(json.dumps({name: value}, ensure_ascii=False), self._inner)
        return json.loads(moved)[name]


_OF_NAMES = ("default", "drop", "rename")
Hands = Mapping[str, Hand]


def _is_inside(written: str, label: str) -> bool:
    return written == label or written.startswith((f"{label}.", f"{label}{ITEM}"))


def move_comparators(comparators: Mapping[str, Json], hands: Hands) -> dict[str, Json]:
    """Comparators are named `tool.argument`, and a tool's name may hold dots itself."""
    moved: dict[str, Json] = {}
    for key, value in comparators.items():
        tool = max((name for name in hands if key.startswith(f"{name}.")), key=len, default=None)
        argument = hands[tool].follow(key[len(tool) + 1 :]) if tool is not None else None
        if tool is None:
            moved[key] = value
        elif argument is not None:
            moved[f"{hands[tool].name}.{argument}"] = value
    return moved


def move_missing(missing: Sequence[str], offered: Sequence[Definition], hands: Hands) -> tuple[str, ...]:
    """What a request leaves open, under its new name where that is the same whichever tool is meant."""
    return tuple(_move_missing(one, offered, hands) for one in missing)


def _move_missing(written: str, offered: Sequence[Definition], hands: Hands) -> str:
    meant = set(_meanings(written, offered, hands))
    return meant.pop() if len(meant) == 1 else written


def _meanings(written: str, offered: Sequence[Definition], hands: Hands) -> Iterator[str]:
    """The name afterwards for each offered tool that may be meant: those that require it, else those that take it."""
    heads = {written, written.partition(".")[0].removesuffix(ITEM)}
    takers = [one for one in offered if heads & set(_names(one, "properties"))]
    for one in [tool for tool in takers if written in _names(tool, "required")] or takers:
        hand = hands.get(one.view.name or "")
        yield (hand.follow(written) if hand else None) or written


def _names(definition: Definition, keyword: str) -> list[str]:
    parameters = definition.view.parameters
    found = parameters.get(keyword) if isinstance(parameters, dict) else None
    return [one for one in found if isinstance(one, str)] if isinstance(found, list | dict) else []


def move_acceptable(acceptable: Acceptable | None, hands: Hands) -> Acceptable | None:
    """Acceptable values under their new names, each moved as the value in a call is."""
    if acceptable is None:
        return None
    return tuple(
        {hands[tool].name if tool in hands else tool: _values(arguments, hands.get(tool)) for tool, arguments in one}
        for one in (part.items() for part in acceptable)
    )


def _values(arguments: dict[str, list[Json]], hand: Hand | None) -> dict[str, list[Json]]:
    if hand is None:
        return arguments
    names = {name: hand.follow(name) for name in arguments}
    return {
        now: [hand.value(name, value) for value in arguments[name]] for name, now in names.items() if now is not None
    }
