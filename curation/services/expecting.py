"""What counts as right in an answer: how each argument is compared, which other values are right, and in which order.

Pure functions from one example to the next; the texts of the fields are read and written by `expectation_texts.py`.
"""

from __future__ import annotations

import msgspec

from curation.errors import BlockedError
from curation.model.acceptable import Listed, assign_listed, calls_in, listed_by_call, with_listed
from curation.model.example import Call, Example, Label, Message
from curation.model.values import UNSET, Json
from curation.rules.comparisons import COMPARISONS, MAIN_SETTING, NORMALISED, open_comparison, owner_of
from curation.schemas.pointers import escape_step
from curation.services.arguments import find_parameters
from curation.services.expectation_texts import (
    OTHERS,
    SETTING,
    comparator_of,
    expected_at,
    list_others,
    may_be_left_out,
    read_expectation,
    with_comparator,
    with_comparators,
    with_others,
)
from curation.services.mocking import read_arguments
from curation.services.schema_walk import properties_of, resolve
from curation.services.text_fields import call_at, field_text, find_spot
from curation.services.turn_edits import set_label

__all__ = ["COMPARISONS", "NORMALISED", "OTHERS", "SETTING", "expected_at"]
ORDERS = ("any", "sequence")
LINES = ("contains", "any_of")
"""Comparisons whose setting holds one text or value a line."""


class Expectation(msgspec.Struct, frozen=True):
    """What is said about one argument of one call."""

    argument: str
    kind: str = NORMALISED
    """One of COMPARISONS, or what the label says instead."""
    setting: str = ""
    has_setting: bool = False
    others: str = ""
    may_be_left_out: bool = False
    places: tuple[str, str] = ("", "")
    """Where findings about the comparison and about the other values stand."""

    @property
    def is_said(self) -> bool:
        """Whether anything but the usual is said."""
        return self.kind != NORMALISED or bool(self.others) or self.may_be_left_out


def fits_calls(example: Example) -> bool:
    """Whether the row's acceptable values belong to calls; those that do not are removed before others are added."""
    return assign_listed(example) is not None


def list_expectations(example: Example, turn: int, index: int) -> tuple[Expectation, ...]:
    """What is said about the arguments of a call: those it gives, and others of which something is said."""
    call = call_at(example, turn, index)
    given = read_arguments(call)
    names = [*(given if isinstance(given, dict) else ()), *_named(example, turn, index, call)]
    return tuple(read_one(example, turn, index, name) for name in dict.fromkeys(names))


def list_unsaid(example: Example, turn: int, index: int) -> tuple[str, ...]:
    """The arguments the tool takes, the call leaves out, and nothing is said about."""
    call = call_at(example, turn, index)
    root = find_parameters(example, call.name)
    listed = {one.argument for one in list_expectations(example, turn, index)}
    return tuple(name for name in properties_of(resolve(root, root)) if name not in listed)


def read_one(example: Example, turn: int, index: int, argument: str) -> Expectation:
    """What is said about one argument."""
    held = comparator_of(example, turn, index, argument)
    kind = NORMALISED if held is UNSET else open_comparison(held)[0] or "no kind"
    is_fitting = fits_calls(example)
    return Expectation(
        argument=argument,
        kind=kind,
        setting=read_expectation(example, turn, index, argument, SETTING),
        has_setting=kind in MAIN_SETTING,
        others=read_expectation(example, turn, index, argument, OTHERS) if is_fitting else "",
        may_be_left_out=is_fitting and may_be_left_out(example, turn, index, argument),
        places=_places(example, turn, index, argument),
    )


def set_kind(example: Example, pointer: str, kind: str) -> Example:
    """Another comparison for the argument of a pointer; the usual one needs no word."""
    turn, index, argument = _argument_at(example, pointer)
    held = comparator_of(example, turn, index, argument)
    before, settings = open_comparison(held)
    if kind == before or kind not in COMPARISONS:
        return example
    meant: Json = kind
    if kind == NORMALISED:
        meant = UNSET
    elif kind in MAIN_SETTING:
        # What was typed for a kind with the same setting, such as a misspelt one, is still meant.
        same = {name: value for name, value in settings.items() if name == MAIN_SETTING[kind]}
        meant = {"kind": kind, **same}
    return with_comparator(example, turn, index, argument, meant)


def set_left_out(example: Example, pointer: str, *, may_be: bool) -> Example:
    """Whether the argument of a pointer may be left out."""
    turn, index, argument = _argument_at(example, pointer)
    if not fits_calls(example):
        raise BlockedError(
            "The row's acceptable values belong to no calls.", hint="Remove them in the findings, then say it here."
        )
    others = list_others(example, turn, index, argument)
    return with_others(example, turn, index, argument, [*others, ""] if may_be else others)


def set_order(example: Example, turn: int, order: str) -> Example:
    """Whether the calls of a decision must come in their order."""
    if order not in ORDERS:
        raise BlockedError(f"There is no order `{order}`.", hint=f"Choose {' or '.join(ORDERS)}.")
    label = example.messages[turn].label or Label()
    return set_label(example, turn, msgspec.structs.replace(label, order=order))


def field_of(example: Example, at: str) -> str:
    """The field in which a finding about an expectation is put right; every other pointer as it is."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in at.split("/")[1:]]
    match steps:
        case ["messages", turn, "label", "comparators", key] if turn.isdigit() and int(turn) < len(example.messages):
            return _field_of_key(example, int(turn), key) or at
        case ["acceptable", place, _, argument, *_] if place.isdigit():
            owners = assign_listed(example) or []
            owner = next((one for one, its in zip(calls_in(example), owners, strict=False) if its == int(place)), None)
            return at if owner is None else expected_at(owner.turn, owner.place, argument, OTHERS)
    return at


def follow_calls(before: Example, after: Example) -> Example:
    """After an edit of the calls: each keeps its own acceptable values, and no comparison names one that is gone."""
    return _follow_listed(before, _follow_comparators(before, after))


def _follow_listed(before: Example, after: Example) -> Example:
    old, new = [one.call for one in calls_in(before)], [one.call for one in calls_in(after)]
    objects = listed_by_call(before)
    if not after.acceptable or after.acceptable != before.acceptable or objects is None or old == new:
        return after
    free = dict(enumerate(old))
    kept = [_take(free, call) for call in new]
    if len(old) == len(new):
        kept = [place if place is not None else _same_place(free, at, new[at]) for at, place in enumerate(kept)]
    return with_listed(after, [objects[place] if place is not None else {} for place in kept])


def _take(free: dict[int, Call], call: Call) -> int | None:
    found = next((place for place, one in free.items() if one == call), None)
    if found is not None:
        del free[found]
    return found


def _same_place(free: dict[int, Call], at: int, call: Call) -> int | None:
    """The call that was rewritten where it stands, of the same tool."""
    return at if at in free and free[at].name == call.name else None


def _follow_comparators(before: Example, after: Example) -> Example:
    for turn, message in enumerate(after.messages):
        if message.label is None or not message.label.comparators:
            continue
        known = [one for one in before.messages if one.label == message.label]
        once = {name for one in known for name in _tools_of(one)} - _tools_of(message)
        held = message.label.comparators
        still = _tools_of(message)
        left = {
            key: value for key, value in held.items() if owner_of(key, still) is not None or owner_of(key, once) is None
        }
        after = with_comparators(after, turn, left) if len(left) != len(held) else after
    return after


def _tools_of(message: Message) -> set[str]:
    return {field_text(call.name) for call in message.calls or ()}


def _named(example: Example, turn: int, index: int, call: Call) -> list[str]:
    """The arguments of which the row says something for this call."""
    name, message = field_text(call.name), example.messages[turn]
    keys = (message.label or Label()).comparators
    compared = [key.removeprefix(f"{name}.") for key in keys if owner_of(key, _tools_of(message)) == name]
    return [*compared, *_own_object(example, turn, index).get(name, {})]


def _own_object(example: Example, turn: int, index: int) -> Listed:
    places = [(one.turn, one.place) for one in calls_in(example)]
    objects = listed_by_call(example)
    return objects[places.index((turn, index))] if objects is not None else {}


def _places(example: Example, turn: int, index: int, argument: str) -> tuple[str, str]:
    name, step = field_text(call_at(example, turn, index).name), escape_step(argument)
    owners = assign_listed(example) or []
    pairs = zip(calls_in(example), owners, strict=False)
    place = next((its for one, its in pairs if (one.turn, one.place) == (turn, index)), None)
    listed = "" if place is None else f"/acceptable/{place}/{escape_step(name)}/{step}"
    return f"/messages/{turn}/label/comparators/{escape_step(f'{name}.{argument}')}", listed


def _field_of_key(example: Example, turn: int, key: str) -> str | None:
    names = [field_text(call.name) for call in example.messages[turn].calls or ()]
    owner = owner_of(key, names)
    if owner is None:
        return None
    return expected_at(turn, names.index(owner), key.removeprefix(f"{owner}."), SETTING)


def _argument_at(example: Example, pointer: str) -> tuple[int, int, str]:
    spot = find_spot(pointer)
    call_at(example, spot.turn, spot.call or 0)
    return spot.turn, spot.call or 0, spot.keys[0]
